package io.cornucopia.storage;

import io.cornucopia.core.ProjectName;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * A file as the cache directory knows it.
 *
 * @param project whose it is
 * @param filename its name, a single safe path component
 * @param lastModified when it was uploaded to where it comes from; becomes the time of the file on disk
 */
public record CacheEntry(ProjectName project, String filename, Optional<Instant> lastModified) {
    /** @throws IllegalArgumentException if {@code filename} would leave its directory */
    public CacheEntry {
        Objects.requireNonNull(project, "project");
        Objects.requireNonNull(lastModified, "lastModified");
        if (filename.isEmpty() || filename.startsWith(".") || filename.contains("/") || filename.contains("\\")) {
            throw new IllegalArgumentException("not a filename: \"" + filename + "\"");
        }
    }
}
