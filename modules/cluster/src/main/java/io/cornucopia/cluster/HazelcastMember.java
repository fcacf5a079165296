package io.cornucopia.cluster;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.impl.HazelcastInstanceFactory;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.Security;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * This process as a member of a cluster. In this order: {@link #join}; a Vert.x with {@link #eventBus} in its options, from
 * {@link #vertx}; {@link #open}; and at the end {@link Cluster#leave}, {@code vertx.close()}, {@link #close}.
 */
public final class HazelcastMember implements AutoCloseable {
    private static final String FORK_JOIN_PARALLELISM = "java.util.concurrent.ForkJoinPool.common.parallelism";
    private static final String FORK_JOIN_THREADS = "4";
    // By the property of java.security that says so, which goes first, and the one that the command line may set.
    private static final Map<String, String> NAMES_REMEMBERED = Map.of(
            "networkaddress.cache.ttl", "sun.net.inetaddr.ttl",
            "networkaddress.cache.negative.ttl", "sun.net.inetaddr.negative.ttl");
    private static final String NAMES_REMEMBERED_SECONDS = "1";

    private final ClusterSettings settings;
    private final ClusterTls tls;
    private final PeerSignature signature;
    private final HazelcastInstance hazelcast;
    private final Attention attention = new Attention(System::nanoTime);

    private HazelcastMember(
            ClusterSettings settings, ClusterTls tls, PeerSignature signature, HazelcastInstance hazelcast) {
        this.settings = settings;
        this.tls = tls;
        this.signature = signature;
        this.hazelcast = hazelcast;
    }

    /**
     * Gives the JVM's common pool enough threads for Hazelcast, which on a small machine makes a new one for each thing that
     * completes, and has names of other nodes looked up anew: the JVM remembers what a name had, or had not, for longer than nodes take
     * to start. To be called before anything uses that pool or looks a name up; what was set on the command line stays.
     */
    public static void prepareJvm() {
        if (System.getProperty(FORK_JOIN_PARALLELISM) == null) {
            System.setProperty(FORK_JOIN_PARALLELISM, FORK_JOIN_THREADS);
        }
        NAMES_REMEMBERED.forEach((security, system) -> {
            if (System.getProperty(system) == null) {
                Security.setProperty(security, NAMES_REMEMBERED_SECONDS);
            }
        });
    }

    /**
     * Joins the others, or begins alone when there was nobody for as long as the settings say. Blocks meanwhile.
     *
     * @param version of the program, for the others to see
     * @throws JoinFailedException if this node can be no member: its port is taken, or its host is no address of this
     *     machine
     */
    public static HazelcastMember join(ClusterSettings settings, String version) throws JoinFailedException {
        return join(settings, version, InetAddress::getAllByName);
    }

    static HazelcastMember join(ClusterSettings settings, String version, MemberJoiner.Lookup lookup)
            throws JoinFailedException {
        ClusterSecret secret = new ClusterSecret(settings.name(), settings.secret());
        ClusterTls tls = secret.tls();
        try {
            var config = HazelcastConfig.of(settings, version);
            HazelcastInstance hazelcast = HazelcastInstanceFactory.newHazelcastInstance(
                    config,
                    config.getInstanceName(),
                    new TlsTransport(tls, node -> new MemberJoiner(node, settings, lookup)));
            String self = hazelcast.getCluster().getLocalMember().getAttribute(HazelcastConfig.NODE_ID);
            PeerSignature signature = secret.signature(self, () -> clock(hazelcast));
            return new HazelcastMember(settings, tls, signature, hazelcast);
        } catch (UnknownHostException e) {
            throw new JoinFailedException(
                    "cluster.host, cluster.bind_host: no machine is known by that name (" + e.getMessage()
                            + "); give an address of this machine",
                    e);
        } catch (RuntimeException e) {
            throw new JoinFailedException(
                    (settings.bindHost().isEmpty() ? "cluster.host" : "cluster.bind_host") + ", cluster.port: "
                            + new HostPort(settings.listenHost(), settings.port()) + " cannot be listened on ("
                            + e.getMessage() + "); is it an address of this machine, and the port free?",
                    e);
        }
    }

    // The cluster's common clock: nodes' own may be minutes apart.
    private static long clock(HazelcastInstance hazelcast) {
        try {
            return hazelcast.getCluster().getClusterTime();
        } catch (RuntimeException e) {
            return System.currentTimeMillis();
        }
    }

    /** Makes the event bus one that only nodes with the secret can talk to. */
    public EventBusOptions eventBus(EventBusOptions options) {
        return options.setHost(settings.listenHost())
                .setPort(settings.busPort())
                .setClusterPublicHost(settings.host())
                .setClusterPublicPort(settings.busPort())
                .setSsl(true)
                .setKeyCertOptions(tls.identity())
                .setTrustOptions(tls.trust())
                .setClientAuth(ClientAuth.REQUIRED)
                .setEnabledSecureTransportProtocols(Set.of(ClusterTls.PROTOCOL))
                .setConnectTimeout(2_000)
                .setClusterPingInterval(2_000)
                .setClusterPingReplyInterval(4_000);
    }

    /** A Vert.x of this cluster, from a builder that has everything else already. */
    public Future<Vertx> vertx(VertxBuilder builder) {
        return builder.withClusterManager(new HazelcastClusterManager(hazelcast))
                .buildClustered();
    }

    /**
     * What nodes share; complete when the others can talk to this one.
     *
     * @param metrics where it counts
     */
    public Future<Cluster> open(Vertx vertx, MeterRegistry metrics) {
        SharedMembers members = new SharedMembers(hazelcast);
        Peers peers = new Peers(vertx);
        members.answer(peers);
        Breaker breaker = new Breaker(System::nanoTime);
        SharedLeases leases = new SharedLeases(
                vertx,
                members.self().id(),
                members::hasLeft,
                new SharedMap(vertx, hazelcast, HazelcastConfig.LEASES, breaker),
                new LeaseMeters(metrics));
        Gauge.builder("cornucopia.cluster.leases", leases, SharedLeases::count)
                .description("pieces of work that this node has taken on")
                .register(metrics);
        SharedCluster cluster = new SharedCluster(
                members,
                leases,
                new SharedHolders(members, peers),
                new SharedPageRevisions(
                        vertx,
                        new SharedMap(vertx, hazelcast, HazelcastConfig.PAGES, breaker),
                        peers,
                        settings.peerTimeout()),
                new SharedKnownNames(members, peers),
                new SharedAnnouncements(
                        vertx,
                        members,
                        peers,
                        new SharedMap(vertx, hazelcast, HazelcastConfig.NEWS, breaker),
                        attention),
                Optional.of(new HttpPeerClient(vertx, tls, signature, settings.peerTimeout())));
        return peers.open(members.self().id())
                .compose(open -> cluster.announcements().open())
                .compose(open -> members.greet())
                .map(greeted -> cluster);
    }

    /** For HTTP between nodes: who signs so knows the secret. */
    public PeerSignature signature() {
        return signature;
    }

    /** For HTTP between nodes, too. */
    public ClusterTls tls() {
        return tls;
    }

    /** Leaves. Blocks for some seconds at most, while what it kept for others moves to them. */
    @Override
    public void close() {
        attention.close();
        hazelcast.shutdown();
    }

    /** For tests: the process is gone. */
    void die() {
        attention.close();
        hazelcast.getLifecycleService().terminate();
    }

    HazelcastInstance hazelcast() {
        return hazelcast;
    }
}
