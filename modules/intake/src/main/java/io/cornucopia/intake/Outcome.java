package io.cornucopia.intake;

import io.cornucopia.bus.FailureException;
import io.vertx.core.AsyncResult;

/** How an act ended, in a word, for logs and metrics. */
final class Outcome {
    static final String DONE = "done";

    private Outcome() {}

    /** {@value #DONE}, or the code of the failure. */
    static String code(AsyncResult<?> ended) {
        return ended.succeeded() ? DONE : FailureException.of(ended.cause()).code();
    }
}
