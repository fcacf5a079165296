package io.cornucopia.server;

import io.cornucopia.storage.BucketSettings;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What the keys below {@code upload.s3.} come to together. */
final class BucketKeys {
    /** What servers that are not AWS take for the region, unless they are told another one. */
    private static final String REGION_OF_OTHERS = "us-east-1";

    private static final long LEAST_PART = 5L << 20;
    private static final long MOST_PART = 5L << 30;
    private static final int MOST_PARTS = 10_000;

    private BucketKeys() {}

    /** How the place of an S3 server is written; empty for AWS. */
    static ValueType<Optional<URI>> endpoint() {
        String otherwise =
                "the http or https URL of an S3 server, without a path; write https://minio.example.com:9000";
        return new ValueType<>(
                "URL",
                text -> {
                    if (text.isEmpty()) {
                        return Optional.empty();
                    }
                    try {
                        URI url = new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
                        boolean web =
                                "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
                        boolean bare = url.getHost() != null
                                && url.getRawUserInfo() == null
                                && url.getRawPath().isEmpty()
                                && url.getRawQuery() == null
                                && url.getRawFragment() == null;
                        if (!web || !bare) {
                            throw new IllegalArgumentException(otherwise);
                        }
                        return Optional.of(url);
                    } catch (URISyntaxException e) {
                        throw new IllegalArgumentException(otherwise, e);
                    }
                },
                url -> url.map(URI::toString).orElse(""));
    }

    /** The region that the environment names, by the variables that every tool of AWS reads. */
    static Optional<String> region(Map<String, String> environment) {
        return Stream.of("AWS_REGION", "AWS_DEFAULT_REGION")
                .flatMap(variable -> Optional.ofNullable(environment.get(variable)).stream())
                .map(String::strip)
                .filter(region -> !region.isEmpty())
                .findFirst();
    }

    /**
     * For a store in that bucket; to be asked when {@link #check} found no problems.
     *
     * @param ofEnvironment the region that the environment names
     */
    static BucketSettings settings(Settings settings, StoreLocation.Bucket bucket, Optional<String> ofEnvironment) {
        return new BucketSettings(
                bucket.name(),
                bucket.prefix(),
                settings.get(Keys.S3_ENDPOINT),
                settings.get(Keys.S3_REGION).or(() -> ofEnvironment).orElse(REGION_OF_OTHERS),
                settings.get(Keys.S3_PATH_STYLE),
                settings.get(Keys.S3_PART_SIZE),
                settings.get(Keys.S3_CONNECT_TIMEOUT),
                settings.get(Keys.S3_READ_TIMEOUT),
                settings.get(Keys.S3_MAX_RETRIES),
                settings.cacheDirectory().resolve("incoming"));
    }

    /** Finds out whether they can hold together, and with the rest of the settings. */
    static void check(Settings settings, Optional<String> ofEnvironment, List<String> problems) {
        if (!(settings.uploadStore() instanceof StoreLocation.Bucket)) {
            Keys.ALL.stream()
                    .filter(key -> key.name().startsWith("upload.s3."))
                    .filter(key -> !settings.get(key).equals(key.type().parser().apply(key.defaultText())))
                    .forEach(key -> problems.add(key.name() + " is set, but upload.store is the directory "
                            + settings.uploadStore()
                            + "; name a bucket there (s3://bucket/prefix), or take this setting out"));
            return;
        }
        if (settings.get(Keys.S3_ENDPOINT).isEmpty()
                && settings.get(Keys.S3_REGION).or(() -> ofEnvironment).isEmpty()) {
            problems.add("upload.s3.region: is not set, and " + settings.uploadStore() + " is in some region of AWS;"
                    + " name it here or as AWS_REGION, or name another S3 server as upload.s3.endpoint");
        }
        long part = settings.get(Keys.S3_PART_SIZE);
        long most = settings.get(Keys.UPLOAD_MAX_FILE_SIZE);
        if (part < LEAST_PART || part > MOST_PART) {
            problems.add("upload.s3.part_size: "
                    + Keys.S3_PART_SIZE.type().formatter().apply(part)
                    + " is not within bounds; S3 takes parts from 5MiB to 5GiB");
        } else if ((most - 1) / part >= MOST_PARTS) {
            problems.add("upload.s3.part_size: "
                    + Keys.S3_PART_SIZE.type().formatter().apply(part)
                    + " is too small for upload.max_file_size, "
                    + Keys.UPLOAD_MAX_FILE_SIZE.type().formatter().apply(most) + ": S3 takes " + MOST_PARTS
                    + " parts of one file; raise the one, or lower the other");
        }
    }
}
