package io.cornucopia.cluster;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;

/**
 * The bytes of another node's answer as they arrive there. Ends in the exception handler when it breaks off, or when the node
 * shows no sign of life for {@code cluster.peer_timeout} while somebody waits for it; a pause of our own does not count.
 */
public interface PeerBody extends ReadStream<Buffer> {
    /** Gives the rest up: nothing is delivered from here on. */
    void discard();
}
