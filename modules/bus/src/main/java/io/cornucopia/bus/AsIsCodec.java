package io.cornucopia.bus;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;

/**
 * Hands messages over as they are, within the process. Register it once a Vert.x instance, before the first message:
 * {@link #register(Vertx)}.
 */
public final class AsIsCodec implements MessageCodec<Object, Object> {
    static final String NAME = "as-is";

    private AsIsCodec() {}

    /** Makes {@link Address} and {@link Topic} usable on {@code vertx}. Call it once. */
    public static void register(Vertx vertx) {
        vertx.eventBus().registerCodec(new AsIsCodec());
    }

    @Override
    public void encodeToWire(Buffer buffer, Object message) {
        throw new IllegalStateException("a local message was about to leave the process: " + message.getClass());
    }

    @Override
    public Object decodeFromWire(int position, Buffer buffer) {
        throw new IllegalStateException("a local message came from another process");
    }

    @Override
    public Object transform(Object message) {
        return message;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public byte systemCodecID() {
        return -1;
    }
}
