package io.cornucopia.cluster;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that the cluster does not answer at all, and spares everybody the waiting for a while. One slow node does not
 * count: only when nothing else comes back in between.
 */
final class Breaker {
    static final int FAILURES_IN_A_ROW = 5;
    static final Duration REST = Duration.ofSeconds(3);
    private static final int MOST_UNDER_WAY = 10_000;
    private static final Logger LOG = LoggerFactory.getLogger(Breaker.class);

    private final LongSupplier nanos;
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();
    private volatile long restingSince;
    private volatile boolean resting;

    Breaker(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** @return whether to try; then {@link #left} has to follow, however late */
    boolean tryEnter() {
        if (resting) {
            if (nanos.getAsLong() - restingSince < REST.toNanos()) {
                return false;
            }
            // One failure more and it rests again.
            resting = false;
            failures.set(FAILURES_IN_A_ROW - 1);
        }
        if (underWay.incrementAndGet() > MOST_UNDER_WAY) {
            underWay.decrementAndGet();
            return false;
        }
        return true;
    }

    void left(boolean well) {
        underWay.decrementAndGet();
        if (well) {
            failures.set(0);
        } else {
            failed();
        }
    }

    /** Somebody gave up waiting; what was waited for may still come. */
    void timedOut() {
        failed();
    }

    private void failed() {
        if (failures.incrementAndGet() == FAILURES_IN_A_ROW) {
            restingSince = nanos.getAsLong();
            resting = true;
            LOG.warn("the cluster does not answer; this node goes on alone for {} s", REST.toSeconds());
        }
    }
}
