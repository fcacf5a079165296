package io.cornucopia.acceptance;

import static io.cornucopia.testkit.Conditions.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.cornucopia.testkit.FakeUpstream;
import io.cornucopia.testkit.Fault;
import io.cornucopia.testkit.GoldenFile;
import io.cornucopia.testkit.HttpProbe;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starting, stopping, being killed. */
class LifeTest {
    private static final String FILENAME = "bigfile-1.0-py3-none-any.whl";

    @TempDir
    Path directory;

    private final GoldenFile file = GoldenFile.blob("bigfile", FILENAME, 4_000_000, 3);
    private FakeUpstream upstream;

    @BeforeEach
    void startUpstream() {
        upstream = FakeUpstream.start();
        upstream.put(file);
        upstream.fault("/files/.*", new Fault.Throttle(1_000_000));
    }

    @AfterEach
    void stopUpstream() {
        upstream.close();
    }

    @Test
    @DisplayName(
            "SIGTERM during a download: not ready at once, no new connections after the delay, the download finishes")
    void drained() {
        try (Mirror mirror = Mirror.over(upstream, directory, "server.drain_delay", "1s")) {
            CompletableFuture<HttpProbe.Response> download =
                    CompletableFuture.supplyAsync(() -> mirror.get("/packages/" + FILENAME));
            await("the download runs", Duration.ofSeconds(20), () -> upstream.bytesSent(FILENAME) > 500_000);
            mirror.node().sigterm();
            await(
                    "readiness is off",
                    Duration.ofSeconds(5),
                    () -> mirror.get("/health/ready").status() == 503);
            assertThat(mirror.get("/health").text()).isEqualTo("{\"status\":\"ok\"}");
            HttpProbe.Response response = download.join();
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.body()).isEqualTo(file.content().bytes());
            mirror.node().awaitExit(Duration.ofSeconds(15));
        }
    }

    @Test
    @DisplayName("kill -9 during a download: nothing partial is served afterwards, and temporary files are swept")
    void killed() {
        try (Mirror mirror = Mirror.over(upstream, directory)) {
            CompletableFuture<HttpProbe.Response> download =
                    CompletableFuture.supplyAsync(() -> mirror.get("/packages/" + FILENAME));
            await("the download runs", Duration.ofSeconds(20), () -> upstream.bytesSent(FILENAME) > 1_000_000);
            mirror.node().kill9();
            assertThat(download.join().complete()).isFalse();
            assertThat(mirror.cached("packages")).isEmpty();
            assertThat(mirror.cached("partial")).hasSize(1);
            upstream.clearFaults();
            mirror.node().restart();
            assertThat(mirror.cached("partial")).isEmpty();
            assertThat(mirror.get("/packages/" + FILENAME).body())
                    .isEqualTo(file.content().bytes());
        }
    }

    @Test
    @DisplayName("a restart with upstream gone serves what is cached: pages, files, the root list")
    void restartedOffline() {
        upstream.clearFaults();
        try (Mirror mirror = Mirror.over(upstream, directory)) {
            assertThat(mirror.get("/simple/bigfile/").status()).isEqualTo(200);
            assertThat(mirror.get("/packages/" + FILENAME).status()).isEqualTo(200);
            upstream.down();
            mirror.node().sigterm();
            mirror.node().awaitExit(Duration.ofSeconds(15));
            mirror.node().restart();
            assertThat(mirror.get("/simple/bigfile/").text()).contains(FILENAME);
            assertThat(mirror.get("/packages/" + FILENAME).body())
                    .isEqualTo(file.content().bytes());
            assertThat(mirror.get("/simple/").text()).contains("bigfile");
            assertThat(mirror.get("/simple/never-seen/").status()).isBetween(500, 503);
        }
    }
}
