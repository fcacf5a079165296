package io.cornucopia.metadata;

import io.cornucopia.core.OriginRules;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/**
 * What the metadata cache goes by.
 *
 * @param directory where pages are kept ({@code <cache.dir>/meta})
 * @param ttl how long a page is served without asking upstream again
 * @param negativeTtl how long upstream's "no such project" is believed
 * @param root what the root list holds
 * @param simplePath where simple pages are served, such as {@code /simple/}, with any base path
 * @param origins whose projects are whose
 */
public record MetadataSettings(
        Path directory, Duration ttl, Duration negativeTtl, Root root, String simplePath, OriginRules origins) {
    public MetadataSettings {
        Objects.requireNonNull(directory, "directory");
        Objects.requireNonNull(ttl, "ttl");
        Objects.requireNonNull(negativeTtl, "negativeTtl");
        Objects.requireNonNull(root, "root");
        Objects.requireNonNull(simplePath, "simplePath");
        Objects.requireNonNull(origins, "origins");
    }

    /** What the root list holds ({@code index.root}). */
    public enum Root {
        /** The projects known here. */
        KNOWN,
        /** Those, and all that upstream lists. */
        UPSTREAM
    }
}
