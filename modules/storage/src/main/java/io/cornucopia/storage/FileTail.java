package io.cornucopia.storage;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.streams.ReadStream;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The bytes of a growing file as a stream, from one position to another. Everything but {@link #wake()} happens on its
 * context.
 */
final class FileTail implements ReadStream<Chunk> {
    private static final int CHUNK = 128 * 1024;

    private final GrowingFile follower;
    private final Download download;
    private final Context context;
    private final long to;
    private long position;
    private long demand = Long.MAX_VALUE;
    private boolean reading;
    private boolean done;
    private Handler<Chunk> handler;
    private Handler<Void> endHandler = ignored -> {};
    private Handler<Throwable> exceptionHandler = ignored -> {};

    FileTail(GrowingFile follower, Download download, Context context, long from, long to) {
        this.follower = follower;
        this.download = download;
        this.context = context;
        this.position = from;
        this.to = to;
    }

    @Override
    public FileTail handler(Handler<Chunk> newHandler) {
        boolean abandoned = handler != null && newHandler == null;
        handler = newHandler;
        if (abandoned) {
            done = true;
        }
        wake();
        return this;
    }

    @Override
    public FileTail endHandler(Handler<Void> newHandler) {
        endHandler = newHandler == null ? ignored -> {} : newHandler;
        return this;
    }

    @Override
    public FileTail exceptionHandler(Handler<Throwable> newHandler) {
        exceptionHandler = newHandler == null ? ignored -> {} : newHandler;
        return this;
    }

    @Override
    public FileTail pause() {
        demand = 0;
        return this;
    }

    @Override
    public FileTail resume() {
        return fetch(Long.MAX_VALUE);
    }

    @Override
    public FileTail fetch(long amount) {
        demand = demand + amount < 0 ? Long.MAX_VALUE : demand + amount;
        wake();
        return this;
    }

    /** Goes on if it can. May be called from any thread. */
    void wake() {
        context.runOnContext(ignored -> proceed());
    }

    private void proceed() {
        if (done || reading || handler == null || follower.isClosed()) {
            return;
        }
        Optional<Throwable> failure = download.failure();
        if (failure.isPresent()) {
            done = true;
            exceptionHandler.handle(failure.get());
            return;
        }
        OptionalLong whole = download.wholeLength();
        if (position >= to || (whole.isPresent() && position >= whole.getAsLong())) {
            done = true;
            endHandler.handle(null);
            return;
        }
        long available = Math.min(download.readable(), to) - position;
        if (demand > 0 && available > 0) {
            read((int) Math.min(available, CHUNK));
        }
    }

    private void read(int length) {
        reading = true;
        long from = position;
        Future<Chunk> chunk = context.executeBlocking(() -> download.read(from, length), false);
        chunk.onComplete(result -> {
            reading = false;
            if (done || follower.isClosed()) {
                if (result.succeeded()) {
                    result.result().release();
                }
                return;
            }
            if (result.failed()) {
                done = true;
                exceptionHandler.handle(result.cause());
                return;
            }
            position = from + result.result().bytes().length();
            if (demand != Long.MAX_VALUE) {
                demand--;
            }
            handler.handle(result.result());
            follower.movedTo(position);
            proceed();
        });
    }
}
