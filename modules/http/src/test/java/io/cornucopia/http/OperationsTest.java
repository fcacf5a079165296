package io.cornucopia.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cornucopia.bus.PageAnswer.Origin;
import io.vertx.core.Future;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OperationsTest {
    private static final int LARGE = 30 * 1024 * 1024;

    @TempDir
    private Path directory;

    private Site site;

    @BeforeEach
    void start() {
        site = new Site(directory, "");
    }

    @AfterEach
    void stop() {
        site.close();
    }

    @Test
    @DisplayName("A7 /health is 200 {\"status\":\"ok\"}")
    void health() throws IOException {
        RawClient.Answer answer = site.get("/health");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).isEqualTo("{\"status\":\"ok\"}");
        assertThat(answer.headers())
                .containsEntry("content-type", "application/json")
                .containsKey("date");
        assertThat(site.head("/health").header("content-length")).isEqualTo("15");
    }

    @Test
    @DisplayName("readiness ends when draining begins, liveness does not")
    void readiness() throws IOException {
        assertThat(new Readiness().isReady()).isFalse();
        assertThat(site.get("/health/ready").status()).isEqualTo(200);
        site.readiness.drain();
        site.readiness.ready();
        RawClient.Answer answer = site.get("/health/ready");
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.text()).contains("DOWN");
        assertThat(answer.header("connection")).isEqualTo("close");
        assertThat(site.get("/health/live").status()).isEqualTo(200);
    }

    @Test
    @DisplayName("/metrics has what is to be counted")
    void metrics() throws IOException {
        site.page("demo", 1, Origin.UPSTREAM, "r1");
        site.get("/simple/demo/");
        site.get("/simple/demo/");
        site.get("/packages/nothing.whl");
        RawClient.Answer answer = site.get("/metrics");
        assertThat(answer.header("content-type")).isEqualTo("text/plain; version=0.0.4; charset=utf-8");
        assertThat(answer.text())
                .contains("cornucopia_http_requests_total{route=\"project\",status=\"200\"} 2.0")
                .contains("cornucopia_http_requests_total{route=\"file\",status=\"404\"} 1.0")
                .contains("cornucopia_page_cache_total{result=\"hit\"} 1.0")
                .contains("cornucopia_page_cache_total{result=\"miss\"} 1.0")
                .contains("cornucopia_file_cache_total{result=\"miss\"} 1.0")
                .contains("cornucopia_http_bytes_out_total ")
                .contains("cornucopia_http_request_duration_seconds_count{route=\"project\"} 2")
                .contains("cornucopia_event_loop_lag_seconds{loop=\"");
    }

    @Test
    @DisplayName("each request is a line of the access log")
    void accessLog() throws IOException {
        site.get("/simple/De_mo?a=b");
        site.get("/nowhere");
        Awaitility.await()
                .untilAsserted(() -> assertThat(site.log.toString(StandardCharsets.US_ASCII))
                        .containsPattern(Pattern.compile("(?m)^GET /simple/De_mo\\?a=b 301 \\d+\\.\\d{3}ms$"))
                        .containsPattern(Pattern.compile("(?m)^GET /nowhere 404 \\d+\\.\\d{3}ms$")));
    }

    @Test
    @DisplayName("no line of the access log has the credentials of a whole URL in it")
    void wholeUrl() throws IOException {
        try (RawClient client = new RawClient(site.port())) {
            client.send("GET http://user:secret@index.test/nowhere?a@b HTTP/1.1\r\n\r\n");
            assertThat(client.read(false).status()).isEqualTo(404);
        }
        Awaitility.await()
                .untilAsserted(() -> assertThat(site.log.toString(StandardCharsets.US_ASCII))
                        .startsWith("GET http://index.test/nowhere?a@b 404 "));
    }

    @Test
    @DisplayName("draining lets files and pages in progress finish, closes idle connections and takes no new ones")
    void drain() throws IOException {
        site.files.put("large.whl", new byte[LARGE]);
        site.page("large", 40_000, Origin.UPSTREAM, "r1");
        int port = site.port();
        int whole = site.get("/simple/large/").body().length;
        assertThat(whole).isGreaterThan(5_000_000);
        try (RawClient idle = new RawClient(port);
                RawClient file = new RawClient(port);
                RawClient page = new RawClient(port)) {
            idle.send("GET", "/health");
            idle.read(false);
            file.send("GET", "/packages/large.whl");
            page.send("GET", "/simple/large/");
            assertThat(file.line()).isEqualTo("HTTP/1.1 200 OK");
            assertThat(page.line()).isEqualTo("HTTP/1.1 200 OK");
            site.readiness.drain();
            Future<?> drained =
                    Future.all(site.verticles.stream().map(HttpVerticle::drain).toList());
            assertThat(idle.isEnded()).isTrue();
            assertThatThrownBy(() -> new RawClient(port).close()).isInstanceOf(ConnectException.class);
            assertThat(drained.isComplete()).isFalse();
            for (RawClient client : List.of(file, page)) {
                String line = client.line();
                while (!line.isEmpty()) {
                    line = client.line();
                }
            }
            assertThat(file.exactly(LARGE)).hasSize(LARGE);
            assertThat(page.exactly(whole)).hasSize(whole);
            drained.await();
        }
    }

    @Test
    @DisplayName("the front page names the line for pip")
    void landing() throws IOException {
        assertThat(site.get("/").text()).contains("pip install --index-url").contains("/simple/");
    }
}
