package io.cornucopia.upstream;

import io.cornucopia.bus.Failure;
import io.cornucopia.bus.FailureException;
import io.cornucopia.core.Silence;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.streams.ReadStream;
import java.net.URI;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * The body of an answer, watched: it fails when upstream is silent for too long while somebody waits for it (a pause of our
 * own does not count, and neither does time for which this process did not run), or when it sends more than a limit. Everything
 * happens on one context.
 */
final class WatchedBody implements ReadStream<Buffer> {
    private final Vertx vertx;
    private final URI url;
    private final HttpClientResponse response;
    private final Duration longestSilence;
    private final UpstreamMeters meters;
    private long limit = Long.MAX_VALUE;
    private Supplier<FailureException> beyondLimit;
    private long received;
    private final Silence silence;
    private boolean paused = true;
    private boolean over;
    private final long watch;
    private Handler<Throwable> exceptionHandler = ignored -> {};
    private Handler<Void> endHandler = ignored -> {};

    WatchedBody(Vertx vertx, URI url, HttpClientResponse response, Duration longestSilence, UpstreamMeters meters) {
        this.vertx = vertx;
        this.url = url;
        this.response = response;
        this.longestSilence = longestSilence;
        this.meters = meters;
        long lookMillis = Math.max(10, longestSilence.toMillis() / 4);
        silence = new Silence(Duration.ofMillis(lookMillis), System::nanoTime);
        watch = vertx.setPeriodic(lookMillis, ignored -> lookForSilence());
        response.exceptionHandler(thrown -> fail(failure("broke off: " + Upstream.describe(thrown), thrown)));
        response.endHandler(ignored -> {
            if (!over) {
                finish();
                endHandler.handle(null);
            }
        });
    }

    /** Fails with what {@code beyond} gives once more than {@code bytes} arrived. */
    void limit(long bytes, Supplier<FailureException> beyond) {
        limit = bytes;
        beyondLimit = beyond;
    }

    /**
     * Nobody wants it any more: nothing is delivered from here on.
     *
     * @return whether there was anything left to want
     */
    boolean abandon() {
        boolean unfinished = !over;
        if (unfinished) {
            finish();
        }
        return unfinished;
    }

    @Override
    public WatchedBody handler(Handler<Buffer> handler) {
        response.handler(
                handler == null
                        ? null
                        : bytes -> {
                            silence.end();
                            received += bytes.length();
                            meters.received(bytes.length());
                            if (over) {
                                return;
                            }
                            if (received > limit) {
                                fail(beyondLimit.get());
                                response.request().reset();
                            } else {
                                handler.handle(bytes);
                            }
                        });
        return this;
    }

    @Override
    public WatchedBody exceptionHandler(Handler<Throwable> handler) {
        exceptionHandler = handler == null ? ignored -> {} : handler;
        return this;
    }

    @Override
    public WatchedBody endHandler(Handler<Void> handler) {
        endHandler = handler == null ? ignored -> {} : handler;
        return this;
    }

    @Override
    public WatchedBody pause() {
        paused = true;
        response.pause();
        return this;
    }

    @Override
    public WatchedBody resume() {
        return fetch(Long.MAX_VALUE);
    }

    @Override
    public WatchedBody fetch(long amount) {
        if (paused) {
            silence.end();
            paused = false;
        }
        response.fetch(amount);
        return this;
    }

    private void lookForSilence() {
        Duration silent = silence.look();
        if (!paused && silent.compareTo(longestSilence) > 0) {
            fail(failure("was silent for " + silent.toMillis() + " ms (upstream.read_timeout)", null));
            response.request().reset();
        }
    }

    private void fail(FailureException failure) {
        if (!over) {
            finish();
            meters.failed();
            exceptionHandler.handle(failure);
        }
    }

    private void finish() {
        over = true;
        vertx.cancelTimer(watch);
    }

    private FailureException failure(String what, Throwable cause) {
        return new FailureException(new Failure.UpstreamFailed(url + " " + what), cause);
    }
}
