package io.cornucopia.intake;

import io.cornucopia.bus.Failure;
import io.cornucopia.bus.FailureException;

/** How an act ends that is not carried out. */
final class Refusal {
    private Refusal() {}

    static FailureException invalid(String message) {
        return new FailureException(new Failure.Invalid(message));
    }

    static FailureException forbidden(String message) {
        return new FailureException(new Failure.Forbidden(message));
    }

    static FailureException conflict(String message) {
        return new FailureException(new Failure.Conflict(message));
    }

    static FailureException quarantined(String message) {
        return new FailureException(new Failure.Quarantined(message));
    }

    static FailureException notFound(String message) {
        return new FailureException(new Failure.NotFound(message));
    }
}
