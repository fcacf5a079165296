package io.cornucopia.cluster;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.map.IMap;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A map that all nodes share, with Hazelcast's whims kept out: each step blocks nobody and ends within {@link #PATIENCE}, in
 * {@link Unavailable} if the cluster did not answer.
 */
final class SharedMap {
    static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int LOOKS = 8;

    private final Vertx vertx;
    private final Supplier<IMap<String, String>> map;
    private final Breaker breaker;

    SharedMap(Vertx vertx, HazelcastInstance hazelcast, String name, Breaker breaker) {
        this.vertx = vertx;
        // Asked for each time: a proxy that was made before the network was parted and healed may be of no use.
        this.map = () -> hazelcast.getMap(name);
        this.breaker = breaker;
    }

    Future<Optional<String>> get(String key) {
        return step(() -> map.get().getAsync(key), late -> {});
    }

    Future<Optional<String>> set(String key, String value, Duration ttl) {
        return step(
                () -> map.get()
                        .setAsync(key, value, ttl.toMillis(), TimeUnit.MILLISECONDS)
                        .thenApply(done -> null),
                late -> {});
    }

    /** @return what {@code processor} answered */
    Future<Optional<String>> run(String key, EntryProcessor<String, String, String> processor) {
        return run(key, processor, late -> {});
    }

    /** @param late is told, on the caller's context, what came of a step that had been given up */
    Future<Optional<String>> run(
            String key, EntryProcessor<String, String, String> processor, Consumer<Optional<String>> late) {
        return step(() -> map.get().submitToKey(key, processor), late);
    }

    private Future<Optional<String>> step(
            Supplier<? extends CompletionStage<String>> operation, Consumer<Optional<String>> late) {
        if (!breaker.tryEnter()) {
            return Future.failedFuture(Unavailable.INSTANCE);
        }
        Context context = vertx.getOrCreateContext();
        Promise<Optional<String>> promise = Promise.promise();
        CompletionStage<String> stage;
        try {
            stage = operation.get();
        } catch (RuntimeException e) {
            breaker.left(false);
            return Future.failedFuture(Unavailable.INSTANCE);
        }
        new Look(stage, promise).next();
        // In whatever thread Hazelcast has at hand: its default is a pool that on small machines makes a thread each
        // time.
        stage.whenCompleteAsync(
                (value, failure) -> {
                    breaker.left(failure == null);
                    context.runOnContext(ignored -> {
                        Optional<String> answer = Optional.ofNullable(value);
                        if (failure != null) {
                            promise.tryFail(Unavailable.INSTANCE);
                        } else if (!promise.tryComplete(answer)) {
                            late.accept(answer);
                        }
                    });
                },
                Runnable::run);
        return promise.future();
    }

    /**
     * Looks now and then whether there is an answer. A node that is so busy that it looks late does not take the time that it lost
     * itself for the cluster's.
     */
    private final class Look {
        private final CompletionStage<String> stage;
        private final Promise<Optional<String>> promise;
        private int looks;

        Look(CompletionStage<String> stage, Promise<Optional<String>> promise) {
            this.stage = stage;
            this.promise = promise;
        }

        void next() {
            vertx.setTimer(PATIENCE.toMillis() / LOOKS, fired -> {
                // What is done waits for its turn on this very context.
                if (stage.toCompletableFuture().isDone()) {
                    return;
                }
                if (++looks < LOOKS) {
                    next();
                } else {
                    breaker.timedOut();
                    promise.tryFail(Unavailable.INSTANCE);
                }
            });
        }
    }

    /** The cluster did not answer: one does without. */
    static final class Unavailable extends RuntimeException {
        private static final long serialVersionUID = 1;
        static final Unavailable INSTANCE = new Unavailable();

        private Unavailable() {
            super("the cluster did not answer in time", null, false, false);
        }
    }
}
