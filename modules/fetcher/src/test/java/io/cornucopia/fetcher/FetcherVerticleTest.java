package io.cornucopia.fetcher;

import static io.cornucopia.fetcher.Bench.await;
import static io.cornucopia.fetcher.Bench.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cornucopia.bus.Failure;
import io.cornucopia.bus.FileAnswer;
import io.cornucopia.bus.FileQuery.Part;
import io.cornucopia.bus.FileQuery.Purpose;
import io.cornucopia.bus.ListedFileQuery.Effort;
import io.cornucopia.core.ProjectStatus;
import io.cornucopia.testkit.Content;
import io.cornucopia.testkit.Fault;
import io.cornucopia.testkit.GoldenFile;
import io.cornucopia.testkit.GoldenWheel;
import io.cornucopia.testkit.Seen;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FetcherVerticleTest {
    private static final int SIZE = 2_000_000;
    private static final String FILENAME = "thing-1.0-py3-none-any.whl";

    @TempDir
    Path directory;

    private final GoldenFile file = GoldenFile.blob("thing", FILENAME, SIZE, 5);
    private Bench bench;

    @BeforeEach
    void start() {
        bench = new Bench(directory);
        bench.upstream.put(file);
        bench.list(bench.described(file));
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    private void assertWhole(Future<Buffer> answer) {
        assertThat(await(answer).getBytes()).isEqualTo(file.bytes());
    }

    private void assertNothingKept() {
        await().untilAsserted(() -> assertThat(bench.partial()).isEmpty());
        assertThat(bench.kept()).isEmpty();
    }

    private List<Seen> asked() {
        return bench.upstream.requests();
    }

    @Test
    @DisplayName("however many ask for a cold file, upstream is asked once, and everybody gets it whole")
    void single() {
        List<Future<Buffer>> answers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            answers.add(bench.fetch(file));
        }
        answers.forEach(this::assertWhole);
        assertWhole(bench.fetch(file));
        assertThat(bench.upstream.bytesRequests(FILENAME)).isEqualTo(1);
        assertThat(bench.kept()).containsExactly(FILENAME);
        assertThat(bench.metrics
                        .get("cornucopia.downloads")
                        .tag("result", "fetched")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(bench.metrics.get("cornucopia.downloads.in.flight").gauge().value())
                .isZero();
    }

    @Test
    @DisplayName("asks for the bytes as they are, not coded for the way")
    void identity() {
        assertWhole(bench.fetch(file));
        assertThat(asked().get(0).headers().get("accept-encoding")).isEqualTo("identity");
    }

    @Nested
    class Broken {
        @Test
        @DisplayName("goes on from the byte that is missing, and only if it is still the same file")
        void resumed() {
            bench.upstream.fault("/files/", new Fault.Times(1, new Fault.Reset(SIZE / 2)));
            assertWhole(bench.fetch(file));
            assertThat(asked()).hasSize(2);
            Map<String, String> headers = asked().get(1).headers();
            assertThat(headers.get("range")).matches("bytes=[1-9][0-9]*-");
            assertThat(headers.get("if-range")).startsWith("\"");
        }

        @Test
        @DisplayName("passes over what is known where upstream cannot resume")
        void restarted() {
            bench.upstream.fault("/files/", new Fault.Times(1, new Fault.Reset(SIZE / 2)));
            bench.upstream.fault("/files/", new Fault.NoRange());
            assertWhole(bench.fetch(file));
            assertThat(bench.upstream.bytesRequests(FILENAME)).isEqualTo(2);
        }

        @Test
        @DisplayName("a file that changed between two halves is neither half of it")
        void changed() {
            bench.upstream.fault("/files/", new Fault.Times(1, new Fault.Stall(SIZE / 2)));
            Future<Buffer> answer = bench.fetch(file);
            await().until(() -> bench.upstream.bytesSent(FILENAME) > SIZE / 4);
            bench.upstream.put(file.withContent(Content.random(6, SIZE)));
            assertThat(failure(answer)).isInstanceOf(Failure.DigestMismatch.class);
            assertNothingKept();
        }

        @Test
        @DisplayName("where the page promises nothing, only a validator proves that it is the same file")
        void unproved() {
            bench.list(Bench.undescribed(bench.described(file)));
            bench.upstream.fault("/files/", new Fault.Times(1, new Fault.Stall(SIZE / 2)));
            Future<Buffer> answer = bench.fetch(file);
            await().until(() -> bench.upstream.bytesSent(FILENAME) > SIZE / 4);
            bench.upstream.put(file.withContent(Content.random(6, SIZE)));
            assertThat(failure(answer).message()).contains("same file");
            assertNothingKept();
        }

        @ParameterizedTest(name = "{0} bytes and then an end, every time: given up")
        @ValueSource(longs = {0, SIZE / 3})
        void hopeless(long bytes) {
            bench.upstream.fault("/files/", new Fault.Reset(bytes));
            bench.upstream.fault("/files/", new Fault.NoRange());
            assertThat(failure(bench.fetch(file))).isInstanceOf(Failure.UpstreamFailed.class);
            assertNothingKept();
            assertThat(bench.metrics
                            .get("cornucopia.downloads")
                            .tag("result", "failed")
                            .counter()
                            .count())
                    .isEqualTo(1);

            bench.upstream.clearFaults();
            assertWhole(bench.fetch(file));
        }
    }

    @Nested
    class Wrong {
        @Test
        void bytes() {
            bench.upstream.fault("/files/", new Fault.WrongBytes());
            assertThat(failure(bench.fetch(file))).isInstanceOf(Failure.DigestMismatch.class);
            assertNothingKept();
        }

        @Test
        void length() {
            bench.upstream.put(file.withContent(Content.random(5, SIZE + 1)));
            assertThat(failure(bench.fetch(file)).message()).contains(String.valueOf(SIZE));
            assertNothingKept();
        }

        @Test
        @DisplayName("a login page in the place of a file is not that file")
        void loginPage() {
            bench.upstream.fault("/files/", new Fault.Body("text/html", "<h1>Log in</h1>".getBytes()));
            assertThat(failure(bench.fetch(file))).isInstanceOf(Failure.DigestMismatch.class);
            assertNothingKept();
        }

        @ParameterizedTest
        @ValueSource(ints = {204, 400, 401, 403, 451, 500})
        void status(int status) {
            bench.upstream.fault("/files/", new Fault.Status(status));
            assertThat(failure(bench.fetch(file))).isInstanceOf(Failure.UpstreamFailed.class);
            assertNothingKept();
        }

        @Test
        @DisplayName("a redirect to where nobody allowed it is not followed")
        void redirect() {
            bench.upstream.fault("/files/", new Fault.Redirect("http://localhost:1/x", 302));
            assertThat(failure(bench.fetch(file)).message()).contains("localhost:1");
            assertNothingKept();
        }
    }

    @Nested
    class Gone {
        @Test
        @DisplayName("404 is believed after the page was asked again, and not before")
        void asksAgain() {
            bench.upstream.fault("/files/", new Fault.Status(404));
            assertThat(failure(bench.fetch(file))).isInstanceOf(Failure.NotFound.class);
            assertThat(bench.pageQuestions)
                    .extracting(question -> question.effort())
                    .containsExactly(Effort.ANY_AGE, Effort.ASK_AGAIN);
            assertThat(bench.upstream.bytesRequests(FILENAME)).isEqualTo(1);
        }

        @Test
        @DisplayName("a file that moved is fetched from where the page has it now")
        void moved() {
            GoldenFile stale = GoldenFile.blob("elsewhere", FILENAME, SIZE, 5);
            bench.list(bench.described(stale));
            bench.listAgain(bench.described(file));
            assertWhole(bench.fetch(file));
            assertThat(bench.upstream.count("elsewhere|/files/")).isEqualTo(2);
        }

        @Test
        @DisplayName("while the page cannot be asked again nobody says 404")
        void pageIll() {
            bench.upstream.fault("/files/", new Fault.Status(404));
            bench.upstream.fault("/simple/", new Fault.Status(500));
            bench.listFailure(new Failure.UpstreamFailed("ill"));
            assertThat(failure(bench.fetch(file))).isInstanceOf(Failure.UpstreamFailed.class);
        }
    }

    @Nested
    class OnDisk {
        @BeforeEach
        void warm() {
            assertWhole(bench.fetch(file));
            await().untilAsserted(() -> assertThat(bench.kept()).containsExactly(FILENAME));
            bench.upstream.down();
        }

        @Test
        void isServedWithoutUpstream() {
            assertWhole(bench.fetch(file));
        }

        @Test
        @DisplayName("is served while no page can be had")
        void withoutPage() {
            bench.listFailure(new Failure.UpstreamFailed("ill"));
            assertWhole(bench.fetch(file));
            bench.listFailure(new Failure.Offline("off"));
            assertWhole(bench.fetch(file));
        }

        @Test
        @DisplayName("is not served once its index says that it is not there")
        void unlisted() {
            bench.listFailure(new Failure.NotFound("gone"));
            assertThat(failure(bench.fetch(file))).isInstanceOf(Failure.NotFound.class);
        }

        @Test
        @DisplayName("is not served while its project is quarantined, and the reason is told")
        void quarantined() {
            bench.list(
                    bench.described(file), new ProjectStatus(ProjectStatus.Marker.QUARANTINED, Optional.of("malware")));
            assertThat(failure(bench.fetch(file)))
                    .isInstanceOfSatisfying(
                            Failure.Quarantined.class,
                            failure -> assertThat(failure.message()).contains("malware"));
        }

        @Test
        @DisplayName("is fetched anew when it was deleted")
        void deleted() throws IOException {
            bench.upstream.up();
            Files.delete(bench.keptFile(FILENAME));
            assertWhole(bench.fetch(file));
            assertThat(bench.upstream.bytesRequests(FILENAME)).isEqualTo(2);
        }

        @Test
        @DisplayName("goes when it was corrupted, and is fetched anew")
        void corrupted() throws IOException {
            bench.upstream.up();
            Files.write(bench.keptFile(FILENAME), new byte[SIZE]);
            assertWhole(bench.fetch(file));
            assertThat(bench.upstream.bytesRequests(FILENAME)).isEqualTo(2);
        }

        @Test
        @DisplayName("goes when the page lists another under its name")
        void replaced() {
            GoldenFile other = file.withContent(Content.random(99, 1000));
            bench.upstream.up().put(other);
            bench.list(bench.described(other));
            assertThat(await(bench.fetch(other)).getBytes()).isEqualTo(other.bytes());
        }
    }

    @Nested
    class Parts {
        private final GoldenFile wheel = GoldenWheel.of("thing", "2.0").build();

        @BeforeEach
        void list() {
            bench.upstream.put(wheel);
            bench.list(bench.described(wheel));
        }

        @Test
        void coreMetadata() {
            Buffer bytes = await(bench.fetch(wheel.filename(), Part.CORE_METADATA));
            assertThat(bytes.getBytes()).isEqualTo(wheel.metadata().orElseThrow());
            assertThat(bench.upstream.bytesRequests(wheel.filename())).isZero();
            await().untilAsserted(() -> assertThat(bench.kept()).containsExactly(wheel.filename() + ".metadata"));
        }

        @Test
        void coreMetadataThatNobodyOffers() {
            bench.list(Bench.undescribed(bench.described(wheel)));
            assertThat(failure(bench.fetch(wheel.filename(), Part.CORE_METADATA)))
                    .isInstanceOf(Failure.NotFound.class);
            assertThat(asked()).isEmpty();
        }

        @Test
        void signature() {
            bench.upstream.signature(wheel.filename(), "-----BEGIN PGP SIGNATURE-----");
            assertThat(await(bench.fetch(wheel.filename(), Part.SIGNATURE)))
                    .hasToString("-----BEGIN PGP SIGNATURE-----");
        }

        @Test
        void signatureThatIsNotThere() {
            assertThat(failure(bench.fetch(wheel.filename(), Part.SIGNATURE))).isInstanceOf(Failure.NotFound.class);
        }
    }

    @Nested
    class Head {
        @Test
        @DisplayName("of a file whose size the page tells fetches nothing")
        void known() {
            FileAnswer answer = await(bench.ask(FILENAME, Part.FILE, Purpose.HEAD));
            assertThat(answer).isInstanceOfSatisfying(FileAnswer.Known.class, known -> {
                assertThat(known.facts().size()).hasValue(SIZE);
                assertThat(known.facts().sha256().orElseThrow().hex()).isEqualTo(file.sha256());
            });
            assertThat(asked()).isEmpty();
        }

        @Test
        @DisplayName("of a file of which nothing is known fetches it")
        void unknown() {
            bench.list(Bench.undescribed(bench.described(file)));
            FileAnswer answer = await(bench.ask(FILENAME, Part.FILE, Purpose.HEAD));
            assertThat(answer).isInstanceOf(FileAnswer.Bytes.class);
            ((FileAnswer.Bytes) answer).handle().close();
            await().untilAsserted(() -> assertThat(bench.kept()).containsExactly(FILENAME));
        }
    }

    @Test
    @DisplayName("offline, what is not here is said to be not here for that reason")
    void offline(@TempDir Path other) {
        try (Bench cut = new Bench(other, true)) {
            cut.list(cut.described(file));
            assertThat(failure(cut.fetch(file))).isInstanceOf(Failure.Offline.class);
        }
    }

    @Test
    @DisplayName("who leaves takes nothing from who stays")
    void leaving() {
        bench.upstream.fault("/files/", new Fault.Throttle(2_000_000));
        FileAnswer leaver = await(bench.ask(FILENAME, Part.FILE, Purpose.BYTES));
        Future<Buffer> stayer = bench.fetch(file);
        ((FileAnswer.Bytes) leaver).handle().close();
        assertWhole(stayer);
        assertThat(bench.upstream.bytesRequests(FILENAME)).isEqualTo(1);
    }
}
