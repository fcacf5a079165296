package io.cornucopia.core;

import java.util.Optional;

/**
 * The hash algorithms that a simple page may name, strongest first to trust.
 *
 * <p>Others are dropped on the way in: uv rejects a whole page for one name that it does not know.
 */
public enum HashAlgorithm {
    /** The one every client understands; the one written to pages. */
    SHA256("sha256", "SHA-256", 64),
    SHA512("sha512", "SHA-512", 128),
    SHA384("sha384", "SHA-384", 96),
    /** Only to detect a broken transfer from indexes that know nothing better. */
    MD5("md5", "MD5", 32);

    private final String wireName;
    private final String javaName;
    private final int hexLength;

    HashAlgorithm(String wireName, String javaName, int hexLength) {
        this.wireName = wireName;
        this.javaName = javaName;
        this.hexLength = hexLength;
    }

    /** The name as it is written in a page, such as {@code sha256}. */
    public String wireName() {
        return wireName;
    }

    /** The name by which {@link java.security.MessageDigest} knows it. */
    public String javaName() {
        return javaName;
    }

    /** How many hexadecimal digits a digest has. */
    public int hexLength() {
        return hexLength;
    }

    /** The algorithm of that wire name (exact, lower case), or empty if it is not one of these. */
    public static Optional<HashAlgorithm> ofWireName(String name) {
        for (HashAlgorithm algorithm : values()) {
            if (algorithm.wireName.equals(name)) {
                return Optional.of(algorithm);
            }
        }
        return Optional.empty();
    }
}
