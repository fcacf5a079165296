package io.cornucopia.cluster;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;

/** How long leases are waited for, and what comes of it. Thread-safe. */
final class LeaseMeters {
    private final Timer granted;
    private final Timer held;
    private final Timer unanswered;

    LeaseMeters(MeterRegistry metrics) {
        granted = waits(metrics, "granted");
        held = waits(metrics, "held");
        unanswered = waits(metrics, "unanswered");
    }

    private static Timer waits(MeterRegistry metrics, String result) {
        return Timer.builder("cornucopia.cluster.lease.wait")
                .description("from asking for a lease to the answer, by what that was")
                .tag("result", result)
                .register(metrics);
    }

    void answered(Leases.Claim claim, long sinceNanos) {
        (claim instanceof Leases.Claim.Held ? held : granted)
                .record(System.nanoTime() - sinceNanos, TimeUnit.NANOSECONDS);
    }

    /** It was taken for granted, since the cluster did not say anything. */
    void unanswered(long sinceNanos) {
        unanswered.record(System.nanoTime() - sinceNanos, TimeUnit.NANOSECONDS);
    }
}
