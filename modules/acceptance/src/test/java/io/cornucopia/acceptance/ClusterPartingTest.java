package io.cornucopia.acceptance;

import static io.cornucopia.testkit.Conditions.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cornucopia.testkit.Conversation;
import io.cornucopia.testkit.GoldenFile;
import io.cornucopia.testkit.GoldenWheel;
import io.cornucopia.testkit.HttpProbe;
import io.cornucopia.testkit.NetworkNamespaces;
import io.cornucopia.testkit.TestCluster;
import io.cornucopia.testkit.UploadForm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Uploads while the network between the nodes is parted. All nodes keep uploads in one directory, which all of them reach. */
class ClusterPartingTest {
    private static final int NODES = 3;
    private static final Duration WITHIN = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private TestCluster cluster;
    private List<OwnedNode> nodes;

    @BeforeEach
    void start() {
        assumeTrue(NetworkNamespaces.missing().isEmpty(), NetworkNamespaces.missing());
        cluster = TestCluster.builder()
                .network(NetworkNamespaces.of(NODES))
                .directory(directory)
                .set("upstream.url", "http://127.0.0.1:9/simple/")
                .set("upstream.offline", "true")
                .set("projects.acme-*.origin", "private")
                .jvm("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
                .start();
        nodes = OwnedNode.of(cluster);
    }

    @AfterEach
    void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    @DisplayName("a node that was frozen, and that no news reach when it wakes up, serves nothing that it knew before")
    void asleep() {
        String project = "acme-asleep";
        nodes.get(0).publish(GoldenWheel.of(project, "1.0").build());
        GoldenFile file = GoldenWheel.of(project, "2.0").build();
        int sleeper = cluster.oldest();
        try (Conversation before = nodes.get(sleeper).reader(project)) {
            cluster.node(sleeper).stop();
            try {
                cluster.isolate(sleeper);
                nodes.get((sleeper + 1) % NODES).publish(file);
                before.ask("/simple/" + project + "/");
            } finally {
                cluster.node(sleeper).cont();
            }
            assertThat(OwnedNode.files(before.read())).containsKey(file.filename());
        }
        nodes.get(sleeper).assertServed(file);
        cluster.network().heal();
        cluster.awaitAllMembers();
    }

    @Test
    @DisplayName(
            "both sides of a parted cluster take uploads, each filename has one winner, and healed they list the same")
    void bothSides() {
        String project = "acme-parted";
        nodes.get(0).publish(GoldenWheel.of(project, "1.0").build());
        nodes.forEach(node -> assertThat(node.files(project)).hasSize(1));
        int alone = cluster.oldest();
        OwnedNode here = nodes.get(alone);
        OwnedNode there = nodes.get((alone + 1) % NODES);
        cluster.isolate(alone);
        await(
                "both sides know that they are parted",
                WITHIN,
                () -> membersSeen().equals(List.of(1, 2, 2)));

        GoldenFile ofHere = GoldenWheel.of(project, "2.0").build();
        GoldenFile ofThere = GoldenWheel.of(project, "2.1").build();
        here.publish(ofHere);
        there.publish(ofThere);
        here.assertServed(ofHere);
        there.assertServed(ofThere);
        GoldenFile first = GoldenWheel.of(project, "3.0").payload(2_000).build();
        GoldenFile second = GoldenWheel.of(project, "3.0").payload(3_000).build();
        there.publish(first);
        HttpProbe.Response refused = PrivateIndex.post(here.owner(), UploadForm.of(second));
        assertThat(refused.status()).as(refused.text()).isEqualTo(409);

        cluster.network().heal();
        cluster.awaitAllMembers();
        for (OwnedNode node : nodes) {
            Stream.of(ofHere, ofThere, first).forEach(node::assertServed);
            assertThat(node.page(project).header("ETag"))
                    .isPresent()
                    .isEqualTo(here.page(project).header("ETag"));
        }
    }

    /** How many members each node sees, the fewest first. */
    private List<Integer> membersSeen() {
        return IntStream.range(0, NODES)
                .mapToObj(number -> cluster.membersSeenBy(number).size())
                .sorted()
                .toList();
    }
}
