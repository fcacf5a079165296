package io.cornucopia.http;

import io.vertx.core.buffer.Buffer;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Memory outside the heap for bytes that are sent over and over: the system takes them from there as they lie, while those
 * on the heap are copied out of it for each client. It is free again once the collector finds that nobody holds it; since
 * the collector may be in no hurry, it is bounded, and what goes beyond stays on the heap. For any thread.
 */
final class PageMemory {
    /** As few as these are copied behind the head of an answer, wherever they lie. */
    static final int MAX_COPIED = 16 * 1024;

    private static final Cleaner CLEANER = Cleaner.create();

    private final long bound;
    private final AtomicLong taken = new AtomicLong();

    /** @param bound how many bytes it takes at most; no more than a quarter of what the heap may */
    PageMemory(long bound) {
        this.bound = Math.min(bound, Runtime.getRuntime().maxMemory() / 4);
    }

    /** Keeps these bytes, outside the heap if they are worth it and there is room. */
    PageBytes keep(byte[] bytes) {
        return bytes.length > MAX_COPIED && take(bytes.length)
                ? new PageBytes.OffHeap(copy(bytes))
                : new PageBytes.OnHeap(Buffer.buffer(bytes));
    }

    /** How many bytes are taken. */
    long taken() {
        return taken.get();
    }

    private boolean take(int length) {
        if (taken.addAndGet(length) <= bound) {
            return true;
        }
        taken.addAndGet(-length);
        return false;
    }

    private ByteBuffer copy(byte[] bytes) {
        ByteBuffer copy = ByteBuffer.allocateDirect(bytes.length);
        giveBackWith(copy, bytes.length, taken);
        return copy.put(bytes).flip();
    }

    // Static, so that what is to be done in the end does not hold what has to end first.
    private static void giveBackWith(ByteBuffer copy, int length, AtomicLong taken) {
        CLEANER.register(copy, () -> taken.addAndGet(-length));
    }
}
