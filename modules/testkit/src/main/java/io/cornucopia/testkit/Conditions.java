package io.cornucopia.testkit;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waiting for something to become true, with a deadline. */
public final class Conditions {
    private static final long POLL_NANOS = Duration.ofMillis(20).toNanos();

    private Conditions() {}

    /** @throws AssertionError naming {@code what} if it did not come true within {@code deadline} */
    public static void await(String what, Duration deadline, BooleanSupplier condition) {
        long end = System.nanoTime() + deadline.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not within " + deadline + ": " + what);
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }
}
