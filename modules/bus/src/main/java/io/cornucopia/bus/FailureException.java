package io.cornucopia.bus;

import io.cornucopia.storage.BrokenFileException;
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

    /** The failure that {@code thrown} carries or amounts to; an {@link Failure.Internal} that names it for the unforeseen. */
    public static Failure of(Throwable thrown) {
        if (thrown instanceof FailureException carrier) {
            return carrier.failure();
        }
        return thrown instanceof BrokenFileException broken
                ? new Failure.DigestMismatch(broken.getMessage())
                : new Failure.Internal(String.valueOf(thrown));
    }
}
