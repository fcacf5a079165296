package io.cornucopia.testkit;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.impl.HttpServerConnection;
import java.util.function.Consumer;

/** Puts one answer on the wire, as well or as badly as its plan says. Lives on the request's event loop. */
final class Delivery {

    private static final int CHUNK = 1 << 16;
    private static final int TICK_MILLIS = 20;

    private final Vertx vertx;
    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final Content body;
    private final FaultPlan plan;
    private final RequestLog.Entry entry;
    private final Consumer<Runnable> stalled;
    private long position;
    private long end;
    // How many more bytes may be sent before the next tick.
    private long allowed;
    private FaultPlan.Ending ending;
    private boolean over;
    private Future<Void> written = Future.succeededFuture();

    Delivery(
            Vertx vertx,
            HttpServerRequest request,
            Answer answer,
            FaultPlan plan,
            RequestLog.Entry entry,
            Consumer<Runnable> stalled) {
        this.vertx = vertx;
        this.request = request;
        this.response = request.response();
        this.body = answer.body();
        this.plan = plan;
        this.entry = entry;
        this.stalled = stalled;
        this.ending = plan.ending();
        this.end = Math.min(body.length(), plan.cut());
        response.setStatusCode(answer.status());
        answer.headers().forEach(response::putHeader);
        entry.answered(answer.status());
    }

    void start() {
        boolean bodiless = response.getStatusCode() == 304 || response.getStatusCode() == 204;
        if (plan.ending() == FaultPlan.Ending.CHUNKED && !bodiless) {
            response.setChunked(true);
        } else if (!bodiless) {
            response.putHeader("Content-Length", Long.toString(body.length()));
        }
        if (request.method().equals(HttpMethod.HEAD) || bodiless) {
            position = 0;
            end = 0;
        }
        if (plan.ending() == FaultPlan.Ending.WHOLE && end == 0) {
            response.end();
            return;
        }
        response.exceptionHandler(gone -> over = true);
        response.closeHandler(gone -> over = true);
        written = response.writeHead();
        written.onSuccess(head -> pumpOfATick());
    }

    private void pump() {
        if (over) {
            return;
        }
        while (position < end) {
            if (allowed == 0) {
                response.drainHandler(null);
                vertx.setTimer(TICK_MILLIS, tick -> pumpOfATick());
                return;
            }
            if (response.writeQueueFull()) {
                response.drainHandler(drained -> pump());
                return;
            }
            write((int) Math.min(CHUNK, allowed));
        }
        response.drainHandler(null);
        finish();
    }

    private void pumpOfATick() {
        allowed = plan.throttled() ? Math.max(1, plan.bytesPerSecond() * TICK_MILLIS / 1000) : Long.MAX_VALUE;
        pump();
    }

    private void write(int most) {
        int count = (int) Math.min(most, end - position);
        Buffer piece = body.slice(position, count);
        position += count;
        allowed -= count;
        entry.sent(count);
        written = response.write(piece);
    }

    private void finish() {
        over = true;
        switch (ending) {
            case WHOLE, CHUNKED -> response.end();
            case STALL -> {
                over = false;
                stalled.accept(this::resume);
            }
            case CLOSE -> afterWriting(Delivery::hangUp);
            case RESET ->
                afterWriting(channel -> {
                    channel.config().setOption(ChannelOption.SO_LINGER, 0);
                    hangUp(channel);
                });
        }
    }

    /** Closing overtakes what is still queued, so it waits for the last write to have been flushed. */
    private void afterWriting(Consumer<Channel> then) {
        Channel channel = ((HttpServerConnection) request.connection())
                .channelHandlerContext()
                .channel();
        written.onComplete(flushed -> then.accept(channel));
    }

    /** Nobody waits for the end of a connection that is broken on purpose. */
    @SuppressWarnings("FutureReturnValueIgnored")
    private static void hangUp(Channel channel) {
        channel.close();
    }

    private void resume() {
        if (over) {
            return;
        }
        if (!request.method().equals(HttpMethod.HEAD)) {
            end = body.length();
        }
        ending = FaultPlan.Ending.WHOLE;
        pump();
    }
}
