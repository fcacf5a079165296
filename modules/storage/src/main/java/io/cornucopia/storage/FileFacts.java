package io.cornucopia.storage;

import io.cornucopia.core.Digest;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is known of a file before its bytes are here: enough for the head of a response.
 *
 * @param filename the name it is asked for by
 * @param size in bytes
 * @param sha256 what its bytes will hash to
 * @param lastModified to the second; when it was uploaded to where it comes from
 */
public record FileFacts(String filename, OptionalLong size, Optional<Digest> sha256, Optional<Instant> lastModified) {
    public FileFacts {
        Objects.requireNonNull(filename, "filename");
        Objects.requireNonNull(size, "size");
        Objects.requireNonNull(sha256, "sha256");
        Objects.requireNonNull(lastModified, "lastModified");
    }
}
