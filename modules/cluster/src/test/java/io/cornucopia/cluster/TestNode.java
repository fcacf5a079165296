package io.cornucopia.cluster;

import io.cornucopia.testkit.FreePorts;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A node of a cluster in this process, on ports of its own on loopback. */
final class TestNode implements AutoCloseable {
    static final String SECRET = "a secret of sixteen and more";

    final ClusterSettings settings;
    final HazelcastMember member;
    final Vertx vertx;
    final Cluster cluster;
    private boolean dead;

    private TestNode(ClusterSettings settings, HazelcastMember member, Vertx vertx, Cluster cluster) {
        this.settings = settings;
        this.member = member;
        this.vertx = vertx;
        this.cluster = cluster;
    }

    static ClusterSettings settings(List<Integer> ports, int port, String secret, Duration joinTimeout) {
        List<Integer> own = FreePorts.take(2);
        return new ClusterSettings(
                "test",
                secret,
                "127.0.0.1",
                port,
                own.get(0),
                own.get(1),
                ports.stream().map(one -> new HostPort("127.0.0.1", one)).toList(),
                Optional.empty(),
                joinTimeout,
                Duration.ofSeconds(2));
    }

    static TestNode start(ClusterSettings settings) {
        try {
            HazelcastMember member = HazelcastMember.join(settings, "1.2.3");
            VertxOptions options = new VertxOptions().setEventLoopPoolSize(2);
            member.eventBus(options.getEventBusOptions());
            Vertx vertx = await(member.vertx(Vertx.builder().with(options)));
            return new TestNode(settings, member, vertx, await(member.open(vertx, new SimpleMeterRegistry())));
        } catch (JoinFailedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Several that know one another. */
    static List<TestNode> start(int count) {
        List<Integer> ports = FreePorts.take(count);
        List<CompletableFuture<TestNode>> starting = ports.stream()
                .map(port -> CompletableFuture.supplyAsync(
                        () -> start(settings(ports, port, SECRET, Duration.ofSeconds(20))),
                        task -> new Thread(task, "start").start()))
                .toList();
        return starting.stream().map(CompletableFuture::join).toList();
    }

    static <T> T await(Future<T> future) {
        return future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(30, TimeUnit.SECONDS)
                .join();
    }

    String id() {
        return cluster.members().self().id();
    }

    /** As kill -9 does: without a word. */
    void die() {
        dead = true;
        member.die();
    }

    @Override
    public void close() {
        if (!dead) {
            await(cluster.leave());
            await(vertx.close());
        }
        member.close();
    }
}
