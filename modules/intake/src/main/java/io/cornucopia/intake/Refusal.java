package io.cornucopia.intake;

import io.cornucopia.bus.Failure;
import io.cornucopia.bus.FailureException;

/** Why an upload or an act is refused, as what is thrown. */
final class Refusal {
    private Refusal() {}

    /** What was sent cannot be right (400). */
    static FailureException invalid(String message) {
        return new FailureException(new Failure.Invalid(message));
    }

    /** Whoever asks may not (403). */
    static FailureException forbidden(String message) {
        return new FailureException(new Failure.Forbidden(message));
    }
}
