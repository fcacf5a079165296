package io.cornucopia.fetcher;

import io.cornucopia.cluster.PeerBody;
import io.cornucopia.cluster.PeerFailedException;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** Bytes on their way from one fetcher to another. What is not said to be callable from anywhere happens on one context. */
final class FakePeerBody implements PeerBody {
    static final Duration PATIENCE = Duration.ofMillis(200);

    private final Context context;
    private final FakeCluster.Node from;
    private final Runnable close;
    private final Deque<Buffer> arrived = new ArrayDeque<>();
    private long room;
    private boolean first = true;
    private boolean whole;
    private boolean paused = true;
    private boolean over;
    private Handler<Buffer> handler = ignored -> {};
    private Handler<Void> endHandler = ignored -> {};
    private Handler<Throwable> exceptionHandler = ignored -> {};

    /**
     * @param to who asked
     * @param close gives back what the bytes come from
     */
    FakePeerBody(Context context, FakeCluster.Node from, String to, Runnable close) {
        this.context = context;
        this.from = from;
        this.close = close;
        this.room = from.link.mostBytes(to);
        from.link.open.add(this);
    }

    /** From any thread. */
    void send(Buffer bytes) {
        if (from.link.isFrozen()) {
            return;
        }
        context.runOnContext(ignored -> {
            Buffer fitting = bytes.slice(0, (int) Math.min(room, bytes.length()));
            room -= fitting.length();
            if (fitting.length() > 0) {
                arrived.add(fitting);
            }
            deliver();
        });
    }

    /** From any thread. */
    void end() {
        context.runOnContext(ignored -> {
            whole = true;
            deliver();
        });
    }

    /** From any thread. */
    void breakOff() {
        context.runOnContext(ignored -> fail(false));
    }

    /** From any thread. */
    void giveUp() {
        from.vertx.setTimer(PATIENCE.toMillis(), late -> context.runOnContext(ignored -> fail(true)));
    }

    private void deliver() {
        while (!over && !paused && !arrived.isEmpty()) {
            Buffer bytes = arrived.remove().copy();
            if (from.link.isGarbled() && first) {
                bytes.setByte(0, (byte) ~bytes.getByte(0));
            }
            first = false;
            handler.handle(bytes);
            if (from.link.sent(bytes.length())) {
                fail(false);
            }
        }
        if (whole && room > 0 && arrived.isEmpty() && !over && !paused) {
            finish();
            endHandler.handle(null);
        }
    }

    private void fail(boolean silent) {
        if (!over) {
            finish();
            exceptionHandler.handle(new PeerFailedException(from.id + " broke off", silent));
        }
    }

    private void finish() {
        over = true;
        from.link.open.remove(this);
        close.run();
    }

    @Override
    public void discard() {
        if (!over) {
            finish();
        }
    }

    @Override
    public PeerBody handler(Handler<Buffer> newHandler) {
        handler = newHandler;
        return this;
    }

    @Override
    public PeerBody exceptionHandler(Handler<Throwable> newHandler) {
        exceptionHandler = newHandler;
        return this;
    }

    @Override
    public PeerBody endHandler(Handler<Void> newHandler) {
        endHandler = newHandler;
        return this;
    }

    @Override
    public PeerBody pause() {
        paused = true;
        return this;
    }

    @Override
    public PeerBody resume() {
        return fetch(Long.MAX_VALUE);
    }

    @Override
    public PeerBody fetch(long amount) {
        paused = false;
        context.runOnContext(ignored -> deliver());
        return this;
    }
}
