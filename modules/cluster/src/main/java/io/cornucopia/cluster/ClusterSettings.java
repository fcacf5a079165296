package io.cornucopia.cluster;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * How a node finds the others, and where they find it.
 *
 * @param name nodes of one name and one secret are one cluster
 * @param secret what every node knows and nobody else; {@value #SHORTEST_SECRET} characters at least
 * @param host where the others reach this node: one address, never a wildcard
 * @param port Hazelcast's
 * @param busPort the event bus's
 * @param internalPort of HTTP between nodes; told to the others, listened on by whoever serves it
 * @param members where Hazelcast of other nodes listens; this node may be among them
 * @param dns a name whose addresses are the nodes', all with the same {@code port}
 * @param joinTimeout how long others are looked for before this node begins alone
 * @param peerTimeout how long another node may be silent while its bytes are awaited
 * @param bindHost where this node listens, if that is not {@code host}: behind something that translates addresses, the
 *     others reach it elsewhere. The ports are the same on both
 */
public record ClusterSettings(
        String name,
        String secret,
        String host,
        int port,
        int busPort,
        int internalPort,
        List<HostPort> members,
        Optional<String> dns,
        Duration joinTimeout,
        Duration peerTimeout,
        Optional<String> bindHost) {
    /** A secret can be guessed at by whoever reaches a port; shorter ones are refused. */
    public static final int SHORTEST_SECRET = 16;

    /** @throws IllegalArgumentException if nothing could come of it; the message says what to change */
    public ClusterSettings {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(secret, "secret");
        Objects.requireNonNull(joinTimeout, "joinTimeout");
        Objects.requireNonNull(peerTimeout, "peerTimeout");
        Objects.requireNonNull(bindHost, "bindHost");
        members = List.copyOf(members);
        if (name.isBlank()) {
            throw new IllegalArgumentException("cluster.name is empty; give all nodes of a cluster the same name");
        }
        if (secret.length() < SHORTEST_SECRET) {
            throw new IllegalArgumentException("cluster.secret has " + secret.length() + " characters and needs "
                    + SHORTEST_SECRET + "; make one with 'openssl rand -base64 32', and give it to all nodes");
        }
        if (host.isBlank() || isWildcard(host)) {
            throw new IllegalArgumentException("cluster.host is '" + host
                    + "', where no other node can reach this one; give one address of this machine");
        }
        if (members.isEmpty() == dns.isEmpty()) {
            throw new IllegalArgumentException(
                    members.isEmpty()
                            ? "neither cluster.members nor cluster.dns says where other nodes are"
                            : "cluster.members and cluster.dns are both set; keep the one that says where other nodes are");
        }
        if (joinTimeout.toSeconds() < 1) {
            throw new IllegalArgumentException("cluster.join_timeout is below one second");
        }
    }

    /** For a node that listens where the others reach it. */
    public ClusterSettings(
            String name,
            String secret,
            String host,
            int port,
            int busPort,
            int internalPort,
            List<HostPort> members,
            Optional<String> dns,
            Duration joinTimeout,
            Duration peerTimeout) {
        this(name, secret, host, port, busPort, internalPort, members, dns, joinTimeout, peerTimeout, Optional.empty());
    }

    /** Whether {@code host} stands for all addresses of a machine, so that no other one can reach anything by it. */
    public static boolean isWildcard(String host) {
        return host.equals("0.0.0.0") || host.equals("::") || host.equals("*");
    }

    /** The address to listen on. */
    public String listenHost() {
        return bindHost.orElse(host);
    }

    /** Where the others reach this node's Hazelcast. */
    public HostPort address() {
        return new HostPort(host, port);
    }

    /** Where the others reach this node by HTTP. */
    public HostPort internal() {
        return new HostPort(host, internalPort);
    }

    /** Without the secret: this may end in a log. */
    @Override
    public String toString() {
        return "ClusterSettings[" + name + ", " + address() + ", bus " + busPort + ", internal " + internalPort
                + ", members " + members + ", dns " + dns.orElse("-") + "]";
    }
}
