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
 * @param origin where it comes from: what was uploaded here never stands in for what upstream has, nor the other way round
 */
public record CacheEntry(
        ProjectName project, String filename, Optional<Instant> lastModified, long since, Origin origin) {
    /** Where a file comes from. */
    public enum Origin {
        /** From an index that is mirrored. */
        UPSTREAM,
        /** From the store of uploads. */
        UPLOADS
    }

    /** @throws IllegalArgumentException if {@code filename} would leave its directory */
    public CacheEntry {
        Objects.requireNonNull(project, "project");
        Objects.requireNonNull(lastModified, "lastModified");
        Objects.requireNonNull(origin, "origin");
        if (filename.isEmpty() || filename.startsWith(".") || filename.contains("/") || filename.contains("\\")) {
            throw new IllegalArgumentException("not a filename: \"" + filename + "\"");
        }
    }

    /** A file that is kept open whatever was forgotten meanwhile. */
    public CacheEntry(ProjectName project, String filename, Optional<Instant> lastModified) {
        this(project, filename, lastModified, OpenFiles.WHATEVER);
    }

    /** A file of upstream's. */
    public CacheEntry(ProjectName project, String filename, Optional<Instant> lastModified, long since) {
        this(project, filename, lastModified, since, Origin.UPSTREAM);
    }

    /** A copy of a file that was uploaded; whoever asked for it decides whether it is kept open. */
    static CacheEntry ofUpload(ProjectName project, String filename, Instant lastModified) {
        return new CacheEntry(project, filename, Optional.of(lastModified), OpenFiles.NEVER, Origin.UPLOADS);
    }
}
