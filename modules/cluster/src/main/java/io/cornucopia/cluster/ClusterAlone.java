package io.cornucopia.cluster;

import io.vertx.core.Future;
import java.util.Optional;

/** The local twins together. */
record ClusterAlone(
        Members members,
        Leases leases,
        Holders holders,
        PageRevisions pages,
        KnownNames known,
        Announcements announcements,
        Optional<PeerClient> peers)
        implements Cluster {
    @Override
    public Future<Void> leave() {
        return Future.succeededFuture();
    }
}
