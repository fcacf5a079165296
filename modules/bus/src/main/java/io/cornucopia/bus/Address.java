package io.cornucopia.bus;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.Objects;
import java.util.function.Function;

/**
 * A place on this node's event bus where questions of one type get answers of one type. Messages are immutable records and
 * travel as they are, uncopied, within the process only.
 *
 * @param <Q> the question
 * @param <A> the answer
 */
public final class Address<Q, A> {
    // Refreshes may wait for a slow upstream: its own time-outs are what ends them, this is only the last resort.
    private static final long TIMEOUT_MILLIS = 15 * 60_000L;

    private final String name;

    Address(String name) {
        this.name = Objects.requireNonNull(name, "name");
    }

    /**
     * Asks whoever serves this address on this node. May be called on any context; completes on the caller's.
     *
     * @return the answer; fails with {@link FailureException} if the other side could not answer
     */
    @SuppressWarnings("unchecked")
    public Future<A> ask(Vertx vertx, Q question) {
        return vertx.eventBus()
                .<Reply>request(name, question, localOptions())
                .compose(message -> message.body() instanceof Reply.Refusal refusal
                        ? Future.failedFuture(new FailureException(refusal.failure()))
                        : Future.succeededFuture((A) ((Reply.Answer) message.body()).value()));
    }

    /**
     * Serves this address on this node, on the caller's context. One context serves an address; close the returned consumer to stop (the
     * undeployment of a verticle does so by itself).
     */
    public MessageConsumer<Q> serve(Vertx vertx, Function<Q, Future<A>> answer) {
        return vertx.eventBus().localConsumer(name, message -> {
            Future<A> pending;
            try {
                pending = answer.apply(message.body());
            } catch (RuntimeException e) {
                pending = Future.failedFuture(e);
            }
            pending.onComplete(result -> message.reply(
                    result.succeeded()
                            ? new Reply.Answer(result.result())
                            : new Reply.Refusal(FailureException.of(result.cause())),
                    localOptions()));
        });
    }

    private static DeliveryOptions localOptions() {
        return new DeliveryOptions()
                .setLocalOnly(true)
                .setCodecName(AsIsCodec.NAME)
                .setSendTimeout(TIMEOUT_MILLIS);
    }
}
