package io.cornucopia.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.cornucopia.testkit.FakeUpstream;
import io.cornucopia.testkit.GoldenFile;
import io.cornucopia.testkit.HttpProbe;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many clients at once. */
class ManyClientsTest {
    private static final int CLIENTS = 200;

    @TempDir
    Path directory;

    @Test
    @DisplayName("200 clients ask for one cold file of 100 MB: one request upstream, all digests right, 256 MB of heap")
    void oneColdFile() {
        GoldenFile file = GoldenFile.blob("huge", "huge-1.0-py3-none-any.whl", 100_000_000, 1);
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        try (FakeUpstream upstream = FakeUpstream.start();
                Mirror mirror = Mirror.over(upstream.put(file).url(), directory, List.of("-Xmx256m"))) {
            List<CompletableFuture<HttpProbe.Digest>> answers = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                answers.add(CompletableFuture.supplyAsync(
                        () -> mirror.probe().digest("/packages/" + file.filename()), threads));
            }
            for (CompletableFuture<HttpProbe.Digest> answer : answers) {
                HttpProbe.Digest digested = answer.join();
                assertThat(digested.status()).isEqualTo(200);
                assertThat(digested.complete()).isTrue();
                assertThat(digested.sha256()).isEqualTo(file.sha256());
            }
            assertThat(upstream.bytesRequests(file.filename())).isEqualTo(1);
            assertThat(mirror.node().stderr()).noneMatch(line -> line.contains("OutOfMemory"));
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    @DisplayName("200 clients ask for 100 cold projects: each page is asked for once")
    void coldPages() {
        ExecutorService threads = Executors.newFixedThreadPool(50);
        try (FakeUpstream upstream = FakeUpstream.start();
                Mirror mirror = Mirror.over(upstream, directory)) {
            for (int i = 0; i < 100; i++) {
                upstream.put(GoldenFile.blob("p" + i, "p" + i + "-1.0-py3-none-any.whl", 1000, i));
            }
            List<CompletableFuture<Integer>> answers = new ArrayList<>();
            for (int client = 0; client < CLIENTS; client++) {
                for (int project = 0; project < 10; project++) {
                    String path = "/simple/p" + (client + project * 10) % 100 + "/";
                    answers.add(
                            CompletableFuture.supplyAsync(() -> mirror.get(path).status(), threads));
                }
            }
            assertThat(answers).allMatch(answer -> answer.join() == 200);
            for (int i = 0; i < 100; i++) {
                assertThat(upstream.count("^/simple/p" + i + "/$")).isEqualTo(1);
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
