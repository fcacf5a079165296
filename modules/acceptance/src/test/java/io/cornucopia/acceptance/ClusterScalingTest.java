package io.cornucopia.acceptance;

import static io.cornucopia.testkit.Conditions.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.cornucopia.testkit.Balancer;
import io.cornucopia.testkit.FakeUpstream;
import io.cornucopia.testkit.FreePorts;
import io.cornucopia.testkit.GoldenFile;
import io.cornucopia.testkit.GoldenWheel;
import io.cornucopia.testkit.HttpProbe;
import io.cornucopia.testkit.Node;
import io.cornucopia.testkit.NodePorts;
import io.cornucopia.testkit.TestCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * As many nodes as there is work for, as Kubernetes has them come and go: by the configuration of
 * {@code k8s/overlays/shared-volume}, found by a name that has the address of each, behind what asks them whether they are ready.
 */
class ClusterScalingTest {
    private static final int MOST = 5;
    // As slowly as they start when there are more of them than processors.
    private static final int AT_ONCE = 2;
    private static final Duration WITHIN = Duration.ofSeconds(60);
    private static final Path CONFIGURATION =
            Path.of("..", "..", "k8s", "overlays", "shared-volume", "cornucopia.yaml");
    // As cluster.dns has it there.
    private static final String NAME = "cornucopia-nodes";
    private static final GoldenFile LIB =
            GoldenWheel.of("golden-lib", "1.5").payload(2_000_000).build();

    @TempDir
    Path directory;

    private final NodePorts ports = NodePorts.take();
    private final List<Integer> doors = FreePorts.take(MOST);
    private final List<Node> nodes = new ArrayList<>();

    @AfterEach
    void stop() {
        nodes.forEach(Node::close);
    }

    @Test
    @DisplayName("from one node to five and back to one under load: no failed request")
    void upAndDown() throws IOException, InterruptedException {
        try (FakeUpstream upstream = FakeUpstream.start().put(LIB);
                Balancer balancer = Balancer.before(doors);
                Load load = new Load()) {
            named(1);
            launch(upstream);
            nodes.get(0).awaitReady();
            HttpProbe probe = HttpProbe.at(URI.create(balancer.url()));
            await("the balancer has seen that it is ready", WITHIN, () -> isAnswered(probe));
            int before = balancer.failures().size();
            load.add("pages", number -> {
                assertThat(probe.get("/simple/golden-lib/").status()).isEqualTo(200);
                Load.pause();
            });
            load.add("files", number -> {
                assertThat(probe.digest("/packages/" + LIB.filename()).sha256()).isEqualTo(LIB.sha256());
                Load.pause();
            });
            load.add("new files", number -> {
                GoldenFile cold =
                        GoldenWheel.of("cold-" + number, "1.0").payload(50_000).build();
                upstream.put(cold);
                assertThat(probe.digest("/packages/" + cold.filename()).sha256())
                        .isEqualTo(cold.sha256());
                Load.pause();
            });
            load.awaitRounds(5);

            while (nodes.size() < MOST) {
                int there = nodes.size();
                int more = Math.min(there + AT_ONCE, MOST);
                named(more);
                IntStream.range(there, more).forEach(number -> launch(upstream));
                nodes.forEach(Node::awaitReady);
            }
            for (int number = 0; number < MOST; number++) {
                int each = number;
                int served = balancer.answeredBy(each);
                await("each is asked", WITHIN, () -> balancer.answeredBy(each) > served);
                await("each sees all", WITHIN, () -> members(each) == MOST);
            }
            load.awaitRounds(load.rounds() + 5);

            // As Kubernetes does it where podManagementPolicy is Parallel: all at once, the last ones first.
            for (int number = MOST - 1; number > 0; number--) {
                nodes.get(number).sigterm();
            }
            for (int number = MOST - 1; number > 0; number--) {
                assertThat(nodes.get(number).awaitExit(WITHIN))
                        .as("ended in order")
                        .isIn(0, 143);
            }
            named(1);
            load.awaitRounds(load.rounds() + 5);
            await("one is left", WITHIN, () -> members(0) == 1);

            List<String> failures = load.end();
            System.out.printf(
                    "SCALING from 1 to 5 and back: %d requests, %s, %d failed%n",
                    balancer.requests(), load, balancer.failures().size() - before);
            assertThat(failures).isEmpty();
            assertThat(balancer.failures().subList(before, balancer.failures().size()))
                    .isEmpty();
        }
        for (Node node : nodes) {
            assertThat(node.stderr()).noneMatch(line -> line.contains("not everything in progress was finished"));
        }
    }

    private static String host(int number) {
        return "127.0.0." + (number + 2);
    }

    /** Gives the name the addresses of so many nodes, as the headless service does once they have one. */
    private void named(int count) throws IOException {
        StringBuilder lines = new StringBuilder();
        IntStream.range(0, count)
                .forEach(number ->
                        lines.append(host(number)).append(' ').append(NAME).append('\n'));
        Path next = Files.writeString(directory.resolve("hosts.new"), lines);
        Files.move(
                next, directory.resolve("hosts"), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private void launch(FakeUpstream upstream) {
        int number = nodes.size();
        Path home = directory.resolve("node-" + number);
        nodes.add(Node.builder()
                .workDir(home)
                .conf(CONFIGURATION)
                .jvm(
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Djdk.net.hosts.file=" + directory.resolve("hosts"))
                .set("server.port", Integer.toString(doors.get(number)))
                .set("upstream.url", upstream.url())
                .set("cache.dir", home.resolve("cache").toString())
                .set("upload.store", directory.resolve("store").toString())
                .set("upload.token", TestCluster.TOKEN)
                .set("access.token_file", "")
                .set("cluster.secret", TestCluster.SECRET)
                .set("cluster.host", host(number))
                .set("cluster.port", Integer.toString(ports.hazelcast()))
                .set("cluster.bus_port", Integer.toString(ports.bus()))
                .set("cluster.internal_port", Integer.toString(ports.internal()))
                // The first one finds nobody.
                .set("cluster.join_timeout", number == 0 ? "2s" : "60s")
                .set("log.format", "text")
                .launch());
    }

    private int members(int number) {
        return new OwnedNode(nodes.get(number))
                        .owner()
                        .get("/api/cluster")
                        .text()
                        .split("\"address\"", -1)
                        .length
                - 1;
    }

    private static boolean isAnswered(HttpProbe probe) {
        try {
            return probe.get("/health").status() == 200;
        } catch (UncheckedIOException e) {
            return false;
        }
    }
}
