package io.cornucopia.bus;

import java.util.Objects;

/** A {@link Failure} on its way through futures. It has no stack trace: the failure itself says what happened. */
public final class FailureException extends RuntimeException {
    private final transient Failure failure;

    public FailureException(Failure failure) {
        this(failure, null);
    }

    public FailureException(Failure failure, Throwable cause) {
        super(failure.code() + ": " + failure.message(), cause, false, false);
        this.failure = Objects.requireNonNull(failure, "failure");
    }

    /** What happened. */
    public Failure failure() {
        return failure;
    }

    /** The failure that {@code thrown} carries, or an {@link Failure.Internal} that names it. */
    public static Failure of(Throwable thrown) {
        return thrown instanceof FailureException e ? e.failure() : new Failure.Internal(String.valueOf(thrown));
    }
}
