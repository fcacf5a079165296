package io.cornucopia.core;

import java.util.Objects;
import java.util.Optional;

/**
 * That a wheel's METADATA can be had beside it, under the file's URL with {@code .metadata} appended (PEP 658, 714).
 *
 * @param digest what its bytes hash to, if the index said
 */
public record CoreMetadata(Optional<Digest> digest) {
    public CoreMetadata {
        Objects.requireNonNull(digest, "digest");
    }

    /** The SHA-256 of its bytes, if the index said. */
    Optional<Digest> sha256() {
        return digest.filter(said -> said.algorithm() == HashAlgorithm.SHA256);
    }
}
