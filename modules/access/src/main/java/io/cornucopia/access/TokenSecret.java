package io.cornucopia.access;

import io.cornucopia.core.Digest;
import io.cornucopia.core.HashAlgorithm;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Objects;

/**
 * What a client proves itself with. Only its hash is kept here.
 *
 * @param text the secret itself
 */
public record TokenSecret(String text) {
    /** What new ones begin with, so that scanners for leaked secrets can tell them. */
    public static final String PREFIX = "cornucopia_";

    private static final int RANDOM_BYTES = 32;

    public TokenSecret {
        Objects.requireNonNull(text, "text");
    }

    /** A new one that nobody can guess. */
    public static TokenSecret create(SecureRandom random) {
        byte[] bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        return new TokenSecret(PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }

    /** The SHA-256 of its UTF-8 bytes. A secret of 256 random bits needs no slower hash. */
    public Digest hash() {
        try {
            return Digest.of(
                    HashAlgorithm.SHA256,
                    MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Without the secret, so that no log has it. */
    @Override
    public String toString() {
        return "TokenSecret[***]";
    }
}
