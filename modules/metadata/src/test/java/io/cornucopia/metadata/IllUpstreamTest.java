package io.cornucopia.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cornucopia.bus.Failure;
import io.cornucopia.bus.FailureException;
import io.cornucopia.bus.PageAnswer;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is served while upstream fails, in each of the ways it can. */
class IllUpstreamTest {
    private Bench bench;

    @BeforeEach
    void start(@TempDir Path directory) {
        bench = new Bench(directory.resolve("meta"));
        bench.readTimeout = Duration.ofMillis(500);
        bench.start();
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    record Illness(String name, Handler<HttpServerRequest> answer) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Illness> illnesses() {
        return Stream.of(
                status(500),
                status(503),
                status(401),
                status(403),
                status(429),
                status(451),
                new Illness("connection reset", request -> request.connection().close()),
                new Illness("no answer", request -> {}),
                new Illness(
                        "stall in the middle",
                        request -> request.response()
                                .putHeader("Content-Type", ScriptedIndex.JSON)
                                .putHeader("Content-Length", "1000")
                                .write("{\"meta\":")),
                new Illness("short body", request -> {
                    request.response()
                            .putHeader("Content-Type", ScriptedIndex.JSON)
                            .putHeader("Content-Length", "1000")
                            .write("{\"meta\":{}")
                            .onComplete(written -> request.connection().close());
                }),
                body("nonsense", ScriptedIndex.JSON, "these are not the braces you are looking for"),
                body("truncated JSON", ScriptedIndex.JSON, "{\"meta\":{\"api-version\":\"1.1\"},\"files\":["),
                body("deep JSON", ScriptedIndex.JSON, "[".repeat(100_000)),
                body("HTML under a JSON type", ScriptedIndex.JSON, "<html><body><a href='x'>x</a></body></html>"),
                body("api-version 2", ScriptedIndex.JSON, "{\"meta\":{\"api-version\":\"2.0\"},\"files\":[]}"),
                body(
                        "another project's page",
                        ScriptedIndex.JSON,
                        "{\"meta\":{\"api-version\":\"1.0\"},\"name\":\"seven\",\"files\":[]}"),
                body(
                        "login page",
                        "text/html",
                        "<!DOCTYPE html><html><head><title>Log in</title></head><body><form action='/login' method='post'>"
                                + "<input name='user'><input name='password' type='password'></form>"
                                + "<a href='/forgotten'>Forgotten?</a></body></html>"),
                body("no type", "image/png", "\u0089PNG"),
                new Illness(
                        "broken gzip",
                        request -> request.response()
                                .putHeader("Content-Type", ScriptedIndex.JSON)
                                .putHeader("Content-Encoding", "gzip")
                                .end("this is not gzip")));
    }

    private static Illness status(int status) {
        return new Illness(
                "status " + status,
                request -> request.response().setStatusCode(status).end("ill"));
    }

    private static Illness body(String name, String type, String body) {
        return new Illness(
                name,
                request -> request.response().putHeader("Content-Type", type).end(body));
    }

    @ParameterizedTest
    @MethodSource("illnesses")
    void servesTheOldPage(Illness illness) {
        bench.index.page("six", "\"1\"", "six-1.0.tar.gz");
        PageAnswer old = bench.page("six");
        bench.index.onPage("six", illness.answer());
        bench.clock.advance(Bench.TTL);

        PageAnswer answer = bench.page("six");

        assertThat(answer.page()).isEqualTo(old.page());
        assertThat(answer.revision()).isEqualTo(old.revision());
        assertThat(answer.checkedAt()).isEqualTo(old.checkedAt());
        assertThat(answer.freshUntil()).isEqualTo(bench.clock.instant().plusSeconds(5));
        assertThat(bench.count("cornucopia.pages.stale")).isEqualTo(1);

        bench.page("six");
        assertThat(bench.index.askedForPage("six"))
                .as("left alone for a moment")
                .hasSize(2);

        bench.index.page("six", "\"2\"", "six-2.0.tar.gz");
        bench.clock.advance(Duration.ofSeconds(5));
        assertThat(bench.filenames("six")).as("after it is well again").containsExactly("six-2.0.tar.gz");
    }

    @ParameterizedTest
    @MethodSource("illnesses")
    void a5_saysThatUpstreamFailedAndNeverNotFound(Illness illness) {
        bench.index.onPage("six", illness.answer());

        assertThat(bench.pageFailure("six")).isInstanceOf(Failure.UpstreamFailed.class);
        assertThat(bench.fileFailure("six-1.0.tar.gz")).isInstanceOf(Failure.UpstreamFailed.class);
        assertThat(bench.directory.resolve("six.json")).doesNotExist();

        bench.index.page("six", "\"1\"", "six-1.0.tar.gz");
        bench.clock.advance(Duration.ofSeconds(2));
        assertThat(bench.filenames("six")).containsExactly("six-1.0.tar.gz");
    }

    @Test
    void servesOldPagesWhileUpstreamRefuses() {
        for (String project : List.of("a", "b", "c")) {
            bench.index.page(project, "\"1\"", project + "-1.0.tar.gz");
            bench.page(project);
        }
        bench.clock.advance(Bench.TTL);
        bench.index.down();

        for (String project : List.of("a", "b", "c")) {
            assertThat(bench.filenames(project)).containsExactly(project + "-1.0.tar.gz");
        }
        assertThat(bench.page("b").freshUntil())
                .as("the others are not asked for at all")
                .isEqualTo(bench.clock.instant().plusSeconds(2));
        assertThat(bench.pageFailure("d")).isInstanceOf(Failure.UpstreamFailed.class);

        bench.index.up();
        bench.clock.advance(Duration.ofSeconds(5));
        assertThat(bench.page("a").checkedAt()).isEqualTo(bench.clock.instant());
    }

    @Test
    void doesNotWaitLongForANewerPage(@TempDir Path directory) {
        try (Bench patient = new Bench(directory.resolve("meta")).start()) {
            patient.index.page("six", "\"1\"", "six-1.0.tar.gz");
            PageAnswer old = patient.page("six");
            patient.clock.advance(Bench.TTL);
            patient.index.onPage(
                    "six",
                    request -> patient.vertx.setTimer(
                            4_500,
                            later -> ScriptedIndex.answer(
                                    request,
                                    ScriptedIndex.JSON,
                                    "\"2\"",
                                    io.vertx.core.buffer.Buffer.buffer("{\"meta\":{\"api-version\":\"1.0\"},\"files\":["
                                            + ScriptedIndex.file("six-2.0.tar.gz") + "]}"))));

            assertThat(patient.page("six").revision()).isEqualTo(old.revision());

            await().untilAsserted(() -> assertThat(patient.filenames("six")).containsExactly("six-2.0.tar.gz"));
            assertThat(patient.index.askedForPage("six")).hasSize(2);
        }
    }

    @Test
    void aFailureIsRememberedForAMomentSoThatManyDoNotHammer() {
        bench.index.status("six", 500);

        IntStream.range(0, 50).forEach(i -> bench.pageFailure("six"));
        assertThat(bench.index.askedForPage("six")).hasSize(1);

        bench.clock.advance(Duration.ofSeconds(1));
        bench.pageFailure("six");
        assertThat(bench.index.askedForPage("six")).hasSize(2);
    }

    @Test
    void aFileThatMayBeNewIsNotCalledUnknownWhileUpstreamIsIll() {
        bench.index.page("six", "\"1\"", "six-1.0.tar.gz");
        bench.page("six");
        bench.clock.advance(Bench.TTL);
        bench.index.status("six", 500);

        assertThat(bench.projectOf("six-1.0.tar.gz")).isEqualTo("six");
        assertThat(bench.fileFailure("six-2.0.tar.gz")).isInstanceOf(Failure.UpstreamFailed.class);
    }

    @Test
    void offlineServesWhatIsHereAndSaysSoOfTheRest() {
        bench.index.page("six", "\"1\"", "six-1.0.tar.gz");
        PageAnswer old = bench.page("six");
        bench.stop();
        bench.offline = true;
        bench.start();
        bench.clock.advance(Bench.TTL.multipliedBy(1000));

        PageAnswer answer = bench.page("six");
        Failure failure = bench.pageFailure("seven");

        assertThat(answer.page()).isEqualTo(old.page());
        assertThat(answer.checkedAt()).isEqualTo(old.checkedAt());
        assertThat(answer.freshUntil()).isEqualTo(bench.clock.instant().plus(Bench.TTL));
        assertThat(failure).isInstanceOf(Failure.Offline.class);
        assertThat(failure.message()).contains("seven").contains("upstream.offline");
        assertThat(bench.projectOf("six-1.0.tar.gz")).isEqualTo("six");
        assertThat(bench.fileFailure("seven-1.0.tar.gz")).isInstanceOf(Failure.Offline.class);
        assertThat(bench.index.askedForPage("seven")).isEmpty();
        assertThat(new FailureException(failure)).hasMessageContaining("offline");
    }
}
