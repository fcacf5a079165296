package io.cornucopia.upstream;

import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.net.URI;
import java.nio.file.Path;

/**
 * An answer of upstream; its body is paused until it is consumed by exactly one of the methods here, on the context that
 * asked. (Being written; the signatures stand.)
 */
public final class UpstreamResponse {
    UpstreamResponse() {}

    /** The status, 200 to 499. */
    public int status() {
        throw new UnsupportedOperationException();
    }

    /** Where it was found in the end, after redirects: what relative links are relative to. */
    public URI url() {
        throw new UnsupportedOperationException();
    }

    /** Its headers. */
    public MultiMap headers() {
        throw new UnsupportedOperationException();
    }

    /**
     * The body as it arrives, content coding untouched. Ends in the exception handler when it breaks off, is silent for
     * longer than the read time-out, or is shorter than announced.
     */
    public ReadStream<Buffer> body() {
        throw new UnsupportedOperationException();
    }

    /**
     * The body whole, decoded (gzip) if upstream coded it, bounded after decoding.
     *
     * @param limit in bytes; a longer body fails with {@code UpstreamFailed}
     */
    public Future<Buffer> bytes(long limit) {
        throw new UnsupportedOperationException();
    }

    /**
     * Writes the body to {@code target}, decoded as in {@link #bytes(long)}, with back-pressure, off the event loop.
     *
     * @param limit in bytes; a longer body fails with {@code UpstreamFailed}
     */
    public Future<Void> toFile(Path target, long limit) {
        throw new UnsupportedOperationException();
    }

    /** Gives the rest of the body up; closes the connection. */
    public void discard() {
        throw new UnsupportedOperationException();
    }
}
