package io.cornucopia.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cornucopia.testkit.FakeUpstream;
import io.cornucopia.testkit.Fault;
import io.cornucopia.testkit.GoldenFile;
import io.cornucopia.testkit.HttpProbe;
import io.cornucopia.testkit.Seen;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Files on three nodes that have joined one another, over real connections. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FilesBetweenNodesTest {
    private static final int SIZE = 8_000_000;
    private static final List<GoldenFile> FILES = List.of(
            GoldenFile.blob("thing", "thing-1.0-py3-none-any.whl", SIZE, 1),
            GoldenFile.blob("thing", "thing-2.0-py3-none-any.whl", SIZE, 2),
            GoldenFile.blob("thing", "thing-3.0-py3-none-any.whl", SIZE, 3),
            GoldenFile.blob("thing", "thing-4.0-py3-none-any.whl", SIZE, 4));

    private static FakeUpstream upstream;
    private static List<FilesNode> nodes;

    @BeforeAll
    static void start(@TempDir Path directory) {
        upstream = FakeUpstream.start();
        upstream.put(FILES.toArray(GoldenFile[]::new));
        nodes = FilesNode.start(3, directory, upstream, FILES);
        await().untilAsserted(() -> assertThat(nodes).allMatch(node -> node.memberCount() == 3));
    }

    @AfterAll
    static void stop() {
        upstream.releaseStalls();
        nodes.forEach(FilesNode::close);
        upstream.close();
    }

    private static void assertWhole(CompletableFuture<HttpProbe.Digest> answer, GoldenFile file) {
        HttpProbe.Digest got = answer.join();
        assertThat(got.status()).isEqualTo(200);
        assertThat(got.complete()).isTrue();
        assertThat(got.sha256()).isEqualTo(file.sha256());
    }

    private static double received(FilesNode node, String source) {
        return node.counted("cornucopia.files.received", "source", source);
    }

    @Test
    @Order(1)
    @DisplayName("a cold file that is asked for on all nodes is asked for once upstream, and comes whole everywhere")
    void once() {
        GoldenFile file = FILES.get(0);
        List<CompletableFuture<HttpProbe.Digest>> answers = new ArrayList<>();
        for (int i = 0; i < 15; i++) {
            answers.add(nodes.get(i % 3).fetch(file));
        }
        answers.forEach(answer -> assertWhole(answer, file));
        assertThat(upstream.bytesRequests(file.filename())).isEqualTo(1);
        assertThat(nodes.stream().mapToDouble(node -> received(node, "peer")).sum())
                .isEqualTo(2.0 * SIZE);
    }

    @Test
    @Order(2)
    @DisplayName("what lies on another node's disk is taken from there, upstream or no upstream")
    void fromDisk() {
        GoldenFile file = FILES.get(1);
        assertWhole(nodes.get(0).fetch(file), file);
        upstream.down();
        try {
            assertWhole(nodes.get(1).fetch(file), file);
            assertWhole(nodes.get(2).fetch(file), file);
        } finally {
            upstream.up();
        }
    }

    @Test
    @Order(3)
    @DisplayName("a node that waits for upstream longer than nodes wait for one another is waited for")
    void slowUpstream() {
        GoldenFile file = FILES.get(2);
        upstream.fault(file.filename(), new Fault.Times(1, new Fault.Stall(SIZE / 2)));
        double before = received(nodes.get(1), "peer");
        CompletableFuture<HttpProbe.Digest> first = nodes.get(0).fetch(file);
        await().until(() -> upstream.bytesRequests(file.filename()) == 1);
        CompletableFuture<HttpProbe.Digest> second = nodes.get(1).fetch(file);
        await().until(() -> received(nodes.get(1), "peer") - before > SIZE / 4);
        // By then it was asked more than once whether there is any more.
        await().until(() ->
                nodes.get(0).metrics.find("cornucopia.http.requests").tag("route", "peer").counters().stream()
                                .mapToDouble(counter -> counter.count())
                                .sum()
                        > 5);
        upstream.releaseStalls();
        assertWhole(first, file);
        assertWhole(second, file);
        assertThat(upstream.bytesRequests(file.filename())).isEqualTo(1);
    }

    @Test
    @Order(4)
    @DisplayName(
            "when the node that fetches is gone the others go on from what they have, and one of them asks upstream")
    void holderDies() {
        GoldenFile file = FILES.get(3);
        upstream.fault(file.filename(), new Fault.Times(1, new Fault.Stall(SIZE / 2)));
        double[] before = {0, received(nodes.get(1), "peer"), received(nodes.get(2), "peer")};
        nodes.get(0).fetch(file);
        await().until(() -> upstream.bytesRequests(file.filename()) == 1);
        List<CompletableFuture<HttpProbe.Digest>> answers = new ArrayList<>();
        for (int i = 1; i < 3; i++) {
            FilesNode node = nodes.get(i);
            double had = before[i];
            answers.add(node.fetch(file));
            await().until(() -> received(node, "peer") - had > SIZE / 4);
        }
        nodes.get(0).die();
        answers.forEach(answer -> assertWhole(answer, file));
        assertThat(upstream.bytesRequests(file.filename())).isEqualTo(2);
        Seen again = upstream.requests().get(upstream.requests().size() - 1);
        assertThat(Long.parseLong(again.rangeHeader().orElseThrow().replaceAll("[^0-9]", "")))
                .isGreaterThan(SIZE / 4);
        assertThat(again.headers().get("if-range")).startsWith("\"");
    }
}
