package io.cornucopia.core;

import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a file hashes to.
 *
 * @param algorithm how it was hashed
 * @param hex the digest in lower-case hexadecimal, of the algorithm's length
 */
public record Digest(HashAlgorithm algorithm, String hex) {
    private static final Pattern HEX = Pattern.compile("[0-9a-f]+");

    /** @throws IllegalArgumentException if {@code hex} is not lower-case hexadecimal of the algorithm's length */
    public Digest {
        if (hex.length() != algorithm.hexLength() || !HEX.matcher(hex).matches()) {
            throw new IllegalArgumentException("not a " + algorithm.wireName() + " digest: \"" + hex + "\"");
        }
    }

    /** Reads a digest in either case; empty if it is not one of that algorithm. */
    public static Optional<Digest> parse(HashAlgorithm algorithm, String raw) {
        String hex = raw.toLowerCase(Locale.ROOT);
        return hex.length() == algorithm.hexLength() && HEX.matcher(hex).matches()
                ? Optional.of(new Digest(algorithm, hex))
                : Optional.empty();
    }

    /** The digest of raw bytes as {@link java.security.MessageDigest#digest()} returns them. */
    public static Digest of(HashAlgorithm algorithm, byte[] raw) {
        return new Digest(algorithm, HexFormat.of().formatHex(raw));
    }

    /** {@code sha256=<hex>}, as in the fragment of a link. */
    @Override
    public String toString() {
        return algorithm.wireName() + "=" + hex;
    }
}
