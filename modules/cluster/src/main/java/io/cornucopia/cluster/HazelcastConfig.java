package io.cornucopia.cluster;

import com.hazelcast.config.Config;
import com.hazelcast.config.EvictionConfig;
import com.hazelcast.config.EvictionPolicy;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MaxSizePolicy;
import com.hazelcast.config.MergePolicyConfig;
import com.hazelcast.config.MultiMapConfig;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.config.SocketInterceptorConfig;
import com.hazelcast.instance.EndpointQualifier;
import com.hazelcast.spi.MemberAddressProvider;
import com.hazelcast.spi.merge.LatestUpdateMergePolicy;
import com.hazelcast.spi.merge.PutIfAbsentMergePolicy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.UUID;

/** Hazelcast as a node of Cornucopia runs it: made here, from settings, and from no file. */
final class HazelcastConfig {
    /** Who does what. Values of {@link LeaseRecord}. */
    static final String LEASES = "cornucopia.leases";

    /** What is known of pages. Values of {@link PageRevision}. */
    static final String PAGES = "cornucopia.pages";

    /** How many announcements there were. */
    static final String NEWS = "cornucopia.news";

    /** A member's attributes. The first is Vert.x's own. */
    static final String NODE_ID = "__vertx.nodeId";

    static final String ADDRESS = "cornucopia.address";
    static final String INTERNAL = "cornucopia.internal";
    static final String VERSION = "cornucopia.version";

    private static final int PAGES_A_NODE = 200_000;

    private HazelcastConfig() {}

    /** Blocks while the host is looked up. */
    static Config of(ClusterSettings settings, String version) throws UnknownHostException {
        Config config = new Config();
        config.setClusterName(settings.name());
        String nodeId = UUID.randomUUID().toString();
        config.setInstanceName("cornucopia-" + nodeId);
        config.getMemberAttributeConfig()
                .setAttribute(NODE_ID, nodeId)
                .setAttribute(ADDRESS, settings.address().toString())
                .setAttribute(INTERNAL, settings.internal().toString())
                .setAttribute(VERSION, version);
        network(config.getNetworkConfig(), settings);
        properties(config, settings);
        config.getMetricsConfig().setEnabled(false);
        config.getSerializationConfig().addDataSerializableFactory(CompareAndSet.FACTORY, CompareAndSet::ofClass);
        shared(config);
        return config;
    }

    private static void network(NetworkConfig network, ClusterSettings settings) throws UnknownHostException {
        network.setPort(settings.port()).setPortAutoIncrement(false).setReuseAddress(true);
        network.getMemberAddressProviderConfig()
                .setEnabled(true)
                .setImplementation(new OneAddress(
                        new InetSocketAddress(InetAddress.getByName(settings.listenHost()), settings.port()),
                        new InetSocketAddress(InetAddress.getByName(settings.host()), settings.port())));
        JoinConfig join = network.getJoin();
        join.getAutoDetectionConfig().setEnabled(false);
        join.getMulticastConfig().setEnabled(false);
        join.getTcpIpConfig().setEnabled(true).setConnectionTimeoutSeconds(1);
        settings.members().forEach(member -> join.getTcpIpConfig().addMember(member.toString()));
        network.getRestApiConfig().setEnabled(false);
        // Without a class: see TlsTransport, which is what is asked for one.
        network.setSocketInterceptorConfig(new SocketInterceptorConfig().setEnabled(true));
    }

    /** What to listen on and what to tell others; Hazelcast's own way is to choose among what it finds. */
    private record OneAddress(InetSocketAddress listen, InetSocketAddress told) implements MemberAddressProvider {
        @Override
        public InetSocketAddress getBindAddress() {
            return listen;
        }

        @Override
        public InetSocketAddress getBindAddress(EndpointQualifier qualifier) {
            return listen;
        }

        @Override
        public InetSocketAddress getPublicAddress() {
            return told;
        }

        @Override
        public InetSocketAddress getPublicAddress(EndpointQualifier qualifier) {
            return told;
        }
    }

    private static void properties(Config config, ClusterSettings settings) {
        set(config, "hazelcast.logging.type", "slf4j");
        set(config, "hazelcast.phone.home.enabled", "false");
        set(config, "hazelcast.shutdownhook.enabled", "false");
        set(config, "hazelcast.socket.bind.any", "false");
        // Connections go out from the address that is told to others, unless it is none of this machine's.
        set(config, "hazelcast.socket.client.bind", settings.bindHost().isEmpty());
        set(config, "hazelcast.prefer.ipv4.stack", "false");
        set(config, "hazelcast.max.join.seconds", settings.joinTimeout().toSeconds());
        set(config, "hazelcast.wait.seconds.before.join", 0);
        set(config, "hazelcast.max.wait.seconds.before.join", 5);
        // A node that froze is out after ten seconds. Until then a third of all keys may be slow, not more.
        set(config, "hazelcast.heartbeat.interval.seconds", 1);
        set(config, "hazelcast.max.no.heartbeat.seconds", 10);
        // Also how often a member is asked whether it agrees that the oldest one is dead. It has to find out by itself
        // first,
        // and whoever has not after the last time is parted from the others; the first ten take no longer than 60 ms.
        set(config, "hazelcast.mastership.claim.timeout.seconds", 60);
        set(config, "hazelcast.merge.first.run.delay.seconds", 10);
        set(config, "hazelcast.merge.next.run.delay.seconds", 10);
        set(config, "hazelcast.operation.call.timeout.millis", 10_000);
        set(config, "hazelcast.operation.backup.timeout.millis", 500);
        set(config, "hazelcast.graceful.shutdown.max.wait", 5);
        set(config, "hazelcast.cluster.shutdown.timeout.seconds", 5);
        // What is shared is small: few partitions move faster when a node comes or goes, and few threads suffice.
        set(config, "hazelcast.partition.count", 89);
        set(config, "hazelcast.io.thread.count", 1);
        set(config, "hazelcast.event.thread.count", 1);
        set(config, "hazelcast.operation.response.thread.count", 1);
        set(config, "hazelcast.logging.emoji.enabled", "false");
        set(config, "hazelcast.health.monitoring.level", "OFF");
    }

    private static void set(Config config, String key, Object value) {
        config.setProperty(key, value.toString());
    }

    private static void shared(Config config) {
        // Vert.x's own, as its default configuration has them.
        config.addMultiMapConfig(new MultiMapConfig("__vertx.subs")
                .setBackupCount(1)
                .setValueCollectionType(MultiMapConfig.ValueCollectionType.SET));
        config.addMapConfig(new MapConfig("__vertx.nodeInfo").setBackupCount(1));

        config.addMapConfig(map(LEASES)
                .setMergePolicyConfig(new MergePolicyConfig().setPolicy(PutIfAbsentMergePolicy.class.getName())));
        config.addMapConfig(map(PAGES)
                .setMergePolicyConfig(new MergePolicyConfig().setPolicy(LatestUpdateMergePolicy.class.getName()))
                .setEvictionConfig(new EvictionConfig()
                        .setEvictionPolicy(EvictionPolicy.LRU)
                        .setMaxSizePolicy(MaxSizePolicy.PER_NODE)
                        .setSize(PAGES_A_NODE)));
        config.addMapConfig(map(NEWS)
                .setMergePolicyConfig(new MergePolicyConfig().setPolicy(LatestUpdateMergePolicy.class.getName())));
    }

    private static MapConfig map(String name) {
        return new MapConfig(name).setBackupCount(1).setStatisticsEnabled(false).setPerEntryStatsEnabled(true);
    }
}
