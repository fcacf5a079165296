package io.cornucopia.cluster;

import com.hazelcast.internal.networking.ChannelOption;
import com.hazelcast.internal.networking.HandlerStatus;
import com.hazelcast.internal.networking.InboundHandler;
import java.io.EOFException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;

/** What arrives on a connection of Hazelcast, decrypted for the handler behind it. Never called concurrently. */
final class TlsInbound extends InboundHandler<ByteBuffer, ByteBuffer> {
    private final SSLEngine engine;
    private final ByteBuffer plain;

    TlsInbound(SSLEngine engine) {
        this.engine = engine;
        // The handler behind may have room for a few bytes only (it reads three of its protocol's name), while a record
        // has to be decrypted as a whole.
        this.plain = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
        plain.limit(0);
    }

    @Override
    public void handlerAdded() {
        int kib = channel.options().getOption(ChannelOption.SO_RCVBUF);
        initSrcBuffer(Math.max(kib, 2 * engine.getSession().getPacketBufferSize()));
    }

    @Override
    public HandlerStatus onRead() throws Exception {
        src.flip();
        try {
            while (true) {
                hand();
                if (plain.hasRemaining()) {
                    // Called again as soon as the handler behind has taken what it has.
                    return HandlerStatus.DIRTY;
                }
                if (!decrypt()) {
                    return HandlerStatus.CLEAN;
                }
            }
        } finally {
            src.compact();
        }
    }

    private void hand() {
        int room = Math.min(plain.remaining(), dst.remaining());
        int limit = plain.limit();
        plain.limit(plain.position() + room);
        dst.put(plain);
        plain.limit(limit);
    }

    /** @return whether a record was there */
    private boolean decrypt() throws Exception {
        if (!src.hasRemaining()) {
            return false;
        }
        plain.clear();
        SSLEngineResult result = engine.unwrap(src, plain);
        plain.flip();
        if (result.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
            for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
                task.run();
            }
        }
        if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
            // New keys are asked for.
            channel.outboundPipeline().wakeup();
        }
        return switch (result.getStatus()) {
            case OK -> true;
            case BUFFER_UNDERFLOW -> false;
            case CLOSED -> throw new EOFException("the other side closed the connection");
            case BUFFER_OVERFLOW -> throw new IllegalStateException("a record larger than TLS has");
        };
    }
}
