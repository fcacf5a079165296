package io.cornucopia.http;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntSupplier;

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
    private final Optional<IntSupplier> members;

    /** Of a node that is alone. */
    public Readiness() {
        members = Optional.empty();
    }

    /**
     * Of a node that has joined a cluster.
     *
     * @param members tells at once how many it has; for people to see, since a node is ready also when it is the last
     */
    public Readiness(IntSupplier members) {
        this.members = Optional.of(members);
    }

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

    /** How many members the cluster has, if this node is in one. */
    OptionalInt members() {
        return members.map(count -> OptionalInt.of(count.getAsInt())).orElseGet(OptionalInt::empty);
    }

    boolean isDraining() {
        return state.get() == State.DRAINING;
    }
}
