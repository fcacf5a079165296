package io.cornucopia.core;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How long another side has sent nothing while somebody waited for it. Time for which this process did not run does not count:
 * who looks late was frozen, or busy, and what came meanwhile lies in a socket and was not read yet. So it is to be looked at
 * at regular intervals.
 *
 * <p>For one thread at a time.
 */
public final class Silence {
    private final long interval;
    private final LongSupplier clock;
    private long since;
    private long lastLook;

    /**
     * Begins now.
     *
     * @param interval how often {@link #look} is called
     * @param clock {@link System#nanoTime}, but for a test
     */
    public Silence(Duration interval, LongSupplier clock) {
        this.interval = interval.toNanos();
        this.clock = clock;
        since = clock.getAsLong();
        lastLook = since;
    }

    /** Something was heard just now; or nobody waited until now. */
    public void end() {
        since = clock.getAsLong();
    }

    /**
     * Something was heard, or seen, at that time, or later.
     *
     * @param nanos by the same clock
     */
    public void endAt(long nanos) {
        // By their difference, since the clock may go from its largest number to its smallest.
        if (nanos - since > 0) {
            since = nanos;
        }
    }

    /** How long it has lasted by now. */
    public Duration look() {
        long now = clock.getAsLong();
        long late = now - lastLook - interval;
        lastLook = now;
        // A timer is never quite on time; a freeze that matters takes longer than from one look to the next.
        if (late > interval) {
            since += Math.min(late, now - since);
        }
        return Duration.ofNanos(now - since);
    }
}
