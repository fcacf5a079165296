package io.cornucopia.http;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What a file is, going by how its name ends. */
final class ContentTypes {
    private static final Map<String, String> BY_SUFFIX = new LinkedHashMap<>();

    static {
        BY_SUFFIX.put(".metadata", "text/plain; charset=utf-8");
        BY_SUFFIX.put(".asc", "application/pgp-signature");
        BY_SUFFIX.put(".whl", "application/zip");
        BY_SUFFIX.put(".zip", "application/zip");
        BY_SUFFIX.put(".egg", "application/zip");
        BY_SUFFIX.put(".tar.gz", "application/gzip");
        BY_SUFFIX.put(".tgz", "application/gzip");
        BY_SUFFIX.put(".tar.bz2", "application/x-bzip2");
        BY_SUFFIX.put(".tar.xz", "application/x-xz");
    }

    private ContentTypes() {}

    static String of(String filename) {
        String lower = filename.toLowerCase(Locale.ROOT);
        for (Map.Entry<String, String> entry : BY_SUFFIX.entrySet()) {
            if (lower.endsWith(entry.getKey())) {
                return entry.getValue();
            }
        }
        return "application/octet-stream";
    }
}
