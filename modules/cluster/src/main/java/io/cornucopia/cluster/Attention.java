package io.cornucopia.cluster;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Notices that this process was stopped for a while, and went on: a thread that looks at the clock four times a second was
 * late. The others wait longer for its answers than it may sleep unnoticed, so what it missed it missed in a
 * sleep that it knows of.
 */
final class Attention implements AutoCloseable {
    /** Shorter than {@link Announcements#LONGEST_WAIT_SECONDS}, by far. */
    static final Duration LONGEST_NAP = Duration.ofSeconds(2);

    private static final long LOOK_MILLIS = 250;

    private final LongSupplier nanos;
    private final ScheduledExecutorService thread;
    private volatile Runnable onWaking = () -> {};
    private volatile long lastLook;

    Attention(LongSupplier nanos) {
        this.nanos = nanos;
        this.lastLook = nanos.getAsLong();
        thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread made = new Thread(task, "cluster-attention");
            made.setDaemon(true);
            return made;
        });
    }

    void onWaking(Runnable onWaking) {
        this.onWaking = onWaking;
        lastLook = nanos.getAsLong();
        thread.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Two reads of memory and one of the clock. */
    boolean isAwake() {
        return nanos.getAsLong() - lastLook < LONGEST_NAP.toNanos();
    }

    // First the consequences, then the look: in between isAwake says no.
    void look() {
        if (!isAwake()) {
            onWaking.run();
        }
        lastLook = nanos.getAsLong();
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
