package io.cornucopia.storage;

import io.netty.buffer.ByteBuf;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;

/**
 * Some bytes of a growing file. They lie in pooled memory outside the heap, since hundreds of followers read the same bytes
 * at once: on the heap that is gigabytes of garbage, and collecting it stops event loops. Whoever gets one releases it.
 */
public final class Chunk {
    private static final Runnable NOTHING = () -> {};

    private final Buffer bytes;
    private final Runnable release;

    private Chunk(Buffer bytes, Runnable release) {
        this.bytes = bytes;
        this.release = release;
    }

    /** Of pooled memory, with the reference that the caller holds. */
    static Chunk pooled(ByteBuf memory) {
        return new Chunk(BufferInternal.buffer(memory), memory::release);
    }

    /** Of bytes that somebody else keeps. */
    static Chunk of(Buffer bytes) {
        return new Chunk(bytes, NOTHING);
    }

    /** The bytes, until {@link #release}. */
    public Buffer bytes() {
        return bytes;
    }

    /** Gives the memory back: call it once, from any thread, when nobody looks at the bytes any more. */
    public void release() {
        release.run();
    }
}
