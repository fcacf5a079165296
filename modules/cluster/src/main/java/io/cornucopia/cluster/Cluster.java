package io.cornucopia.cluster;

import io.vertx.core.Future;
import java.util.Optional;

/** What nodes share. */
public interface Cluster {
    Members members();

    Leases leases();

    Holders holders();

    PageRevisions pages();

    KnownNames known();

    Announcements announcements();

    /** What asks other nodes for their bytes; empty for a node that is alone, and has nobody to ask. */
    Optional<PeerClient> peers();

    /** Says goodbye: the others ask this node for nothing any more, and its leases are free. Never fails. */
    Future<Void> leave();

    /** For a node that is alone: it starts no Hazelcast. */
    static Cluster alone(Member self) {
        return new ClusterAlone(
                Members.alone(self),
                Leases.alone(),
                Holders.alone(),
                PageRevisions.alone(),
                KnownNames.alone(),
                Announcements.alone(),
                Optional.empty());
    }
}
