package io.cornucopia.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.cornucopia.testkit.Crowd;
import io.cornucopia.testkit.FakeUpstream;
import io.cornucopia.testkit.GoldenFile;
import io.cornucopia.testkit.HttpProbe;
import io.cornucopia.testkit.Node;
import io.cornucopia.testkit.TestCluster;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pages that no node has, asked for through all nodes at once. */
class ClusterPagesTest {
    private static final int PROJECTS = Thorough.number("cornucopia.cold", 1_000, 300);
    private static final int WARM_UP = 100;

    @TempDir
    Path directory;

    @Test
    @DisplayName(
            "1,000 cold projects through three nodes at once: 1,000 page requests upstream, the same ETags on all nodes")
    void oncePerProject() {
        try (FakeUpstream upstream = FakeUpstream.start();
                TestCluster cluster = TestCluster.builder()
                        .over(upstream)
                        .directory(directory)
                        // So many on so few processors may have to wait for their turn for longer than 100 ms.
                        .set("server.blocked_thread_warning", "1s")
                        .start();
                Crowd crowd = new Crowd()) {
            // A program that has just been started takes long for whatever it does first; a thousand at once is not
            // first.
            ask(upstream, cluster, crowd, "warm", WARM_UP);
            ask(upstream, cluster, crowd, "p", PROJECTS);
            System.out.printf(
                    "CLUSTER %d cold projects through three nodes: %d page requests%n",
                    PROJECTS, upstream.count("^/simple/p[0-9]+/$"));
            assertThat(upstream.count("^/simple/p[0-9]+/$")).isEqualTo(PROJECTS);
            for (int i = 0; i < PROJECTS; i++) {
                assertThat(upstream.count("^/simple/p" + i + "/$")).as("p" + i).isEqualTo(1);
                String page = "/simple/p" + i + "/";
                assertThat(cluster.nodes().stream()
                                .map(node -> etag(node, page))
                                .distinct())
                        .as(page)
                        .hasSize(1)
                        .doesNotContain("");
            }
            assertThat(upstream.count("^/simple/p[0-9]+/$")).isEqualTo(PROJECTS);
            assertThat(cluster.blockedThreads()).isEmpty();
        }
    }

    /** Asks all nodes for that many cold projects at once. */
    private static void ask(FakeUpstream upstream, TestCluster cluster, Crowd crowd, String prefix, int count) {
        List<URI> addresses = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String project = prefix + i;
            upstream.put(GoldenFile.blob(project, project + "-1.0-py3-none-any.whl", 1_000, i));
            cluster.nodes().forEach(node -> addresses.add(URI.create(node.simpleUrl() + project + "/")));
        }
        List<CompletableFuture<Crowd.Answer>> answers = crowd.get(addresses);
        for (int i = 0; i < answers.size(); i++) {
            Crowd.Answer answer = answers.get(i).join();
            assertThat(answer.status()).as(addresses.get(i).toString()).isEqualTo(200);
            assertThat(answer.sha256())
                    .as(addresses.get(i).toString())
                    .isEqualTo(
                            answers.get(i - i % cluster.nodes().size()).join().sha256());
        }
    }

    private static String etag(Node node, String page) {
        HttpProbe.Response answer = node.probe().head(page);
        assertThat(answer.status()).isEqualTo(200);
        return answer.header("ETag").orElse("");
    }
}
