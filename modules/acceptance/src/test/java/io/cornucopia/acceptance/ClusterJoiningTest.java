package io.cornucopia.acceptance;

import static io.cornucopia.testkit.Conditions.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cornucopia.testkit.FakeUpstream;
import io.cornucopia.testkit.GoldenFile;
import io.cornucopia.testkit.HttpProbe;
import io.cornucopia.testkit.Node;
import io.cornucopia.testkit.NodePorts;
import io.cornucopia.testkit.TestCluster;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How nodes find one another, what they say meanwhile, and what they do not begin at all. */
class ClusterJoiningTest {
    private static final Duration WITHIN = Duration.ofSeconds(60);
    private static final String NAME = "nodes.example";

    @TempDir
    Path directory;

    @Test
    @DisplayName("on JDK 25 nodes find one another as well, and ask upstream once")
    void onJdk25() throws IOException {
        Optional<Path> jdk = ProgramTest.jdk25();
        assumeTrue(jdk.isPresent(), "there is no JDK 25 in JDK25_HOME or /usr/lib/jvm: not tried on it here");
        GoldenFile file = GoldenFile.blob("acme", "acme-1.0-py3-none-any.whl", 100_000, 1);
        try (FakeUpstream upstream = FakeUpstream.start().put(file);
                TestCluster cluster = TestCluster.builder()
                        .nodes(2)
                        .over(upstream)
                        .directory(directory)
                        .java(jdk.get())
                        .start()) {
            for (Node node : cluster.nodes()) {
                assertThat(node.probe().get("/packages/" + file.filename()).status())
                        .isEqualTo(200);
            }
            assertThat(upstream.bytesRequests(file.filename())).isEqualTo(1);
        }
    }

    @Test
    @DisplayName(
            "by the addresses of a name: alive and not ready while nobody is found, alone after cluster.join_timeout, and"
                    + " joined as soon as the name has another address")
    void dns() throws IOException {
        Path names = directory.resolve("hosts");
        NodePorts ports = NodePorts.take();
        Files.writeString(names, "127.0.0.2 " + NAME + "\n");
        try (Node first = node(names, ports, "127.0.0.2", 0)) {
            List<Integer> ready = new ArrayList<>();
            await("it is alive", WITHIN, () -> status(first, "/health/live") == 200);
            ready.add(status(first, "/health/ready"));
            await("it has found nobody", WITHIN, () -> {
                ready.add(status(first, "/health/ready"));
                return ready.get(ready.size() - 1) == 200;
            });
            assertThat(ready).as("before it began alone").contains(503);
            assertThat(members(first)).containsExactly("127.0.0.2:" + ports.hazelcast());

            Files.writeString(names, "127.0.0.2 " + NAME + "\n127.0.0.3 " + NAME + "\n");
            try (Node second = node(names, ports, "127.0.0.3", 1)) {
                second.awaitReady();
                List<String> both = List.of("127.0.0.2:" + ports.hazelcast(), "127.0.0.3:" + ports.hazelcast());
                assertThat(members(second)).as("ready is joined").isEqualTo(both);
                await("the first sees it", WITHIN, () -> members(first).equals(both));
                JsonObject health =
                        new JsonObject(second.probe().get("/health/ready").text());
                assertThat(health.getJsonArray("checks").stream()
                                .map(JsonObject.class::cast)
                                .filter(check -> check.getString("id").equals("cluster"))
                                .map(check -> check.getJsonObject("data").getInteger("members")))
                        .as(health.encode())
                        .containsExactly(2);
                assertThat(second.probe().get("/health/live").text()).doesNotContain("cluster");
                assertThat(String.join("\n", second.stdout()))
                        .contains("2 members: 127.0.0.2:" + ports.hazelcast(), "one cluster.secret on all of them");
            }
        }
    }

    @Test
    @DisplayName(
            "a node that was told the address of one that is gone sees at once that the name has another one, and joins that")
    void staleName() throws IOException {
        Path names = directory.resolve("hosts");
        NodePorts ports = NodePorts.take();
        String gone = "127.0.0.9";
        Files.writeString(names, gone + " " + NAME + "\n");
        // For longer than anybody waits; else it is half a minute.
        Files.writeString(directory.resolve("java.security"), "networkaddress.cache.ttl=3600\n");
        try (ServerSocket looksForIt = new ServerSocket(ports.hazelcast(), 1, InetAddress.getByName(gone));
                Node first = node(names, ports, "127.0.0.2", 0, "10m")) {
            looksForIt.setSoTimeout((int) WITHIN.toMillis());
            looksForIt.accept().close();
            looksForIt.close();
            Files.writeString(names, "127.0.0.2 " + NAME + "\n127.0.0.3 " + NAME + "\n");
            try (Node second = node(names, ports, "127.0.0.3", 1, "10m")) {
                // It would still be looking for the one that is gone.
                first.awaitReady();
                second.awaitReady();
                for (Node node : List.of(first, second)) {
                    await("they are one", WITHIN, () -> members(node).size() == 2);
                }
            }
        }
    }

    private Node node(Path names, NodePorts ports, String host, int number) {
        return node(names, ports, host, number, "5s");
    }

    private Node node(Path names, NodePorts ports, String host, int number, String joinTimeout) {
        Path home = directory.resolve("node-" + number);
        return Node.builder()
                .workDir(home)
                .jvm(
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Djdk.net.hosts.file=" + names,
                        "-Djava.security.properties=" + directory.resolve("java.security"))
                .set("server.port", Integer.toString(ports.client()))
                .set("server.host", host)
                .set("cache.dir", home.resolve("cache").toString())
                .set("upstream.offline", "true")
                .set("upload.token", TestCluster.TOKEN)
                .set("upload.store", directory.resolve("store").toString())
                .set("upload.store_shared", "true")
                .set("log.audit", "stdout")
                .set("cluster.enabled", "true")
                .set("cluster.secret", TestCluster.SECRET)
                .set("cluster.host", host)
                .set("cluster.port", Integer.toString(ports.hazelcast()))
                .set("cluster.bus_port", Integer.toString(ports.bus()))
                .set("cluster.internal_port", Integer.toString(ports.internal()))
                .set("cluster.dns", NAME)
                .set("cluster.join_timeout", joinTimeout)
                .launch();
    }

    private static int status(Node node, String path) {
        try {
            return node.probe().get(path).status();
        } catch (UncheckedIOException e) {
            return 0;
        }
    }

    private static List<String> members(Node node) {
        HttpProbe.Response answer = new OwnedNode(node).owner().get("/api/cluster");
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        JsonArray members = new JsonObject(answer.text()).getJsonArray("members");
        return members.stream()
                .map(member -> ((JsonObject) member).getString("address"))
                .toList();
    }

    @Test
    @DisplayName(
            "a cluster that would lose uploads is refused with one line: several nodes, a store that only one sees")
    void storeOfOneNode() {
        List<String> cluster = List.of(
                "--set", "cluster.enabled=true",
                "--set", "cluster.secret=" + TestCluster.SECRET,
                "--set", "cluster.host=127.0.0.1",
                "--set", "cluster.members=127.0.0.1:5701,127.0.0.1:6701",
                "--set", "upload.token=" + TestCluster.TOKEN,
                "--set", "log.audit=stdout");
        JarCommand.Ended refused = JarCommand.run(directory, Map.of(), cluster);
        assertThat(refused.exit()).as(refused.toString()).isEqualTo(2);
        assertThat(refused.err().lines())
                .singleElement()
                .asString()
                .startsWith("cornucopia: upload.store: ")
                .contains("upload.store_shared=true", "upload.enabled=false");
        for (String remedy : List.of("upload.store_shared=true", "upload.enabled=false")) {
            List<String> mended = new ArrayList<>(cluster);
            mended.addAll(List.of("--set", remedy, "--check"));
            JarCommand.Ended checked = JarCommand.run(directory, Map.of(), mended);
            assertThat(checked.ok()).as(checked.toString()).isTrue();
        }
    }

    @Test
    @DisplayName("a node of a cluster without a secret does not begin")
    void noSecret() {
        JarCommand.Ended refused = JarCommand.run(
                directory,
                Map.of(),
                List.of(
                        "--set", "cluster.enabled=true",
                        "--set", "cluster.host=127.0.0.1",
                        "--set", "cluster.members=127.0.0.1:5701"));
        assertThat(refused.exit()).as(refused.toString()).isEqualTo(2);
        assertThat(refused.err().lines())
                .singleElement()
                .asString()
                .startsWith("cornucopia: cluster.secret: is not set");
    }
}
