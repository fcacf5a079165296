package io.cornucopia.cluster;

import io.vertx.core.Future;
import java.util.Objects;
import java.util.Optional;

/**
 * Who in the cluster is doing a piece of work, so that nobody does it twice. A lease saves work; it never carries
 * correctness: a holder that froze and woke up still believes in its own.
 *
 * <p>A lease is renewed for as long as it is not released. It ends by itself, within seconds, when its holder freezes, and
 * may be taken over at once when its holder has left. Nothing here fails, and nothing takes longer than a second.
 */
public interface Leases {
    /**
     * Asks to be the one who works on {@code key}.
     *
     * @return the lease, or empty if another node holds it; a cluster that is ill grants rather than fails
     */
    Future<Optional<Lease>> acquire(String key);

    /** Like {@link #acquire}, and tells who has it. */
    default Future<Claim> claim(String key) {
        return acquire(key).map(lease -> lease.<Claim>map(Claim.Granted::new).orElseGet(() -> new Claim.Held("", "")));
    }

    /**
     * Asks for the lease in the place of a holder that is found to be frozen or out of reach. Of several who ask, one gets
     * it, and the others are told who.
     */
    default Future<Claim> takeOver(String key, Claim.Held from) {
        return claim(key);
    }

    /** A piece of work that this node has taken on. */
    interface Lease {
        /** Gives it back; never fails. */
        void release();
    }

    /** What came of asking. */
    sealed interface Claim {
        /**
         * This node does the work.
         *
         * @param certain false if the cluster did not answer: then others may have been granted the same
         */
        record Granted(Lease lease, boolean certain) implements Claim {
            public Granted {
                Objects.requireNonNull(lease, "lease");
            }

            /** One that nobody else has. */
            public Granted(Lease lease) {
                this(lease, true);
            }
        }

        /**
         * Another node does it.
         *
         * @param member its id
         * @param record what {@link #takeOver} needs in order to take it from this holder and no other
         */
        record Held(String member, String record) implements Claim {
            public Held {
                Objects.requireNonNull(member, "member");
                Objects.requireNonNull(record, "record");
            }
        }
    }

    /** For a node that is alone: every lease is granted, since within a process single flight keeps work single. */
    static Leases alone() {
        Lease granted = () -> {};
        return key -> Future.succeededFuture(Optional.of(granted));
    }
}
