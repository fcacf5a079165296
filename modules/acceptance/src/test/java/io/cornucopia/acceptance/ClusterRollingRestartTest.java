package io.cornucopia.acceptance;

import static io.cornucopia.testkit.Conditions.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.cornucopia.testkit.Balancer;
import io.cornucopia.testkit.BasicCredentials;
import io.cornucopia.testkit.ClientTools;
import io.cornucopia.testkit.FakeUpstream;
import io.cornucopia.testkit.GoldenFile;
import io.cornucopia.testkit.GoldenWheel;
import io.cornucopia.testkit.HttpProbe;
import io.cornucopia.testkit.Node;
import io.cornucopia.testkit.NodePorts;
import io.cornucopia.testkit.TestCluster;
import io.cornucopia.testkit.UploadForm;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes of three that go and come, are frozen or are left alone: clients notice nothing. */
class ClusterRollingRestartTest {
    private static final int NODES = 3;
    private static final int COLD = 400;
    private static final Duration WITHIN = Duration.ofSeconds(60);
    private static final Duration DRAINED_WITHIN = Duration.ofSeconds(60);
    private static final String OWN = "acme-rolled";

    @TempDir
    static Path directory;

    private static final GoldenFile LIB =
            GoldenWheel.of("golden-lib", "1.5").payload(2_000_000).build();
    private static FakeUpstream upstream;
    private static TestCluster cluster;
    private static List<OwnedNode> nodes;

    @BeforeAll
    static void start() {
        upstream = FakeUpstream.start();
        upstream.put(
                LIB,
                GoldenWheel.of("golden-app", "1.0")
                        .requires("golden.lib>=1", "Golden_Leaf")
                        .build(),
                GoldenWheel.of("golden-leaf", "1.0").build());
        for (int i = 0; i < COLD; i++) {
            upstream.put(GoldenWheel.of("cold-" + i, "1.0").payload(50_000 + i).build());
        }
        cluster = TestCluster.builder()
                .over(upstream)
                .directory(directory.resolve("cluster"))
                .set("projects.acme-*.origin", "private")
                // Longer than the balancer takes to see that a node is not ready any more.
                .set("server.drain_delay", "2s")
                .jvm("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
                .start();
        nodes = OwnedNode.of(cluster);
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.close();
        }
        if (upstream != null) {
            upstream.close();
        }
    }

    @BeforeEach
    void whole() {
        cluster.nodes().forEach(Node::awaitReady);
        cluster.awaitAllMembers();
    }

    /** A wheel that nobody asked for yet, of a project of its own. */
    private static GoldenFile cold(String test, int number) {
        GoldenFile file = GoldenWheel.of("cold-" + test + "-" + number, "1.0")
                .payload(400_000)
                .build();
        upstream.put(file);
        return file;
    }

    @Test
    @DisplayName("a rolling restart under load from pip, uv and clients that try nothing twice: no failed request")
    void rolling() throws InterruptedException {
        ClientTools tools = Clients.tools();
        AtomicInteger uploaded = new AtomicInteger();
        try (Balancer balancer =
                        Balancer.before(cluster.nodes().stream().map(Node::port).toList());
                Load load = new Load()) {
            HttpProbe probe = HttpProbe.at(URI.create(balancer.url()));
            await("the balancer has seen that nodes are ready", WITHIN, () -> isAnswered(probe));
            load.add("pip", number -> install(tools, Installer.PIP, balancer, number));
            load.add("uv", number -> install(tools, Installer.UV, balancer, number));
            load.add("reader", number -> {
                assertThat(probe.get("/simple/golden-app/").status()).isEqualTo(200);
                assertThat(probe.digest("/packages/" + LIB.filename()).sha256()).isEqualTo(LIB.sha256());
                Load.pause();
            });
            load.add("publisher", number -> {
                GoldenFile file = GoldenWheel.of(OWN, "1." + number).build();
                HttpProbe.Response answer = PrivateIndex.post(
                        probe.header("Authorization", BasicCredentials.of("__token__", TestCluster.TOKEN)),
                        UploadForm.of(file));
                assertThat(answer.status()).as(answer.text()).isEqualTo(200);
                uploaded.set(number + 1);
                Load.pause();
            });
            int before = balancer.failures().size();
            load.awaitRounds(1);
            for (int number = 0; number < NODES; number++) {
                Node node = cluster.node(number);
                int others = answeredByOthers(balancer, number);
                node.sigterm();
                assertThat(node.awaitExit(DRAINED_WITHIN)).as("ended in order").isIn(0, 143);
                int served = balancer.answeredBy(number);
                node.relaunch();
                node.awaitReady();
                int back = number;
                await("it is asked again", WITHIN, () -> balancer.answeredBy(back) > served);
                assertThat(answeredByOthers(balancer, number))
                        .as("the others were asked meanwhile")
                        .isGreaterThan(others);
            }
            load.awaitRounds(load.rounds() + 1);
            List<String> failures = load.end();
            System.out.printf(
                    "ROLLING RESTART of 3 nodes: %d requests, %s, %d failed%n",
                    balancer.requests(), load, balancer.failures().size() - before);
            assertThat(failures).isEmpty();
            assertThat(balancer.failures().subList(before, balancer.failures().size()))
                    .isEmpty();
        }
        cluster.awaitAllMembers();
        for (OwnedNode node : nodes) {
            assertThat(node.files(OWN)).as(node.node().url()).hasSize(uploaded.get());
        }
        for (Node node : cluster.nodes()) {
            assertThat(node.stderr()).noneMatch(line -> line.contains("not everything in progress was finished"));
        }
    }

    private static boolean isAnswered(HttpProbe probe) {
        try {
            return probe.get("/health").status() == 200;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    private static int answeredByOthers(Balancer balancer, int number) {
        return IntStream.range(0, NODES)
                .filter(other -> other != number)
                .map(balancer::answeredBy)
                .sum();
    }

    /** Installs something that is cached, and something that no node has seen. */
    private static void install(ClientTools tools, Installer installer, Balancer balancer, int number) {
        int cold = (2 * number + installer.ordinal()) % COLD;
        try {
            Path project = Files.createDirectories(directory.resolve("installs").resolve(installer + "-" + number));
            ClientTools.Outcome outcome =
                    installer.install(tools, project, balancer.simpleUrl(), List.of("golden-app", "cold-" + cold));
            assertThat(outcome.exit()).as(outcome.output()).isZero();
            assertThat(outcome.output().toLowerCase(java.util.Locale.ROOT))
                    .as("%s tried nothing twice", installer)
                    .doesNotContain("retry");
            assertThat(Installer.installed(project)).contains("golden_app-1.0", "cold_" + cold + "-1.0");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    @DisplayName("a node with an empty cache serves as soon as it is ready, from the others what they have")
    void coldNode() throws IOException {
        GoldenFile known = cold("known", 0);
        nodes.get(0).assertServed(known);
        Node joining = cluster.node(2);
        joining.sigterm();
        joining.awaitExit(DRAINED_WITHIN);
        Path cache = cluster.cache(2);
        Files.move(cache, cache.resolveSibling("old-cache"));
        joining.relaunch();
        joining.awaitReady();
        nodes.get(2).assertServed(known);
        assertThat(upstream.bytesRequests(known.filename())).isEqualTo(1);
        assertThat(upstream.count("/simple/" + known.project() + "/")).isEqualTo(1);
        GoldenFile unknown = cold("unknown", 0);
        nodes.get(2).assertServed(unknown);
        nodes.get(1).assertServed(unknown);
        assertThat(upstream.bytesRequests(unknown.filename())).isEqualTo(1);
    }

    @Test
    @DisplayName(
            "while one of three is frozen, the oldest, the others serve what is cached, what is cold, and take uploads")
    void frozen() {
        GoldenFile known = cold("frozen-known", 0);
        nodes.forEach(node -> node.assertServed(known));
        int sleeper = cluster.oldest();
        List<OwnedNode> awake = IntStream.range(0, NODES)
                .filter(number -> number != sleeper)
                .mapToObj(nodes::get)
                .toList();
        List<GoldenFile> cold = List.of(cold("frozen", 0), cold("frozen", 1));
        GoldenFile own = GoldenWheel.of("acme-while-frozen", "1.0").build();
        cluster.node(sleeper).stop();
        try {
            for (int i = 0; i < awake.size(); i++) {
                awake.get(i).assertServed(known);
                awake.get(i).assertServed(cold.get(i));
            }
            awake.get(0).publish(own);
            awake.forEach(node -> node.assertServed(own));
        } finally {
            cluster.node(sleeper).cont();
        }
        nodes.get(sleeper).assertServed(own);
        nodes.forEach(node -> cold.forEach(node::assertServed));
        // For some seconds a node may go on alone, and ask upstream for what another one has: not in the tests that
        // follow.
        AtomicInteger probes = new AtomicInteger();
        await(
                "all nodes together ask upstream once, for ten files in a row",
                WITHIN,
                () -> IntStream.range(0, 10).allMatch(each -> {
                    GoldenFile file = cold("frozen-well", probes.getAndIncrement());
                    nodes.forEach(node -> node.assertServed(file));
                    return upstream.bytesRequests(file.filename()) == 1;
                }));
    }

    @Test
    @DisplayName(
            "alone, after the two others were killed at once, a node serves what is cached, what is cold, and takes"
                    + " uploads; they come back and have it")
    void alone() {
        GoldenFile known = cold("alone-known", 0);
        nodes.get(2).assertServed(known);
        GoldenFile cold = cold("alone", 0);
        GoldenFile own = GoldenWheel.of("acme-alone", "1.0").build();
        cluster.node(0).kill9();
        cluster.node(1).kill9();
        nodes.get(2).assertServed(known);
        nodes.get(2).assertServed(cold);
        nodes.get(2).publish(own);
        nodes.get(2).assertServed(own);
        assertThat(nodes.get(2).node().probe().get("/health/ready").status()).isEqualTo(200);
        assertThat(upstream.bytesRequests(cold.filename())).isEqualTo(1);
        cluster.node(0).relaunch();
        cluster.node(1).relaunch();
        cluster.nodes().forEach(Node::awaitReady);
        cluster.awaitAllMembers();
        for (OwnedNode node : nodes) {
            node.assertServed(own);
            node.assertServed(cold);
        }
        assertThat(upstream.bytesRequests(cold.filename())).isEqualTo(1);
    }

    private static boolean hasInFlight(int number, int files) {
        return cluster.seenBy(number).orElseThrow().getJsonArray("members").stream()
                .allMatch(member -> Integer.valueOf(files).equals(((JsonObject) member).getInteger("in_flight")));
    }

    @Test
    @DisplayName("the API, readiness and metrics say who is in the cluster and what they do for one another")
    void seen() {
        GoldenFile file = cold("seen", 0);
        nodes.get(0).assertServed(file);
        nodes.get(1).assertServed(file);
        // A download is over a moment after its last byte was read.
        await(
                "nothing is in flight",
                WITHIN,
                () -> IntStream.range(0, NODES).allMatch(number -> hasInFlight(number, 0)));
        for (int number = 0; number < NODES; number++) {
            JsonObject told = cluster.seenBy(number).orElseThrow();
            assertThat(told.fieldNames()).containsExactly("name", "members");
            assertThat(told.getString("name")).isEqualTo("cornucopia");
            JsonArray members = told.getJsonArray("members");
            assertThat(members).hasSize(NODES);
            for (int i = 0; i < NODES; i++) {
                JsonObject member = members.getJsonObject(i);
                int which = IntStream.range(0, NODES)
                        .filter(n -> cluster.address(n).equals(member.getString("address")))
                        .findFirst()
                        .orElseThrow();
                assertThat(member.getString("version")).matches("\\d+\\.\\d+\\.\\d+.*");
                NodePorts ports = cluster.ports(which);
                assertThat(member)
                        .isEqualTo(new JsonObject()
                                .put("address", "127.0.0.1:" + ports.hazelcast())
                                .put("internal", "127.0.0.1:" + ports.internal())
                                .put("version", member.getString("version"))
                                .put("self", which == number)
                                .put("in_flight", 0));
            }
            HttpProbe probe = nodes.get(number).node().probe();
            assertThat(probe.get("/api/cluster").status()).as("without a token").isEqualTo(401);
            assertThat(new JsonObject(probe.get("/health/ready").text())
                            .getJsonArray("checks").stream().map(check -> ((JsonObject) check).getString("id")))
                    .containsExactlyInAnyOrder("ready", "cluster");
            assertThat(probe.get("/health/live").text()).doesNotContain("cluster");
            assertThat(metric(number, "cornucopia_cluster_members", "")).isEqualTo(NODES);
            assertThat(metric(number, "cornucopia_cluster_leases", "")).isNotNegative();
        }
        assertThat(metric(0, "cornucopia_files_received_bytes_total", "source=\"upstream\""))
                .isGreaterThanOrEqualTo(file.size());
        assertThat(metric(1, "cornucopia_files_received_bytes_total", "source=\"peer\""))
                .isGreaterThanOrEqualTo(file.size());
        assertThat(metric(0, "cornucopia_files_arrived_total", "source=\"upstream\""))
                .isPositive();
        assertThat(metric(1, "cornucopia_files_arrived_total", "source=\"peer\""))
                .isPositive();
        assertThat(metric(0, "cornucopia_cluster_lease_wait_seconds_count", "result=\"granted\""))
                .isPositive();
    }

    /** The sum of all lines of that name with that text among their labels; a failure if there is none. */
    private static double metric(int number, String name, String label) {
        List<Double> values = cluster.node(number)
                .probe()
                .get("/metrics")
                .text()
                .lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .filter(line -> line.contains(label))
                .map(line -> Double.valueOf(line.substring(line.lastIndexOf(' ') + 1)))
                .toList();
        assertThat(values).as("%s %s on node %d", name, label, number).isNotEmpty();
        return values.stream().mapToDouble(Double::doubleValue).sum();
    }
}
