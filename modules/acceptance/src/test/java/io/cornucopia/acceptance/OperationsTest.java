package io.cornucopia.acceptance;

import static io.cornucopia.testkit.Conditions.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cornucopia.testkit.FakeUpstream;
import io.cornucopia.testkit.Fault;
import io.cornucopia.testkit.GoldenFile;
import io.cornucopia.testkit.HttpProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What operators see of the running program, and what it does about its disk. */
class OperationsTest {
    private static final Duration WITHIN = Duration.ofSeconds(20);
    private static final int SIZE = 3_000_000;

    @TempDir
    Path directory;

    private FakeUpstream upstream;

    @BeforeEach
    void startUpstream() {
        upstream = FakeUpstream.start();
        for (int i = 0; i < 6; i++) {
            upstream.put(file(i));
        }
    }

    @AfterEach
    void stopUpstream() {
        upstream.close();
    }

    private static GoldenFile file(int i) {
        return GoldenFile.blob("p" + i, "p" + i + "-1.0-py3-none-any.whl", SIZE, i);
    }

    private static String path(int i) {
        return "/packages/" + file(i).filename();
    }

    private void assertServed(Mirror mirror, int i) {
        assertThat(mirror.probe().digest(path(i)).sha256()).isEqualTo(file(i).sha256());
    }

    private static double metric(Mirror mirror, String line) {
        Matcher found = Pattern.compile("^" + Pattern.quote(line) + " (\\S+)$", Pattern.MULTILINE)
                .matcher(mirror.get("/metrics").text());
        assertThat(found.find()).as(line).isTrue();
        return Double.parseDouble(found.group(1));
    }

    @Test
    @DisplayName("A7 health is what probes expect, and readiness and liveness say so too")
    void health() {
        try (Mirror mirror = Mirror.over(upstream, directory)) {
            HttpProbe.Response health = mirror.get("/health");
            assertThat(health.status()).isEqualTo(200);
            assertThat(health.text()).isEqualTo("{\"status\":\"ok\"}");
            assertThat(mirror.get("/health/live").status()).isEqualTo(200);
            assertThat(mirror.get("/health/ready").status()).isEqualTo(200);
        }
    }

    @Test
    @DisplayName("metrics count what was done")
    void metrics() {
        try (Mirror mirror = Mirror.over(upstream, directory)) {
            assertServed(mirror, 0);
            // The client has the last byte a moment before the file has its name, and who comes in between is no hit.
            await("the download is over", WITHIN, () -> metric(mirror, "cornucopia_downloads_in_flight") == 0);
            assertServed(mirror, 0);
            mirror.get("/simple/p0/");
            mirror.get("/simple/p0/");
            mirror.get("/simple/never-was/");
            upstream.fault("^/simple/ill/", new Fault.Status(500));
            mirror.get("/simple/ill/");

            assertThat(metric(mirror, "cornucopia_http_requests_total{route=\"file\",status=\"200\"}"))
                    .isEqualTo(2);
            assertThat(metric(mirror, "cornucopia_http_requests_total{route=\"project\",status=\"404\"}"))
                    .isEqualTo(1);
            assertThat(metric(mirror, "cornucopia_file_cache_total{result=\"miss\"}"))
                    .isEqualTo(1);
            assertThat(metric(mirror, "cornucopia_file_cache_total{result=\"hit\"}"))
                    .isEqualTo(1);
            assertThat(metric(mirror, "cornucopia_page_cache_total{result=\"hit\"}"))
                    .isPositive();
            assertThat(metric(mirror, "cornucopia_page_cache_total{result=\"miss\"}"))
                    .isPositive();
            assertThat(metric(mirror, "cornucopia_downloads_total{result=\"fetched\"}"))
                    .isEqualTo(1);
            assertThat(metric(mirror, "cornucopia_downloads_in_flight")).isZero();
            assertThat(metric(mirror, "cornucopia_cache_size_bytes")).isEqualTo(SIZE);
            assertThat(metric(mirror, "cornucopia_cache_evictions_total")).isZero();
            assertThat(metric(mirror, "cornucopia_upstream_requests_total{status=\"2xx\"}"))
                    .isEqualTo(2);
            assertThat(metric(mirror, "cornucopia_upstream_requests_total{status=\"5xx\"}"))
                    .isPositive();
            assertThat(metric(mirror, "cornucopia_upstream_errors_total")).isZero();
            assertThat(metric(mirror, "cornucopia_upstream_latency_seconds_count"))
                    .isPositive();
            assertThat(metric(mirror, "cornucopia_upstream_received_bytes_total"))
                    .isGreaterThan(SIZE);
            assertThat(metric(mirror, "cornucopia_http_bytes_out_total")).isGreaterThan(2 * SIZE);
            assertThat(metric(mirror, "cornucopia_event_loop_lag_seconds{loop=\"0\"}"))
                    .isLessThan(1);
        }
    }

    @Test
    @DisplayName("the access log has a line a request: method, path, status, how long; seconds from one second on")
    void accessLog() {
        upstream.fault("^/simple/p1/$", new Fault.Delay(Duration.ofMillis(1_200)));
        try (Mirror mirror = Mirror.over(upstream, directory)) {
            mirror.get("/simple/p0/?format=x%20y");
            mirror.get("/simple/p1/");
            mirror.get("/simple/P_2");
            await("three lines", WITHIN, () -> accessLines(mirror).size() == 3);
            // Each event loop writes its own: they need not be in the order of the requests.
            assertThat(accessLines(mirror))
                    .anyMatch(line -> line.matches("GET /simple/p0/\\S* 406 \\d+\\.\\d{3}ms"))
                    .anyMatch(line -> line.matches("GET /simple/p1/ 200 [1-9]\\.\\d{3}s"))
                    .anyMatch(line -> line.matches("GET /simple/P_2 301 \\d+\\.\\d{3}ms"));
        }
    }

    private static List<String> accessLines(Mirror mirror) {
        return mirror.node().stdout().stream()
                .filter(line -> line.startsWith("GET /simple"))
                .toList();
    }

    @Test
    @DisplayName("log.format json: every line of output is an object")
    void json() throws IOException {
        try (Mirror mirror = Mirror.over(upstream, directory, "log.format", "json")) {
            mirror.get("/simple/p0/");
            upstream.fault("/files/", new Fault.Status(403));
            mirror.get(path(0));
            await(
                    "the request's line",
                    WITHIN,
                    () -> mirror.node().stdout().stream().anyMatch(line -> line.contains("/simple/p0/")));
            ObjectMapper mapper = new ObjectMapper();
            for (List<String> stream :
                    List.of(mirror.node().stdout(), mirror.node().stderr())) {
                for (String line : stream) {
                    JsonNode object = mapper.readTree(line);
                    assertThat(object.isObject()).as(line).isTrue();
                }
            }
        }
    }

    @Test
    @DisplayName("cache.max_size: the longest unused files go, the ones in use and in progress stay")
    void evicted() {
        try (Mirror mirror = Mirror.over(upstream, directory, "cache.max_size", "10MB")) {
            for (int i = 0; i < 3; i++) {
                assertServed(mirror, i);
            }
            assertServed(mirror, 0);
            upstream.fault("/files/.*p5", new Fault.Throttle(2_000_000));
            CompletableFuture<HttpProbe.Digest> slow =
                    CompletableFuture.supplyAsync(() -> mirror.probe().digest(path(5)));
            await("a download in progress", WITHIN, () -> upstream.bytesSent(file(5).filename()) > 100_000);
            assertServed(mirror, 3);
            assertServed(mirror, 4);
            assertThat(slow.join().sha256()).isEqualTo(file(5).sha256());
            await("what fits", WITHIN, () -> mirror.cached("packages").size() == 3);
            await(
                    "the partial file is gone",
                    WITHIN,
                    () -> mirror.cached("partial").isEmpty());
            assertThat(mirror.cached("packages"))
                    .contains("p5/" + file(5).filename())
                    .doesNotContain("p1/" + file(1).filename());
            assertThat(metric(mirror, "cornucopia_cache_evictions_total")).isEqualTo(3);
            assertThat(metric(mirror, "cornucopia_cache_size_bytes")).isEqualTo(3 * SIZE);
            assertServed(mirror, 1);
        }
    }

    @Test
    @DisplayName(
            "a full disk: files pass through whole, uncached, logged and counted; when there is room they are kept again")
    void fullDisk() throws Exception {
        Path cache = Files.createDirectories(directory.resolve("cache"));
        String refusal = run("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", cache.toString());
        assumeTrue(refusal.isEmpty(), () -> "no small disk can be mounted here: " + refusal);
        try (Mirror mirror = Mirror.over(upstream, directory)) {
            for (int i = 0; i < 6; i++) {
                assertServed(mirror, i);
            }
            assertThat(mirror.cached("packages")).hasSizeBetween(1, 2);
            await("nothing partial", WITHIN, () -> mirror.cached("partial").isEmpty());
            assertThat(metric(mirror, "cornucopia_cache_unkept_total")).isGreaterThanOrEqualTo(4);
            assertThat(mirror.node().stderr()).anyMatch(line -> line.contains("without being kept"));
            assertThat(mirror.get("/simple/p0/").status()).isEqualTo(200);
            assertThat(mirror.get("/health/ready").status()).isEqualTo(200);

            for (String kept : mirror.cached("packages")) {
                Files.delete(cache.resolve("packages").resolve(kept));
            }
            mirror.node().restart();
            assertServed(mirror, 5);
            await("it is kept again", WITHIN, () -> mirror.cached("packages").contains("p5/" + file(5).filename()));
        } finally {
            run("umount", "-l", cache.toString());
        }
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        return process.waitFor() == 0 ? "" : String.join(" ", command) + ": " + output.strip();
    }

    @Test
    @DisplayName("server.base_path: pages, redirects and links are those of the proxy in front")
    void basePath() {
        try (Mirror mirror = Mirror.over(upstream, directory, "server.base_path", "/pypi")) {
            assertThat(mirror.get("/pypi/simple/").text()).doesNotContain("href=\"/simple/");
            assertThat(mirror.get("/pypi/simple/P0").header("Location")).contains("/pypi/simple/p0/");
            assertThat(mirror.get("/pypi/simple/p0/").text()).contains("href=\"/pypi" + path(0));
            assertThat(mirror.get("/pypi" + path(0)).body()).isEqualTo(file(0).bytes());
            // A proxy may take the prefix off.
            assertThat(mirror.get("/simple/p0/").text()).contains("href=\"/pypi" + path(0));
            assertThat(mirror.get("/health").status()).isEqualTo(200);
        }
    }

    @Test
    @DisplayName("900,000 names of upstream's root list in 256 MB of heap, and none of it stalls another request")
    void largeRoot() {
        upstream.extraProjects(900_000);
        try (Mirror mirror = Mirror.over(upstream.url(), directory, List.of("-Xmx256m"), "index.root", "upstream")) {
            HttpProbe patient = mirror.probe().timeout(Duration.ofMinutes(2));
            HttpProbe.Response root = patient.header("Accept", "text/html").get("/simple/");
            assertThat(root.status()).isEqualTo(200);
            assertThat(root.complete()).isTrue();
            String html = root.text();
            assertThat(html.split("<a href=\"", -1).length - 1).isEqualTo(900_006);
            assertThat(patient.header("Accept", "application/vnd.pypi.simple.v1+json")
                            .get("/simple/")
                            .text()
                            .split("\"name\":", -1))
                    .hasSize(900_007);
            assertThat(mirror.node().stderr()).noneMatch(line -> line.contains("OutOfMemory"));
        }
    }
}
