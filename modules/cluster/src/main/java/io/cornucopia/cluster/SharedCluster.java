package io.cornucopia.cluster;

import io.vertx.core.Future;
import java.util.Optional;

/** What nodes share, through Hazelcast and the event bus. */
record SharedCluster(
        SharedMembers members,
        SharedLeases leases,
        SharedHolders holders,
        SharedPageRevisions pages,
        SharedKnownNames known,
        SharedAnnouncements announcements,
        Optional<PeerClient> peers)
        implements Cluster {
    @Override
    public Future<Void> leave() {
        announcements.end();
        return members.sayGoodbye().compose(said -> leases.releaseAll());
    }
}
