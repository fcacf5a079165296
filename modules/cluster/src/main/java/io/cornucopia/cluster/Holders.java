package io.cornucopia.cluster;

import io.vertx.core.Future;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * Who has a file, or is getting it. Nobody keeps a list: the others are asked, and each looks at its own disk. So nothing
 * is remembered of a member that has left, a node that starts again is found with all that it kept, and a
 * file that was evicted is not looked for in vain.
 */
public interface Holders {
    /**
     * Answers the others from now on.
     *
     * @param lookUp what this node has of that file. It may be called on any thread, must not block it, and
     *     must not begin to fetch the file
     */
    void answer(Function<String, Future<Optional<Holding>>> lookUp);

    /**
     * Asks all others at once.
     *
     * @param file its project and the name it has on disk, {@code six/six-1.17.0-py2.py3-none-any.whl}
     * @return who has the file, whole ones first. Complete as soon as somebody has it whole, else when all have
     *     answered; those that take longer than a second are passed over. Never fails
     */
    Future<List<Holder>> of(String file);

    /**
     * What a node has of a file.
     *
     * @param sha256 what it hashes to, or is to hash to, as far as that node knows
     * @param received how many bytes of it are there
     */
    record Holding(State state, Optional<String> sha256, long received) {
        public Holding {
            Objects.requireNonNull(state, "state");
            Objects.requireNonNull(sha256, "sha256");
        }
    }

    /** Somebody who has a file. */
    record Holder(Member member, Holding holding) {
        public Holder {
            Objects.requireNonNull(member, "member");
            Objects.requireNonNull(holding, "holding");
        }
    }

    /** How much of a file is there. */
    enum State {
        WHOLE,
        /** It is being fetched from upstream. */
        ARRIVING,
        /** It is being taken from another node, or nobody has been found yet to take it from. */
        WANTED
    }

    /** For a node that is alone: nobody has anything. */
    static Holders alone() {
        return new Holders() {
            @Override
            public void answer(Function<String, Future<Optional<Holding>>> lookUp) {
                // Nobody asks.
            }

            @Override
            public Future<List<Holder>> of(String file) {
                return Future.succeededFuture(List.of());
            }
        };
    }
}
