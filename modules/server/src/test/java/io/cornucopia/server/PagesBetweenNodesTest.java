package io.cornucopia.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cornucopia.testkit.FakeUpstream;
import io.cornucopia.testkit.GoldenWheel;
import io.cornucopia.testkit.HttpProbe;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pages through three nodes, over real connections between them. */
class PagesBetweenNodesTest {
    private static final int COLD = 200;

    @TempDir
    static Path directory;

    private static final FakeUpstream upstream = FakeUpstream.start();
    private static List<PagesNode> nodes;

    @BeforeAll
    static void start() {
        nodes = PagesNode.start(3, directory, upstream);
        await().atMost(Duration.ofSeconds(30)).until(() -> nodes.stream().allMatch(node -> node.memberCount() == 3));
    }

    @AfterAll
    static void stop() {
        nodes.forEach(PagesNode::close);
        upstream.close();
    }

    @Test
    @DisplayName("cold projects asked through three nodes at once are one page request each, with equal ETags")
    void coldProjects() {
        for (int i = 0; i < COLD; i++) {
            upstream.put(GoldenWheel.of("cold-" + i, "1.0").build());
        }
        Vertx vertx = Vertx.vertx();
        HttpClient client = vertx.createHttpClient(new PoolOptions().setHttp1MaxSize(100));
        try {
            List<Future<String>> tags = new ArrayList<>();
            for (int i = 0; i < COLD; i++) {
                for (PagesNode node : nodes) {
                    tags.add(client.request(HttpMethod.GET, node.port(), "127.0.0.1", "/simple/cold-" + i + "/")
                            .compose(request -> request.send())
                            .compose(response -> response.body()
                                    .map(body -> response.statusCode() + " " + response.getHeader("ETag"))));
                }
            }
            for (int i = 0; i < COLD; i++) {
                String first = get(tags.get(3 * i));
                assertThat(first).startsWith("200 \"");
                assertThat(get(tags.get(3 * i + 1))).isEqualTo(first);
                assertThat(get(tags.get(3 * i + 2))).isEqualTo(first);
            }
        } finally {
            client.close();
            get(vertx.close());
        }
        assertThat(upstream.count("/simple/cold-[0-9]+/")).isEqualTo(COLD);
        assertThat(nodes.stream().mapToDouble(node -> node.refreshed("peer")).sum())
                .isGreaterThanOrEqualTo(2 * COLD);
    }

    private static <T> T get(Future<T> future) {
        return future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(120, TimeUnit.SECONDS)
                .join();
    }

    @Test
    @DisplayName("every representation has the same bytes and the same ETag on all nodes")
    void equal() {
        upstream.put(
                GoldenWheel.of("equal", "1.0").build(),
                GoldenWheel.of("equal", "2.0").build());
        for (String accept :
                List.of("text/html", "application/vnd.pypi.simple.v1+html", "application/vnd.pypi.simple.v1+json")) {
            List<HttpProbe.Response> answers = nodes.stream()
                    .map(node -> node.probe().header("Accept", accept).get("/simple/equal/"))
                    .toList();
            assertThat(answers).allMatch(answer -> answer.status() == 200);
            assertThat(answers.stream().map(answer -> answer.header("ETag")).distinct())
                    .hasSize(1)
                    .allMatch(Optional::isPresent);
            assertThat(answers.stream().map(HttpProbe.Response::text).distinct())
                    .hasSize(1);
        }
        assertThat(upstream.count("/simple/equal/")).isEqualTo(1);
    }

    @Test
    @DisplayName("what is published through one node is on the pages of all when it is announced, and counts as theirs")
    void uploads() {
        for (PagesNode node : nodes) {
            assertThat(node.probe().get("/simple/ours/").status()).isEqualTo(404);
        }
        int asked = upstream.count("/simple/ours/");
        for (int i = 0; i < 9; i++) {
            String filename = "ours-1.0-" + i + "-py3-none-any.whl";
            nodes.get(i % 3).upload("ours", filename);
            List<HttpProbe.Response> answers = nodes.stream()
                    .map(node -> node.probe().get("/simple/ours/"))
                    .toList();
            assertThat(answers).allMatch(answer -> answer.status() == 200);
            assertThat(answers).allMatch(answer -> answer.text().contains(filename));
            assertThat(answers.stream().map(answer -> answer.header("ETag")).distinct())
                    .hasSize(1);
        }
        assertThat(upstream.count("/simple/ours/")).isEqualTo(asked);
        assertThat(asked).isEqualTo(1);
        for (PagesNode node : nodes) {
            assertThat(node.probe().get("/simple/").text()).contains("ours");
        }
    }
}
