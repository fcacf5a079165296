package io.cornucopia.acceptance;

import static io.cornucopia.testkit.Conditions.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.cornucopia.testkit.FakeUpstream;
import io.cornucopia.testkit.Fault;
import io.cornucopia.testkit.GoldenFile;
import io.cornucopia.testkit.HttpProbe;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a client gets, and what lies on disk afterwards, when upstream misbehaves in the middle of a file. */
class FaultsTest {
    private static final int SIZE = 4_000_000;
    private static final String FILENAME = "bigfile-1.0-py3-none-any.whl";

    @TempDir
    Path directory;

    private FakeUpstream upstream;
    private GoldenFile file;

    @BeforeEach
    void startUpstream() {
        upstream = FakeUpstream.start();
        file = GoldenFile.blob("bigfile", FILENAME, SIZE, 42);
        upstream.put(file);
    }

    @AfterEach
    void stopUpstream() {
        upstream.close();
    }

    private Mirror mirror(String... settings) {
        String[] all = Stream.concat(
                        Stream.of("upstream.read_timeout", "1s", "upstream.max_retries", "2"), Stream.of(settings))
                .toArray(String[]::new);
        return Mirror.over(upstream, directory, all);
    }

    static Stream<Arguments> lastingFaults() {
        return Stream.of(
                Arguments.of("wrong bytes", List.of(new Fault.WrongBytes()), false),
                Arguments.of(
                        "short body, again and again from the start",
                        List.of(new Fault.ShortChunked(1_000_000), new Fault.NoRange()),
                        false),
                Arguments.of("reset before the first byte", List.of(new Fault.Reset(0)), true),
                Arguments.of("stall before the first byte", List.of(new Fault.Stall(0)), true),
                Arguments.of("500", List.of(new Fault.Status(500, Map.of())), true),
                Arguments.of("503", List.of(new Fault.Status(503, Map.of())), true),
                Arguments.of("403", List.of(new Fault.Status(403, Map.of())), true));
    }

    @ParameterizedTest(name = "{0}: nobody gets a whole body, nothing is kept, and the next request starts afresh")
    @MethodSource("lastingFaults")
    void lasting(String name, List<Fault> faults, boolean cleanStatus) {
        try (Mirror mirror = mirror()) {
            faults.forEach(fault -> upstream.fault("/files/.*", fault));
            HttpProbe.Response response = mirror.get("/packages/" + FILENAME);
            System.out.printf(
                    "FAULT %s: status %d, %d of %d bytes, complete=%s, packages=%s, partial=%s%n",
                    name,
                    response.status(),
                    response.body().length,
                    SIZE,
                    response.complete(),
                    mirror.cached("packages"),
                    mirror.cached("partial"));
            if (cleanStatus) {
                assertThat(response.status()).isEqualTo(500);
            } else {
                assertThat(response.status() == 500 || !response.complete())
                        .as("a body that looks complete")
                        .isTrue();
            }
            await(
                    "partial files are gone",
                    Duration.ofSeconds(5),
                    () -> mirror.cached("partial").isEmpty());
            assertThat(mirror.cached("packages")).isEmpty();

            upstream.clearFaults();
            assertThat(mirror.get("/packages/" + FILENAME).body())
                    .isEqualTo(file.content().bytes());
        }
    }

    static Stream<Arguments> passingFaults() {
        return Stream.of(
                Arguments.of("short body once", new Fault.Times(1, new Fault.ShortBody(SIZE / 2))),
                Arguments.of("short body again and again, of an upstream that resumes", new Fault.ShortBody(1_000_000)),
                Arguments.of("reset at 50 %", new Fault.Times(1, new Fault.Reset(SIZE / 2))),
                Arguments.of("stall at 50 %", new Fault.Times(1, new Fault.Stall(SIZE / 2))),
                Arguments.of("500 once", new Fault.Times(1, new Fault.Status(500, Map.of()))));
    }

    @ParameterizedTest(name = "{0}: the client does not notice")
    @MethodSource("passingFaults")
    void passing(String name, Fault fault) {
        try (Mirror mirror = mirror()) {
            upstream.fault("/files/.*", fault);
            HttpProbe.Response response = mirror.get("/packages/" + FILENAME);
            System.out.printf(
                    "FAULT %s: status %d, %d of %d bytes, complete=%s, upstream sent %d bytes%n",
                    name,
                    response.status(),
                    response.body().length,
                    SIZE,
                    response.complete(),
                    upstream.bytesSent(FILENAME));
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.body()).isEqualTo(file.content().bytes());
            await(
                    "it is kept",
                    Duration.ofSeconds(5),
                    () -> mirror.cached("packages").equals(List.of("bigfile/" + FILENAME)));
            assertThat(mirror.cached("partial")).isEmpty();
        }
    }

    @Test
    @DisplayName("reset at 50 % of an upstream that cannot resume: the bytes that are known are passed over")
    void noRange() {
        try (Mirror mirror = mirror()) {
            upstream.fault("/files/.*", new Fault.Times(1, new Fault.Reset(SIZE / 2)));
            upstream.fault("/files/.*", new Fault.NoRange());
            assertThat(mirror.get("/packages/" + FILENAME).body())
                    .isEqualTo(file.content().bytes());
        }
    }

    @Test
    @DisplayName("upstream goes away in the middle and stays away: broken off, nothing kept; what was cached is served")
    void gone() {
        GoldenFile other = GoldenFile.blob("other", "other-1.0-py3-none-any.whl", 100_000, 7);
        upstream.put(other);
        try (Mirror mirror = mirror()) {
            assertThat(mirror.get("/packages/other-1.0-py3-none-any.whl").status())
                    .isEqualTo(200);
            assertThat(mirror.get("/simple/bigfile/").status()).isEqualTo(200);
            upstream.fault("/files/.*bigfile.*", new Fault.Throttle(1_000_000));
            var answer = java.util.concurrent.CompletableFuture.supplyAsync(() -> mirror.get("/packages/" + FILENAME));
            await("half is sent", Duration.ofSeconds(20), () -> upstream.bytesSent(FILENAME) > SIZE / 4);
            upstream.down();
            HttpProbe.Response response = answer.join();
            System.out.printf(
                    "FAULT upstream gone: status %d, %d of %d bytes, complete=%s%n",
                    response.status(), response.body().length, SIZE, response.complete());
            assertThat(response.complete()).isFalse();
            await(
                    "partial files are gone",
                    Duration.ofSeconds(5),
                    () -> mirror.cached("partial").isEmpty());
            assertThat(mirror.cached("packages")).containsExactly("other/other-1.0-py3-none-any.whl");
            assertThat(mirror.get("/packages/other-1.0-py3-none-any.whl").body())
                    .isEqualTo(other.content().bytes());
            assertThat(mirror.get("/simple/bigfile/").status()).isEqualTo(200);
            assertThat(mirror.get("/packages/" + FILENAME).status()).isEqualTo(500);
        }
    }

    @Test
    @DisplayName("a listed file that upstream answers with 404 is 404, after its page was asked again")
    void listedButGone() {
        try (Mirror mirror = mirror()) {
            assertThat(mirror.get("/simple/bigfile/").status()).isEqualTo(200);
            upstream.fault("/files/.*", new Fault.Status(404, Map.of()));
            int pagesBefore = upstream.count("^/simple/bigfile/$");
            assertThat(mirror.get("/packages/" + FILENAME).status()).isEqualTo(404);
            assertThat(upstream.count("^/simple/bigfile/$")).isEqualTo(pagesBefore + 1);
        }
    }

    @Test
    @DisplayName("the cache directory may be deleted under the running server")
    void deleted() throws Exception {
        try (Mirror mirror = mirror("cache.metadata_ttl", "1s")) {
            assertThat(mirror.get("/packages/" + FILENAME).status()).isEqualTo(200);
            Process rm = new ProcessBuilder("rm", "-rf", mirror.cacheDirectory().toString())
                    .inheritIO()
                    .start();
            assertThat(rm.waitFor()).isZero();
            for (String path : List.of("/packages/" + FILENAME, "/simple/bigfile/", "/simple/")) {
                assertThat(mirror.get(path).status()).as(path).isEqualTo(200);
            }
            upstream.put(GoldenFile.blob("fresh", "fresh-1.0-py3-none-any.whl", 100_000, 9));
            assertThat(mirror.get("/packages/fresh-1.0-py3-none-any.whl").status())
                    .isEqualTo(200);
            await(
                    "it is kept again",
                    Duration.ofSeconds(5),
                    () -> mirror.cached("packages").contains("fresh/fresh-1.0-py3-none-any.whl"));
        }
    }
}
