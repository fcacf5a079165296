package io.cornucopia.server;

import io.cornucopia.access.Doorkeeper;
import io.cornucopia.bus.AsIsCodec;
import io.cornucopia.cluster.Cluster;
import io.cornucopia.cluster.ClusterSettings;
import io.cornucopia.cluster.HazelcastMember;
import io.cornucopia.cluster.HostPort;
import io.cornucopia.cluster.JoinFailedException;
import io.cornucopia.http.AccessLog;
import io.cornucopia.http.HttpSettings;
import io.cornucopia.http.HttpVerticle;
import io.cornucopia.http.PeerVerticle;
import io.cornucopia.http.Readiness;
import io.cornucopia.storage.OpenFiles;
import io.cornucopia.storage.UploadStore;
import io.cornucopia.testkit.FakeUpstream;
import io.cornucopia.testkit.FreePorts;
import io.cornucopia.upstream.Upstream;
import io.cornucopia.upstream.UpstreamSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.OutputStream;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A member of a cluster in this process, with both its doors; what is behind them, each kind of node adds. */
abstract class TestMember implements AutoCloseable {
    private static final String SECRET = "a secret of sixteen and more";

    final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    final Vertx vertx;
    final Cluster cluster;
    private final ClusterSettings settings;
    private final HazelcastMember member;
    private final AccessLog accessLog;
    private HttpVerticle door;
    private boolean closed;

    TestMember(ClusterSettings settings) throws JoinFailedException {
        this.settings = settings;
        member = HazelcastMember.join(settings, "1");
        VertxOptions options = new VertxOptions().setEventLoopPoolSize(2);
        member.eventBus(options.getEventBusOptions());
        vertx = await(member.vertx(Vertx.builder().with(options)));
        cluster = await(member.open(vertx, metrics));
        AsIsCodec.register(vertx);
        accessLog = new AccessLog(vertx, OutputStream.nullOutputStream(), AccessLog.Format.TEXT);
    }

    /** Starts one. */
    @FunctionalInterface
    interface Starter<N> {
        N start(ClusterSettings settings) throws JoinFailedException;
    }

    /** Several that know one another. */
    static <N> List<N> start(int count, Starter<N> starter) {
        List<Integer> ports = FreePorts.take(count);
        List<CompletableFuture<N>> starting = new ArrayList<>();
        for (int port : ports) {
            starting.add(CompletableFuture.supplyAsync(
                    () -> {
                        try {
                            return starter.start(settings(ports, port));
                        } catch (JoinFailedException e) {
                            throw new IllegalStateException(e);
                        }
                    },
                    task -> new Thread(task, "start").start()));
        }
        return starting.stream().map(CompletableFuture::join).toList();
    }

    private static ClusterSettings settings(List<Integer> ports, int port) {
        List<Integer> own = FreePorts.take(2);
        return new ClusterSettings(
                "test",
                SECRET,
                "127.0.0.1",
                port,
                own.get(0),
                own.get(1),
                ports.stream().map(one -> new HostPort("127.0.0.1", one)).toList(),
                Optional.empty(),
                Duration.ofSeconds(20),
                Duration.ofSeconds(2));
    }

    /** How this node asks the upstream of the test. */
    final Upstream asking(FakeUpstream upstream) {
        return new Upstream(
                vertx,
                new UpstreamSettings(
                        URI.create(upstream.url()),
                        List.of(),
                        Optional.empty(),
                        2,
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(30),
                        false),
                metrics);
    }

    /** Opens the internal port, and the one for clients. */
    final void openDoors(OpenFiles openFiles, UploadStore uploads) {
        Readiness readiness = new Readiness();
        await(vertx.deployVerticle(new PeerVerticle(
                http(settings.internalPort()), member.tls(), member.signature(), accessLog, readiness, metrics)));
        door = new HttpVerticle(
                http(0),
                openFiles,
                uploads,
                new Doorkeeper(List::of, InstantSource.system()),
                cluster.announcements(),
                accessLog,
                readiness,
                metrics,
                () -> "");
        await(vertx.deployVerticle(door));
    }

    private static HttpSettings http(int port) {
        return new HttpSettings(
                "127.0.0.1",
                port,
                "",
                Duration.ZERO,
                Duration.ofSeconds(5),
                Duration.ofMinutes(10),
                new HttpSettings.Upload(false, 1),
                HttpSettings.Readers.ANONYMOUS,
                Optional.empty());
    }

    final int port() {
        return door.actualPort();
    }

    final int memberCount() {
        return cluster.members().all().size();
    }

    static <T> T await(Future<T> future) {
        return future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(60, TimeUnit.SECONDS)
                .join();
    }

    /** Goes without a word to anybody: connections break, and the others find out. */
    final void die() {
        closed = true;
        // In this order: who is heard of no more must not go on serving.
        await(vertx.close());
        member.close();
        accessLog.close();
    }

    @Override
    public final void close() {
        if (!closed) {
            await(cluster.leave());
            die();
        }
    }
}
