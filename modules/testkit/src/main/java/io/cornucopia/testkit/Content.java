package io.cornucopia.testkit;

import io.vertx.core.buffer.Buffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The bytes of a file, held or made on demand, so that a hundred megabytes cost no memory. Thread-safe. */
public interface Content {
    /** Its length in bytes. */
    long length();

    /** {@code length} bytes at {@code offset}. */
    Buffer slice(long offset, int length);

    /** All of it; only for what fits in memory. */
    default byte[] bytes() {
        return slice(0, Math.toIntExact(length())).getBytes();
    }

    /** Its SHA-256 in lower-case hexadecimal. */
    default String sha256() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            int step = 1 << 20;
            for (long at = 0; at < length(); at += step) {
                digest.update(slice(at, (int) Math.min(step, length() - at)).getBytes());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** These bytes. */
    static Content of(byte[] bytes) {
        return new Content() {
            @Override
            public long length() {
                return bytes.length;
            }

            @Override
            public Buffer slice(long offset, int length) {
                return Buffer.buffer(bytes).getBuffer((int) offset, (int) offset + length);
            }
        };
    }

    /** Bytes without pattern that depend on {@code seed} and their position alone. */
    static Content random(long seed, long length) {
        return new Content() {
            @Override
            public long length() {
                return length;
            }

            @Override
            public Buffer slice(long offset, int count) {
                byte[] bytes = new byte[count];
                long word = 0;
                for (int i = 0; i < count; i++) {
                    long position = offset + i;
                    if (i == 0 || position % 8 == 0) {
                        word = mix(seed * 0x9E3779B97F4A7C15L + position / 8);
                    }
                    bytes[i] = (byte) (word >>> (8 * (position % 8)));
                }
                return Buffer.buffer(bytes);
            }
        };
    }

    /** The finaliser of SplitMix64. */
    private static long mix(long value) {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
