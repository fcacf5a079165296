package io.cornucopia.storage;

import io.cornucopia.core.Digest;
import io.cornucopia.core.HashAlgorithm;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Hashes a file as it arrives and holds it against what was promised. One thread at a time; hashing blocks.
 *
 * <p>SHA-256 is always computed, since it is the file's identity here. Of the promised digests the strongest is checked.
 */
final class FileVerification {
    private final Optional<Digest> promised;
    private final Map<HashAlgorithm, MessageDigest> running = new EnumMap<>(HashAlgorithm.class);
    private Digest sha256;

    FileVerification(List<Digest> promised) {
        this.promised = promised.stream().min((a, b) -> a.algorithm().compareTo(b.algorithm()));
        running.put(HashAlgorithm.SHA256, messageDigest(HashAlgorithm.SHA256));
        this.promised.ifPresent(digest -> running.computeIfAbsent(digest.algorithm(), FileVerification::messageDigest));
    }

    static MessageDigest messageDigest(HashAlgorithm algorithm) {
        try {
            return MessageDigest.getInstance(algorithm.javaName());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has " + algorithm.javaName(), e);
        }
    }

    /** What these bytes hash to. */
    static Digest sha256(byte[] bytes) {
        return Digest.of(
                HashAlgorithm.SHA256, messageDigest(HashAlgorithm.SHA256).digest(bytes));
    }

    /** What a whole file hashes to; blocks while it is read. */
    static Digest sha256(FileChannel channel) throws IOException {
        MessageDigest digest = messageDigest(HashAlgorithm.SHA256);
        ByteBuffer buffer = ByteBuffer.allocate(128 * 1024);
        long position = 0;
        for (int count = channel.read(buffer, position); count >= 0; count = channel.read(buffer, position)) {
            position += count;
            digest.update(buffer.flip());
            buffer.clear();
        }
        return Digest.of(HashAlgorithm.SHA256, digest.digest());
    }

    void update(Buffer bytes) {
        ByteBuffer view = ((BufferInternal) bytes).getByteBuf().nioBuffer();
        running.values().forEach(digest -> digest.update(view.duplicate()));
    }

    /** Ends the hashing. Call it once, after the last byte. */
    void check(String filename) throws BrokenFileException {
        sha256 = null;
        for (Map.Entry<HashAlgorithm, MessageDigest> entry : running.entrySet()) {
            Digest actual = Digest.of(entry.getKey(), entry.getValue().digest());
            if (entry.getKey() == HashAlgorithm.SHA256) {
                sha256 = actual;
            }
            if (promised.isPresent()
                    && promised.get().algorithm() == entry.getKey()
                    && !promised.get().equals(actual)) {
                throw new BrokenFileException(
                        filename + ": the bytes hash to " + actual + " where " + promised.get() + " was promised");
            }
        }
    }

    /** What the bytes hash to; only after {@link #check}. */
    Digest sha256() {
        return sha256;
    }

    /** What they are to hash to, if that was said. */
    Optional<Digest> promisedSha256() {
        return promised.filter(digest -> digest.algorithm() == HashAlgorithm.SHA256);
    }
}
