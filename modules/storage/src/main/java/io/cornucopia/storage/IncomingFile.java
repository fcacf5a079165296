package io.cornucopia.storage;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;

/**
 * An upload while its bytes arrive: they go to a temporary file, and every digest is computed on the way, on workers. One
 * writer, on one context. Memory stays bounded as long as the writer waits for the future of each write.
 */
public interface IncomingFile {
    /** Takes the next bytes; completes, on the caller's context, when they were written and hashed. One write at a time. */
    Future<Void> write(Buffer bytes);

    /** No more bytes come. Completes with what they are. */
    Future<Received> end();

    /** How many bytes were taken so far. */
    long length();

    /** The file with the bytes, for readers of archives; only once it has ended, and until it is published or discarded. */
    Path path();

    /** Drops it and removes its temporary file; without effect once it was published. May be called at any time. */
    Future<Void> discard();

    /**
     * What the bytes are.
     *
     * @param length how many
     * @param sha256 in lower-case hexadecimal
     * @param md5 in lower-case hexadecimal
     * @param blake2b256 BLAKE2b with 32 bytes, in lower-case hexadecimal
     */
    record Received(long length, String sha256, String md5, String blake2b256) {}
}
