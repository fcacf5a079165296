package io.cornucopia.access;

import io.cornucopia.core.Digest;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * A token as it is configured: never its secret, only what that hashes to.
 *
 * @param hash the SHA-256 of the secret's UTF-8 bytes
 * @param principal who comes with it
 * @param expires from when on it is no longer good; empty: never
 */
public record Token(Digest hash, Principal principal, Optional<Instant> expires) {
    public Token {
        Objects.requireNonNull(hash, "hash");
        Objects.requireNonNull(principal, "principal");
        Objects.requireNonNull(expires, "expires");
    }

    /** Whether it is past its time. */
    public boolean isExpired(Instant now) {
        return expires.filter(expiry -> !now.isBefore(expiry)).isPresent();
    }
}
