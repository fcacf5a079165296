package io.cornucopia.storage;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;

/** A file that is still arriving. (Being written.) */
public final class GrowingFile implements FileHandle {
    @Override
    public String filename() {
        throw new UnsupportedOperationException();
    }

    /** What is known of it now. */
    public FileFacts facts() {
        throw new UnsupportedOperationException();
    }

    /**
     * Completes once bytes beyond {@code offset} may be read (or the file is whole), fails with why the file failed
     * if it does first. Use it before a response's head is sent: as long as it is open, a clean error can still be told.
     */
    public Future<Void> readableBeyond(long offset) {
        throw new UnsupportedOperationException();
    }

    /**
     * The bytes from {@code from} (inclusive) to {@code to} (exclusive; {@link Long#MAX_VALUE} for the end), as they
     * arrive, delivered on {@code context}. Ends when the last of them was delivered, and the last bytes of the file are
     * delivered only after its digest matched. Ends in its exception handler if the file fails: then the response must be
     * reset, never ended.
     */
    public ReadStream<Buffer> tail(Context context, long from, long to) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
