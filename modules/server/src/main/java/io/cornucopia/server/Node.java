package io.cornucopia.server;

import io.cornucopia.cluster.Cluster;
import io.cornucopia.cluster.ClusterSettings;
import io.cornucopia.cluster.HazelcastMember;
import io.cornucopia.cluster.HostPort;
import io.cornucopia.cluster.JoinFailedException;
import io.cornucopia.cluster.Member;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.spi.VertxMetricsFactory;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This process among others: its Vert.x, and what it shares by it. A node that is alone has the same, and loads nothing of
 * what joining needs.
 *
 * @param membership what it took to join; empty for a node that is alone by its settings
 */
record Node(Vertx vertx, Cluster cluster, Optional<Membership> membership) {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
    private static final String NOWHERE = "localhost";
    private static final Logger LOG = LoggerFactory.getLogger(Node.class);

    /** How this node is a member. */
    record Membership(ClusterSettings settings, HazelcastMember member) {}

    /**
     * Joins the others if the settings say that there are any, and blocks meanwhile.
     *
     * @throws StartFailedException if it can be no member; everything is closed again then
     */
    static Node start(Settings settings, VertxOptions options, VertxMetricsFactory factory, MeterRegistry metrics)
            throws StartFailedException {
        Optional<ClusterSettings> cluster = settings.cluster();
        return cluster.isPresent()
                ? join(cluster.get(), options, factory, metrics)
                : alone(builder(options, factory).build());
    }

    /** A node that has nobody beside it. */
    static Node alone(Vertx vertx) {
        HostPort nowhere = new HostPort(NOWHERE, 1);
        Member self = new Member("alone", nowhere, nowhere, Cornucopia.Version.number(), true);
        return new Node(vertx, Cluster.alone(self), Optional.empty());
    }

    private static VertxBuilder builder(VertxOptions options, VertxMetricsFactory factory) {
        return Vertx.builder().with(options).withMetrics(factory);
    }

    private static Node join(
            ClusterSettings settings, VertxOptions options, VertxMetricsFactory factory, MeterRegistry metrics)
            throws StartFailedException {
        LOG.info(
                "joining the cluster {}: the other nodes need its secret, and must reach {} on the ports {} (Hazelcast),"
                        + " {} (event bus) and {} (HTTP); looking for them at {} for up to {} s",
                settings.name(),
                settings.host(),
                settings.port(),
                settings.busPort(),
                settings.internalPort(),
                whereOthersAre(settings),
                settings.joinTimeout().toSeconds());
        HazelcastMember member;
        try {
            member = HazelcastMember.join(settings, Cornucopia.Version.number());
        } catch (JoinFailedException e) {
            throw new StartFailedException(e.getMessage(), e);
        }
        member.eventBus(options.getEventBusOptions());
        Future<Vertx> vertx = member.vertx(builder(options, factory));
        try {
            Program.await(vertx, TIMEOUT);
        } catch (CompletionException e) {
            member.close();
            throw StartFailedException.ofPort(
                    Keys.CLUSTER_BUS_PORT, settings.listenHost(), settings.busPort(), e.getCause());
        }
        Future<Cluster> cluster = member.open(vertx.result(), metrics);
        try {
            Program.await(cluster, TIMEOUT);
        } catch (CompletionException e) {
            vertx.result().close();
            member.close();
            throw new StartFailedException("the cluster cannot be used: " + e.getCause(), e.getCause());
        }
        if (cluster.result().members().all().size() == 1) {
            LOG.warn(
                    "no other node was there to be joined at {}; this one begins alone, and others may join it. If there is one:"
                            + " are cluster.name and cluster.secret the same there, and can it be reached on cluster.port?",
                    whereOthersAre(settings));
        }
        return new Node(vertx.result(), cluster.result(), Optional.of(new Membership(settings, member)));
    }

    private static String whereOthersAre(ClusterSettings settings) {
        return settings.dns()
                .orElseGet(() ->
                        settings.members().stream().map(HostPort::toString).collect(Collectors.joining(", ")));
    }

    /** Tells the others that this node is about to go, so that they turn to it no more. */
    void leave() {
        try {
            Program.await(cluster.leave(), CLOSE_TIMEOUT);
        } catch (CompletionException e) {
            LOG.warn(
                    "not everybody heard that this node leaves: {}",
                    e.getCause().toString());
        }
    }

    /** Closes Vert.x, and all that runs on it, and then leaves the cluster. Blocks. */
    void close() {
        try {
            Program.await(vertx.close(), CLOSE_TIMEOUT);
        } catch (CompletionException e) {
            LOG.warn("not everything could be closed: {}", e.getCause().toString());
        }
        membership.ifPresent(membership -> membership.member().close());
    }
}
