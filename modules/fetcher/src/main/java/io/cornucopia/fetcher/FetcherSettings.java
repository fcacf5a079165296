package io.cornucopia.fetcher;

import java.nio.file.Path;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * What the file fetcher goes by.
 *
 * @param directory the cache directory ({@code cache.dir}); files are kept in {@code packages} below it
 * @param maxSize how many bytes of files are kept at most ({@code cache.max_size}); empty: as many as the disk takes
 */
public record FetcherSettings(Path directory, OptionalLong maxSize) {
    public FetcherSettings {
        Objects.requireNonNull(directory, "directory");
        Objects.requireNonNull(maxSize, "maxSize");
    }
}
