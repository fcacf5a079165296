package io.cornucopia.server;

import static io.cornucopia.server.Given.assertProblem;
import static io.cornucopia.server.Given.cluster;
import static io.cornucopia.server.Given.problems;
import static io.cornucopia.server.Given.set;
import static org.assertj.core.api.Assertions.assertThat;

import io.cornucopia.storage.BucketSettings;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where uploads are kept. */
class UploadStoreSettingsTest {
    @TempDir
    Path directory;

    @Test
    @DisplayName("what is to be kept does not lie in the cache, which is safe to delete; links are seen through")
    void outsideCache() throws Exception {
        Path cache = Files.createDirectory(directory.resolve("cache"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), cache);
        for (Path store : List.of(cache, cache.resolve("data"), cache.resolve("x/../data"), link.resolve("data"))) {
            assertThat(problems("cache.dir=" + cache, "upload.store=" + store))
                    .singleElement()
                    .asString()
                    .startsWith("upload.store: ")
                    .contains("is inside cache.dir (" + cache + ")");
        }
        assertThat(problems("cache.dir=" + cache, "log.audit=" + cache.resolve("audit.jsonl")))
                .singleElement()
                .asString()
                .startsWith("log.audit: ");
        assertThat(set("cache.dir=" + cache, "upload.store=" + directory.resolve("cache-data"), "log.audit=stdout"))
                .isNotNull();
    }

    @Test
    @DisplayName("uploads go to a bucket, which every node sees")
    void bucket() throws SettingsException {
        String token = "upload.token=" + "t".repeat(40);
        Settings settings = set(cluster(
                token,
                "upload.store=s3://acme-packages/cornucopia/",
                "upload.s3.endpoint=http://127.0.0.1:9000/",
                "upload.s3.path_style=true"));
        StoreLocation.Bucket location = new StoreLocation.Bucket("acme-packages", "cornucopia/");
        assertThat(settings.uploadStore()).isEqualTo(location).hasToString("s3://acme-packages/cornucopia");
        assertThat(settings.warnings()).isEmpty();
        assertThat(settings.toYaml()).contains("store: \"s3://acme-packages/cornucopia\"", "part_size: \"16MiB\"");
        BucketSettings bucket = settings.bucket(location);
        assertThat(bucket.endpoint()).contains(URI.create("http://127.0.0.1:9000"));
        assertThat(bucket.region()).isEqualTo("us-east-1");
        assertThat(bucket.pathStyle()).isTrue();
        assertThat(bucket.partSize()).isEqualTo(16L << 20);
        assertThat(bucket.readTimeout()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    @DisplayName("by the environment as well, and with AWS's own name of the region")
    void bucketByEnvironment() throws SettingsException {
        Settings settings = Settings.of(
                Optional.empty(),
                Map.of(
                        "CORNUCOPIA_UPLOAD_STORE", "s3://acme",
                        "CORNUCOPIA_UPLOAD_S3_PART_SIZE", "5MiB",
                        "AWS_DEFAULT_REGION", "eu-west-1"),
                List.of());
        StoreLocation.Bucket location = (StoreLocation.Bucket) settings.uploadStore();
        assertThat(location).isEqualTo(new StoreLocation.Bucket("acme", "")).hasToString("s3://acme");
        assertThat(settings.bucket(location).region()).isEqualTo("eu-west-1");
        assertThat(settings.bucket(location).endpoint()).isEmpty();
    }

    @Test
    @DisplayName("what could be no bucket is refused, one line a mistake")
    void noBucket() {
        assertProblem(problems("upload.store=s3://acme"), "upload.s3.region: is not set", "AWS_REGION");
        assertProblem(
                problems("upload.s3.path_style=true"),
                "upload.s3.path_style is set, but upload.store is the directory",
                "s3://bucket/prefix");
        String[] here = {"upload.store=s3://acme", "upload.s3.endpoint=http://127.0.0.1:9000"};
        for (String name :
                List.of("s3://", "s3:///x", "s3://A", "s3://ab", "s3://a..b", "s3://127.0.0.1", "s3://-ab")) {
            assertProblem(problems("upload.store=" + name, here[1]), "upload.store: \"" + name + "\"", "bucket");
        }
        assertProblem(problems("upload.store=s3://acme/a//b", here[1]), "prefix", "single slashes");
        assertProblem(problems("upload.store=s3://acme/../b", here[1]), "prefix");
        assertProblem(problems("upload.store=gs://acme"), "upload.store: \"gs://acme\"", "s3://bucket/prefix");
        for (String url : List.of("minio:9000", "ftp://minio", "http://u:p@minio", "http://minio/x", "http://")) {
            assertProblem(problems(here[0], "upload.s3.endpoint=" + url), "upload.s3.endpoint", "is not the http");
        }
        assertProblem(problems(here[0], here[1], "upload.s3.part_size=1MiB"), "upload.s3.part_size: 1MiB", "5MiB");
        assertProblem(
                problems(here[0], here[1], "upload.s3.part_size=5MiB", "upload.max_file_size=1TiB"),
                "upload.s3.part_size: 5MiB is too small for upload.max_file_size, 1TiB");
        assertProblem(problems(here[0], here[1], "upload.s3.read_timeout=30"), "upload.s3.read_timeout", "duration");
    }
}
