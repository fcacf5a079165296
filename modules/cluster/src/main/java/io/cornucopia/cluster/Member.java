package io.cornucopia.cluster;

import java.util.Objects;

/**
 * A node of the cluster, from its start to its end: a process that starts again is another member.
 *
 * @param address where its Hazelcast listens
 * @param internal where it serves other nodes by HTTP
 * @param version of the program
 * @param self whether it is this very node
 */
public record Member(String id, HostPort address, HostPort internal, String version, boolean self) {
    public Member {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(address, "address");
        Objects.requireNonNull(internal, "internal");
        Objects.requireNonNull(version, "version");
    }
}
