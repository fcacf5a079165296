package io.cornucopia.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cornucopia.bus.Addresses;
import io.cornucopia.bus.ListedFileQuery;
import io.cornucopia.bus.PageAnswer;
import io.cornucopia.bus.PeerPageQuery;
import io.cornucopia.cluster.Announcements;
import io.cornucopia.cluster.Cluster;
import io.cornucopia.cluster.ClusterSettings;
import io.cornucopia.cluster.HazelcastMember;
import io.cornucopia.cluster.Holders;
import io.cornucopia.cluster.HostPort;
import io.cornucopia.cluster.JoinFailedException;
import io.cornucopia.cluster.KnownNames;
import io.cornucopia.cluster.Leases;
import io.cornucopia.cluster.Member;
import io.cornucopia.cluster.Members;
import io.cornucopia.cluster.PageRevisions;
import io.cornucopia.cluster.PeerAnswer;
import io.cornucopia.cluster.PeerClient;
import io.cornucopia.core.ProjectName;
import io.cornucopia.testkit.FreePorts;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three metadata caches that share what they share through Hazelcast. */
class HazelcastTest {
    private static final int COLD = 200;

    @TempDir
    static Path directory;

    private static final List<HazelcastMember> members = new ArrayList<>();
    private static final List<Bench> nodes = new ArrayList<>();

    private record Joined(HazelcastMember member, Vertx vertx, Cluster cluster) {}

    @BeforeAll
    static void start() {
        List<Integer> ports = FreePorts.take(9);
        List<Integer> ofHazelcast = ports.subList(0, 3);
        List<CompletableFuture<Joined>> joining = IntStream.range(0, 3)
                .mapToObj(i -> CompletableFuture.supplyAsync(
                        () -> join(ofHazelcast, ports.get(i), ports.get(3 + i), ports.get(6 + i)),
                        task -> new Thread(task, "join").start()))
                .toList();
        for (CompletableFuture<Joined> one : joining) {
            Joined joined = one.join();
            members.add(joined.member());
            Bench node = new Bench(
                    directory.resolve("meta-" + nodes.size()), nodes.isEmpty() ? null : nodes.get(0), joined.vertx());
            node.cluster = new OverBusses(joined.cluster(), joined.vertx());
            nodes.add(node);
            node.start();
        }
    }

    private static Joined join(List<Integer> all, int port, int busPort, int internalPort) {
        ClusterSettings settings = new ClusterSettings(
                "metadata test",
                "a secret of sixteen and more",
                "127.0.0.1",
                port,
                busPort,
                internalPort,
                all.stream().map(one -> new HostPort("127.0.0.1", one)).toList(),
                Optional.empty(),
                Duration.ofSeconds(20),
                Duration.ofSeconds(2));
        try {
            HazelcastMember member = HazelcastMember.join(settings, "1");
            VertxOptions options = new VertxOptions().setEventLoopPoolSize(2);
            member.eventBus(options.getEventBusOptions());
            Vertx vertx = Bench.await(member.vertx(Vertx.builder().with(options)));
            return new Joined(member, vertx, Bench.await(member.open(vertx, new SimpleMeterRegistry())));
        } catch (JoinFailedException e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterAll
    static void stop() {
        // The first one's Vert.x has the index.
        for (int i = nodes.size() - 1; i >= 0; i--) {
            Bench.await(nodes.get(i).cluster.leave());
            nodes.get(i).close();
            members.get(i).close();
        }
    }

    /** The pages of others by way of their busses in the place of their internal ports. */
    private record OverBusses(Cluster shared, Vertx vertx) implements Cluster {
        @Override
        public Members members() {
            return shared.members();
        }

        @Override
        public Leases leases() {
            return shared.leases();
        }

        @Override
        public Holders holders() {
            return shared.holders();
        }

        @Override
        public PageRevisions pages() {
            return shared.pages();
        }

        @Override
        public KnownNames known() {
            return shared.known();
        }

        @Override
        public Announcements announcements() {
            return shared.announcements();
        }

        @Override
        public Optional<PeerClient> peers() {
            return Optional.of(new PeerClient() {
                @Override
                public Future<Optional<PeerAnswer>> file(Member member, ProjectName project, String name, long offset) {
                    throw new UnsupportedOperationException();
                }

                @Override
                public Future<Optional<PeerAnswer>> page(Member member, ProjectName project) {
                    Bench asked = nodes.stream()
                            .filter(node -> node.cluster.members().self().id().equals(member.id()))
                            .findFirst()
                            .orElseThrow();
                    Context context = vertx.getOrCreateContext();
                    Promise<Optional<PeerAnswer>> promise = Promise.promise();
                    Addresses.PEER_PAGE
                            .ask(asked.vertx, new PeerPageQuery(project))
                            .onComplete(answer -> context.runOnContext(ignored -> promise.complete(
                                    answer.succeeded()
                                            ? Optional.of(TwinCluster.peerAnswer(answer.result()))
                                            : Optional.empty())));
                    return promise.future();
                }
            });
        }

        @Override
        public Future<Void> leave() {
            return shared.leave();
        }
    }

    private static ScriptedIndex index() {
        return nodes.get(0).index;
    }

    @Test
    @DisplayName("cold projects asked through three nodes at once are one question to upstream each")
    void coldProjects() {
        for (int i = 0; i < COLD; i++) {
            index().page("cold-" + i, "\"1\"", "cold-" + i + "-1.0.tar.gz");
        }
        List<Future<PageAnswer>> answers = new ArrayList<>();
        for (int i = 0; i < COLD; i++) {
            for (Bench node : nodes) {
                answers.add(node.ask("cold-" + i));
            }
        }
        for (int i = 0; i < COLD; i++) {
            String revision = Bench.await(answers.get(3 * i)).revision();
            assertThat(Bench.await(answers.get(3 * i + 1)).revision()).isEqualTo(revision);
            assertThat(Bench.await(answers.get(3 * i + 2)).revision()).isEqualTo(revision);
        }
        assertThat(IntStream.range(0, COLD)
                        .map(i -> index().askedForPage("cold-" + i).size()))
                .as("questions for each")
                .containsOnly(1);
    }

    @Test
    @DisplayName("an upload is on the pages of all nodes when it is announced")
    void uploads() {
        for (Bench node : nodes) {
            assertThat(node.ownProjects())
                    .noneMatch(project -> project.name().value().equals("acme"));
        }
        for (int i = 0; i < 6; i++) {
            nodes.get(i % 3).upload("acme", "1." + i, "acme-1." + i + ".tar.gz");
            for (Bench node : nodes) {
                assertThat(node.filenames("acme")).hasSize(i + 1);
            }
        }
        assertThat(index().askedForPage("acme")).isEmpty();
    }

    @Test
    @DisplayName("a refreshed page that changed is seen on all nodes within a second")
    void changed() {
        index().page("six", "\"1\"", "six-1.0.tar.gz");
        nodes.forEach(node -> node.page("six"));
        index().page("six", "\"2\"", "six-1.0.tar.gz", "six-2.0.tar.gz");
        nodes.forEach(node -> node.clock.advance(Duration.ofSeconds(1)));
        Bench.await(nodes.get(2).askFile("six-1.0.tar.gz", ListedFileQuery.Effort.ASK_AGAIN));
        for (Bench node : nodes) {
            await().atMost(Duration.ofSeconds(1)).untilAsserted(() -> {
                assertThat(node.changed).contains(new ProjectName("six"));
                assertThat(node.filenames("six")).hasSize(2);
            });
        }
        assertThat(index().askedForPage("six")).hasSize(2);
    }
}
