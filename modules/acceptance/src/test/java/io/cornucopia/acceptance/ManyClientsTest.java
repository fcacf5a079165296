package io.cornucopia.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.cornucopia.testkit.Crowd;
import io.cornucopia.testkit.FakeUpstream;
import io.cornucopia.testkit.GoldenFile;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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
        try (FakeUpstream upstream = FakeUpstream.start();
                Mirror mirror = Mirror.over(upstream.put(file).url(), directory, List.of("-Xmx256m"));
                Crowd crowd = new Crowd()) {
            URI address = URI.create(mirror.node().url() + "/packages/" + file.filename());
            for (CompletableFuture<Crowd.Answer> answer : crowd.get(Collections.nCopies(CLIENTS, address))) {
                assertThat(answer.join()).isEqualTo(new Crowd.Answer(200, 100_000_000, file.sha256()));
            }
            assertThat(upstream.bytesRequests(file.filename())).isEqualTo(1);
            assertThat(mirror.node().stderr()).noneMatch(line -> line.contains("OutOfMemory"));
        }
    }

    @Test
    @DisplayName("200 clients ask for 100 cold projects, all at once: each page is asked for once")
    void coldPages() {
        try (FakeUpstream upstream = FakeUpstream.start();
                Mirror mirror = Mirror.over(upstream, directory);
                Crowd crowd = new Crowd()) {
            for (int i = 0; i < 100; i++) {
                upstream.put(GoldenFile.blob("p" + i, "p" + i + "-1.0-py3-none-any.whl", 1000, i));
            }
            List<URI> addresses = new ArrayList<>();
            for (int client = 0; client < CLIENTS; client++) {
                for (int project = 0; project < 10; project++) {
                    addresses.add(URI.create(mirror.simpleUrl() + "p" + (client + project * 10) % 100 + "/"));
                }
            }
            assertThat(crowd.get(addresses)).allMatch(answer -> answer.join().status() == 200);
            for (int i = 0; i < 100; i++) {
                assertThat(upstream.count("^/simple/p" + i + "/$")).isEqualTo(1);
            }
        }
    }
}
