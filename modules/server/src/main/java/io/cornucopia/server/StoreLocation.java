package io.cornucopia.server;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where uploads are kept: what {@code upload.store} says. */
sealed interface StoreLocation {
    /** A directory of this machine, or one that is mounted on it. */
    record Directory(Path path) implements StoreLocation {
        @Override
        public String toString() {
            return path.toString();
        }
    }

    /**
     * A bucket.
     *
     * @param name the bucket's
     * @param prefix what all keys begin with: empty, or ending in a slash
     */
    record Bucket(String name, String prefix) implements StoreLocation {
        @Override
        public String toString() {
            return SCHEME + name + (prefix.isEmpty() ? "" : "/" + prefix.substring(0, prefix.length() - 1));
        }
    }

    /** What the name of a bucket begins with. */
    String SCHEME = "s3://";

    /** How it is written. */
    static ValueType<StoreLocation> type() {
        ValueType<Path> path = ValueType.path();
        return new ValueType<>(
                "path, or s3://bucket/prefix",
                text -> text.matches("[A-Za-z0-9+.-]+:.*")
                        ? bucket(text)
                        : new Directory(path.parser().apply(text)),
                StoreLocation::toString);
    }

    private static Bucket bucket(String text) {
        // As AWS has them; others that speak S3 take no others either.
        Pattern names = Pattern.compile("(?!.*\\.\\.)(?![0-9.]+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
        Matcher written = Pattern.compile("s3://([^/]*)(/.*)?").matcher(text);
        if (!written.matches()) {
            throw new IllegalArgumentException("a directory or a bucket; write a path, or s3://bucket/prefix");
        }
        String name = written.group(1);
        if (!names.matcher(name).matches()) {
            throw new IllegalArgumentException("the name of a bucket; it has 3 to 63 lower-case letters, digits, dots"
                    + " and hyphens, such as s3://acme-packages/cornucopia");
        }
        String prefix = written.group(2) == null ? "" : written.group(2).replaceAll("^/|/$", "");
        if (!prefix.isEmpty() && !prefix.matches("[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")) {
            throw new IllegalArgumentException("a bucket with a prefix that can be used; it has letters, digits and"
                    + " ._- between single slashes, such as s3://acme-packages/cornucopia");
        }
        return new Bucket(name, prefix.isEmpty() ? "" : prefix + "/");
    }
}
