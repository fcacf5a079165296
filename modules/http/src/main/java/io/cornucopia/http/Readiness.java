package io.cornucopia.http;

import java.util.concurrent.atomic.AtomicReference;

/**
 * Whether this process wants requests: what {@code /health/ready} tells. It goes from starting to ready to draining and
 * never back. Thread-safe.
 */
public final class Readiness {
    private enum State {
        STARTING,
        READY,
        DRAINING
    }

    private final AtomicReference<State> state = new AtomicReference<>(State.STARTING);

    /** Everything is up. Changes nothing once draining has begun. */
    public void ready() {
        state.compareAndSet(State.STARTING, State.READY);
    }

    /** The process is about to stop. */
    public void drain() {
        state.set(State.DRAINING);
    }

    /** Whether requests are welcome now. */
    public boolean isReady() {
        return state.get() == State.READY;
    }

    boolean isDraining() {
        return state.get() == State.DRAINING;
    }
}
