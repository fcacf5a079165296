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
 * @param since what {@link OpenFiles#forgotten()} was before it was decided that this is the file of that name
 */
public record CacheEntry(ProjectName project, String filename, Optional<Instant> lastModified, long since) {
    /** @throws IllegalArgumentException if {@code filename} would leave its directory */
    public CacheEntry {
        Objects.requireNonNull(project, "project");
        Objects.requireNonNull(lastModified, "lastModified");
        if (filename.isEmpty() || filename.startsWith(".") || filename.contains("/") || filename.contains("\\")) {
            throw new IllegalArgumentException("not a filename: \"" + filename + "\"");
        }
    }

    /** A file that is kept open whatever was forgotten meanwhile. */
    public CacheEntry(ProjectName project, String filename, Optional<Instant> lastModified) {
        this(project, filename, lastModified, OpenFiles.WHATEVER);
    }
}
