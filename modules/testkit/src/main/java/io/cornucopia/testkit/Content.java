package io.cornucopia.testkit;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/**
 * Bytes of a known length that can be read anywhere, held in memory or made up on the way: two hundred megabytes of
 * random data cost a seed.
 */
public final class Content {

    private final long length;
    private final Slices slices;
    private volatile String sha256;

    private Content(long length, Slices slices) {
        if (length < 0) {
            throw new IllegalArgumentException("a negative length: " + length);
        }
        this.length = length;
        this.slices = slices;
    }

    /** How a content makes up the bytes of one stretch; it is only asked for stretches that lie within. */
    @FunctionalInterface
    public interface Slices {
        Buffer slice(long offset, int length);
    }

    /** Content that is made up whenever it is read. */
    public static Content generated(long length, Slices slices) {
        return new Content(length, slices);
    }

    /** These bytes. They are not copied. */
    public static Content ofBytes(byte[] bytes) {
        Buffer whole = Buffer.buffer(bytes);
        return new Content(bytes.length, (offset, length) -> whole.slice((int) offset, (int) offset + length));
    }

    /** This text, in UTF-8. */
    public static Content ofText(String text) {
        return ofBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Incompressible bytes: the same for the same seed, whatever the length, and nothing of them is held. */
    public static Content random(long seed, long length) {
        return new Content(length, (offset, count) -> randomBytes(seed, offset, count));
    }

    /** These bytes again and again, up to that length. They are not copied. */
    public static Content repeated(byte[] bytes, long length) {
        return new Content(length, (offset, count) -> {
            byte[] piece = new byte[count];
            int at = 0;
            while (at < count) {
                int from = (int) ((offset + at) % bytes.length);
                int some = Math.min(count - at, bytes.length - from);
                System.arraycopy(bytes, from, piece, at, some);
                at += some;
            }
            return Buffer.buffer(piece);
        });
    }

    /** One after the other. */
    public static Content concat(List<Content> parts) {
        List<Content> kept = List.copyOf(parts);
        long total = kept.stream().mapToLong(Content::length).sum();
        return new Content(total, (offset, count) -> {
            Buffer joined = Buffer.buffer(count);
            long start = 0;
            for (Content part : kept) {
                long from = Math.max(offset, start);
                long to = Math.min(offset + count, start + part.length);
                if (from < to) {
                    joined.appendBuffer(part.slice(from - start, (int) (to - from)));
                }
                start += part.length;
            }
            return joined;
        });
    }

    /** How many bytes there are. */
    public long length() {
        return length;
    }

    /** The bytes from {@code offset} on, {@code count} of them. */
    public Buffer slice(long offset, int count) {
        if (offset < 0 || count < 0 || offset + count > length) {
            throw new IndexOutOfBoundsException(offset + "+" + count + " of " + length);
        }
        return slices.slice(offset, count);
    }

    /** A stretch of this content as a content of its own. */
    public Content part(long offset, long count) {
        if (offset < 0 || count < 0 || offset + count > length) {
            throw new IndexOutOfBoundsException(offset + "+" + count + " of " + length);
        }
        return new Content(count, (at, some) -> slices.slice(offset + at, some));
    }

    /** The same bytes but for one, which has all its bits turned. */
    public Content flipped(long position) {
        Objects.checkIndex(position, length);
        return new Content(length, (offset, count) -> {
            Buffer piece = slices.slice(offset, count);
            if (position < offset || position >= offset + count) {
                return piece;
            }
            byte[] bytes = piece.getBytes();
            bytes[(int) (position - offset)] ^= (byte) 0xff;
            return Buffer.buffer(bytes);
        });
    }

    /** All of it, in memory. */
    public byte[] bytes() {
        return slice(0, Math.toIntExact(length)).getBytes();
    }

    /** The SHA-256 in lower-case hex, computed once. */
    public String sha256() {
        String known = sha256;
        if (known == null) {
            known = Sha256.hex(this);
            sha256 = known;
        }
        return known;
    }

    @Override
    public String toString() {
        return length + " bytes";
    }

    /** SplitMix64 in counter mode: any word can be had without those before it. */
    private static Buffer randomBytes(long seed, long offset, int count) {
        byte[] bytes = new byte[count];
        long index = offset >>> 3;
        int skip = (int) (offset & 7);
        int at = 0;
        while (at < count) {
            long word = mixed(seed + (index + 1) * 0x9e3779b97f4a7c15L) >>> (8 * skip);
            for (int i = skip; i < Long.BYTES && at < count; i++) {
                bytes[at++] = (byte) word;
                word >>>= 8;
            }
            skip = 0;
            index++;
        }
        return Buffer.buffer(bytes);
    }

    private static long mixed(long value) {
        long z = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
