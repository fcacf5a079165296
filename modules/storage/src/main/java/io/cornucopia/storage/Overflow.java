package io.cornucopia.storage;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** The bytes of a download that the disk did not take, in memory until all followers have them. Not thread-safe. */
final class Overflow {
    private static final long LIMIT = 4L * 1024 * 1024;

    private record Chunk(long position, Buffer bytes) {
        long end() {
            return position + bytes.length();
        }
    }

    private final Deque<Chunk> chunks = new ArrayDeque<>();
    private long start = -1;
    private long bytes;
    private boolean forgotSomething;

    /** Whether the disk failed, so that bytes go here. */
    boolean inUse() {
        return start >= 0;
    }

    /** The position of the first byte that the disk did not take. */
    long start() {
        return start;
    }

    boolean isFull() {
        return bytes > LIMIT;
    }

    boolean forgotSomething() {
        return forgotSomething;
    }

    void append(long position, List<Buffer> batch) {
        if (!inUse()) {
            start = position;
        }
        long at = position;
        for (Buffer buffer : batch) {
            chunks.add(new Chunk(at, buffer));
            at += buffer.length();
            bytes += buffer.length();
        }
    }

    /** Up to {@code length} bytes at {@code position}, if they are here. */
    Optional<Buffer> read(long position, int length) {
        if (!inUse() || position < start) {
            return Optional.empty();
        }
        for (Chunk chunk : chunks) {
            if (position >= chunk.position() && position < chunk.end()) {
                int from = (int) (position - chunk.position());
                int to = (int) Math.min(chunk.bytes().length(), (long) from + length);
                return Optional.of(chunk.bytes().slice(from, to));
            }
        }
        throw new IllegalStateException("byte " + position + " was forgotten before everybody had it");
    }

    void forgetBelow(long position) {
        while (!chunks.isEmpty() && chunks.peekFirst().end() <= position) {
            bytes -= chunks.removeFirst().bytes().length();
            forgotSomething = true;
        }
    }
}
