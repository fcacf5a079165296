package io.cornucopia.testkit;

import static io.cornucopia.testkit.Conditions.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class BalancerTest {
    private static final Duration WITHIN = Duration.ofSeconds(20);
    private static final byte[] BODY = Content.random(7, 300_000).bytes();

    private final Vertx vertx = Vertx.vertx();
    private final Set<Integer> ready = ConcurrentHashMap.newKeySet();
    private Balancer balancer;
    private HttpProbe probe;

    @BeforeEach
    void start() {
        balancer = Balancer.before(List.of(node(0).actualPort(), node(1).actualPort()));
        probe = HttpProbe.at(URI.create(balancer.url()));
    }

    @AfterEach
    void stop() {
        balancer.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private HttpServer node(int number) {
        return vertx.createHttpServer()
                .requestHandler(request -> answer(number, request))
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }

    private void answer(int number, HttpServerRequest request) {
        switch (request.path()) {
            case "/health/ready" ->
                request.response()
                        .setStatusCode(ready.contains(number) ? 200 : 503)
                        .end();
            case "/echo" ->
                request.body()
                        .onSuccess(body -> request.response()
                                .putHeader("ETag", "\"" + number + '"')
                                .end(body));
            case "/broken" -> request.connection().close();
            case "/ill" -> request.response().setStatusCode(503).end("ill");
            case "/parted" -> {
                request.response().putHeader("Content-Length", "100").write("half");
                vertx.setTimer(50, later -> request.connection().close());
            }
            default -> request.response().setStatusCode(404).end(Integer.toString(number));
        }
    }

    private void awaitServed(String by) {
        await("node " + by + " answers", WITHIN, () -> {
            try {
                return probe.get("/").text().equals(by);
            } catch (UncheckedIOException e) {
                return false;
            }
        });
    }

    /** Of two nodes that take turns, one would not answer twice. */
    private boolean twice(String by) {
        String first = probe.get("/").text();
        String second = probe.get("/").text();
        return first.equals(by) && second.equals(by);
    }

    @Test
    @DisplayName("connections go to nodes that are ready, in turn, and stay with their node")
    void turns() {
        assertThatThrownBy(() -> probe.get("/")).isInstanceOf(UncheckedIOException.class);
        assertThat(balancer.failures()).containsExactly("no node was ready for a connection");
        ready.add(1);
        awaitServed("1");
        ready.add(0);
        awaitServed("0");
        try (Conversation one = probe.connect();
                Conversation other = probe.connect()) {
            String first = one.get("/").text();
            assertThat(one.get("/").text()).isEqualTo(first);
            assertThat(other.get("/").text()).isNotEqualTo(first);
            ready.remove(0);
            await("node 0 gets no more connections", WITHIN, () -> twice("1"));
            assertThat(one.get("/").text()).isEqualTo(first);
        }
        assertThat(balancer.answeredBy(0)).isPositive();
        assertThat(balancer.answeredBy(1)).isPositive();
    }

    @Test
    @DisplayName("what is said goes through as it is, and what a node breaks off is counted once")
    void counts() {
        ready.add(0);
        awaitServed("0");
        HttpProbe.Response echo = probe.send("POST", "/echo", BODY);
        assertThat(echo.body()).isEqualTo(BODY);
        assertThat(echo.header("ETag")).contains("\"0\"");
        assertThat(probe.head("/echo").status()).isEqualTo(200);
        List<String> before = balancer.failures();
        assertThatThrownBy(() -> probe.get("/broken")).isInstanceOf(UncheckedIOException.class);
        assertThat(probe.get("/parted").truncated()).isTrue();
        assertThat(probe.get("/ill").status()).isEqualTo(503);
        List<String> all = balancer.failures();
        assertThat(all.subList(before.size(), all.size()))
                .hasSize(3)
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("GET /broken of node 0: "),
                        line -> assertThat(line).startsWith("GET /parted of node 0: "),
                        line -> assertThat(line).isEqualTo("GET /ill of node 0: 503"));
    }
}
