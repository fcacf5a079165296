package io.cornucopia.cluster;

import io.vertx.core.Future;
import java.util.Optional;

/**
 * Who in the cluster is doing a piece of work, so that nobody does it twice. A lease saves work; it never carries
 * correctness: a holder that froze and woke up still believes in its own.
 */
public interface Leases {
    /**
     * Asks to be the one who works on {@code key}.
     *
     * @return the lease, or empty if another node holds it; a cluster that is ill grants rather than fails
     */
    Future<Optional<Lease>> acquire(String key);

    /** A piece of work that this node has taken on. */
    interface Lease {
        /** Gives it back; never fails. */
        void release();
    }

    /** For a node that is alone: every lease is granted, since within a process single flight keeps work single. */
    static Leases alone() {
        Lease granted = () -> {};
        return key -> Future.succeededFuture(Optional.of(granted));
    }
}
