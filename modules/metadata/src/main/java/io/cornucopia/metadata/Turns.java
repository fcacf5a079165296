package io.cornucopia.metadata;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

/**
 * Lets a few at a time do what many want to do at once, in the order in which they came. Whoever waits here waits for
 * nothing that could time out; and who takes long makes room for the next, so that a few that are slow hold up nobody for
 * ever. To be used on one context only.
 */
final class Turns {
    private final Vertx vertx;
    private final int atOnce;
    private final long longestMillis;
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private int underWay;

    /** @param longestMillis after how long one does not count any more */
    Turns(Vertx vertx, int atOnce, long longestMillis) {
        this.vertx = vertx;
        this.atOnce = atOnce;
        this.longestMillis = longestMillis;
    }

    /** What comes of {@code step}, which begins when it is its turn. */
    <T> Future<T> take(Supplier<Future<T>> step) {
        Promise<T> promise = Promise.promise();
        waiting.add(() -> begin(step, promise));
        next();
        return promise.future();
    }

    private <T> void begin(Supplier<Future<T>> step, Promise<T> promise) {
        Future<T> begun;
        try {
            begun = step.get();
        } catch (RuntimeException e) {
            begun = Future.failedFuture(e);
        }
        if (begun.isComplete()) {
            underWay--;
            begun.onComplete(promise);
            return;
        }
        boolean[] counts = {true};
        long timer = vertx.setTimer(longestMillis, fired -> {
            counts[0] = false;
            underWay--;
            next();
        });
        begun.onComplete(done -> {
            if (counts[0]) {
                vertx.cancelTimer(timer);
                underWay--;
                next();
            }
            promise.handle(done);
        });
    }

    private void next() {
        while (underWay < atOnce && !waiting.isEmpty()) {
            underWay++;
            waiting.remove().run();
        }
    }
}
