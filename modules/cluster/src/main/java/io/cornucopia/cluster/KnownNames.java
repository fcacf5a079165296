package io.cornucopia.cluster;

import io.vertx.core.Future;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongFunction;

/**
 * Of which projects each node has pages. Nobody keeps a list of all: each is asked for its own, and tells it anew only when it
 * has changed.
 */
public interface KnownNames {
    /**
     * Answers the others from now on.
     *
     * @param own this node's names, if they are of another version than the given one. It may be called on any thread, and
     *     must not block it
     */
    void answer(LongFunction<Future<Optional<Names>>> own);

    /**
     * Asks all others at once.
     *
     * @return the names of all of them. Who does not answer within a second counts with what it said last. Never fails
     */
    Future<Set<String>> ofOthers();

    /**
     * A node's names.
     *
     * @param version another one whenever they are others; never negative
     */
    record Names(long version, Set<String> names) {
        public Names {
            Objects.requireNonNull(names, "names");
        }
    }

    /** For a node that is alone: nobody knows any. */
    static KnownNames alone() {
        return new KnownNames() {
            @Override
            public void answer(LongFunction<Future<Optional<Names>>> own) {
                // Nobody asks.
            }

            @Override
            public Future<Set<String>> ofOthers() {
                return Future.succeededFuture(Set.of());
            }
        };
    }
}
