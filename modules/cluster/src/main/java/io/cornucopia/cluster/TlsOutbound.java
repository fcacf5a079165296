package io.cornucopia.cluster;

import com.hazelcast.internal.networking.ChannelOption;
import com.hazelcast.internal.networking.HandlerStatus;
import com.hazelcast.internal.networking.OutboundHandler;
import java.io.IOException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;

/** What leaves on a connection of Hazelcast, encrypted after the handler before it. Never called concurrently. */
final class TlsOutbound extends OutboundHandler<ByteBuffer, ByteBuffer> {
    private final SSLEngine engine;

    TlsOutbound(SSLEngine engine) {
        this.engine = engine;
    }

    @Override
    public void handlerAdded() {
        int kib = channel.options().getOption(ChannelOption.SO_SNDBUF);
        initDstBuffer(Math.max(kib, 2 * engine.getSession().getPacketBufferSize()));
    }

    @Override
    public HandlerStatus onWrite() throws Exception {
        dst.compact();
        try {
            while (src.hasRemaining() || engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
                SSLEngineResult result = engine.wrap(src, dst);
                switch (result.getStatus()) {
                    case OK -> {}
                    case BUFFER_OVERFLOW -> {
                        // Called again when some of it has left.
                        return HandlerStatus.DIRTY;
                    }
                    default -> throw new IOException("the connection is closed");
                }
            }
            return HandlerStatus.CLEAN;
        } finally {
            dst.flip();
        }
    }
}
