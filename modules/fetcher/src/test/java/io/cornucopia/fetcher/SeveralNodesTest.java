package io.cornucopia.fetcher;

import static io.cornucopia.fetcher.Bench.await;
import static io.cornucopia.fetcher.Bench.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cornucopia.bus.Addresses;
import io.cornucopia.bus.Failure;
import io.cornucopia.bus.FileAnswer;
import io.cornucopia.bus.FileQuery.Part;
import io.cornucopia.bus.FileQuery.Purpose;
import io.cornucopia.bus.PeerFileQuery;
import io.cornucopia.cluster.Holders.Holding;
import io.cornucopia.cluster.Holders.State;
import io.cornucopia.core.ProjectStatus;
import io.cornucopia.storage.GrowingFile;
import io.cornucopia.storage.StoredFile;
import io.cornucopia.testkit.Content;
import io.cornucopia.testkit.FakeUpstream;
import io.cornucopia.testkit.Fault;
import io.cornucopia.testkit.GoldenFile;
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
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Three fetchers, one upstream. */
class SeveralNodesTest {
    private static final int SIZE = 2_000_000;
    private static final int HALF = SIZE / 2;
    private static final String FILENAME = "thing-1.0-py3-none-any.whl";
    private static final String KEY = "file/" + FILENAME;

    @TempDir
    Path directory;

    private final GoldenFile file = GoldenFile.blob("thing", FILENAME, SIZE, 5);
    private final FakeUpstream upstream = FakeUpstream.start();
    private final FakeCluster cluster = new FakeCluster();
    private final List<Bench> benches = new ArrayList<>();

    @BeforeEach
    void start() {
        upstream.put(file);
        for (int i = 0; i < 3; i++) {
            Bench bench = new Bench(directory.resolve("node-" + i), upstream, cluster::join);
            bench.list(bench.described(file));
            benches.add(bench);
        }
    }

    @AfterEach
    void stop() {
        upstream.releaseStalls();
        benches.forEach(Bench::close);
        upstream.close();
    }

    private FakeCluster.Node node(int number) {
        return cluster.node("node-" + number);
    }

    private Bench bench(int number) {
        return benches.get(number);
    }

    private Future<Buffer> fetch(int number) {
        return bench(number).fetch(file);
    }

    private void assertWhole(Future<Buffer> answer) {
        assertThat(await(answer).getBytes()).isEqualTo(file.bytes());
    }

    private int asked() {
        return upstream.bytesRequests(FILENAME);
    }

    private void assertKept(int number) {
        await().untilAsserted(() -> assertThat(bench(number).kept()).containsExactly(FILENAME));
    }

    private double sum(String name, String... tags) {
        return benches.stream().mapToDouble(bench -> bench.counted(name, tags)).sum();
    }

    /** A node begins, gets half of the file, and waits for the rest; two others follow it. */
    private List<Future<Buffer>> halfOnAll() {
        upstream.fault("/files/", new Fault.Times(1, new Fault.Stall(HALF)));
        List<Future<Buffer>> answers = new ArrayList<>();
        answers.add(fetch(0));
        await().until(() -> asked() == 1);
        answers.add(fetch(1));
        answers.add(fetch(2));
        awaitReceived(1, HALF / 2);
        awaitReceived(2, HALF / 2);
        return answers;
    }

    private void awaitReceived(int number, long bytes) {
        await().until(() -> bench(number).counted("cornucopia.files.received", "source", "peer") >= bytes);
    }

    @Nested
    class Well {
        @Test
        @DisplayName("however many ask however many nodes, upstream is asked once, and every node keeps the file")
        void once() {
            List<Future<Buffer>> answers = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                answers.add(fetch(i % 3));
            }
            answers.forEach(SeveralNodesTest.this::assertWhole);
            assertThat(asked()).isEqualTo(1);
            for (int i = 0; i < 3; i++) {
                assertKept(i);
            }
            assertThat(sum("cornucopia.files.arrived", "source", "upstream")).isEqualTo(1);
            assertThat(sum("cornucopia.files.arrived", "source", "peer")).isEqualTo(2);
            assertThat(sum("cornucopia.files.received", "source", "upstream")).isEqualTo(SIZE);
            assertThat(sum("cornucopia.files.received", "source", "peer")).isEqualTo(2 * SIZE);
            assertThat(sum("cornucopia.downloads", "result", "fetched")).isEqualTo(1);
            await().untilAsserted(() -> assertThat(cluster.leases()).isEmpty());
        }

        @Test
        @DisplayName("it arrives everywhere while it arrives at one")
        void streams() {
            List<Future<Buffer>> answers = halfOnAll();
            assertThat(asked()).isEqualTo(1);
            assertThat(sum("cornucopia.files.followed")).isEqualTo(2);
            upstream.releaseStalls();
            answers.forEach(SeveralNodesTest.this::assertWhole);
            assertThat(asked()).isEqualTo(1);
        }

        @Test
        @DisplayName("what another node has on its disk is taken from there")
        void fromDisk() {
            assertWhole(fetch(0));
            assertKept(0);
            upstream.down();
            assertWhole(fetch(2));
            assertKept(2);
            assertThat(node(1).link.questions).hasValue(0);
        }

        @Test
        @DisplayName("nobody takes from a node what that one takes from a third")
        void oneHop() {
            List<Future<Buffer>> answers = halfOnAll();
            assertThat(failure(Addresses.PEER_FILE.ask(bench(1).vertx, new PeerFileQuery(Bench.PROJECT, FILENAME))))
                    .isInstanceOf(Failure.NotFound.class);
            FileAnswer.Bytes first =
                    await(Addresses.PEER_FILE.ask(bench(0).vertx, new PeerFileQuery(Bench.PROJECT, FILENAME)));
            assertThat(first.handle()).isInstanceOf(GrowingFile.class);
            first.handle().close();
            upstream.releaseStalls();
            answers.forEach(SeveralNodesTest.this::assertWhole);
            assertThat(node(1).link.questions).hasValue(0);
            assertThat(node(2).link.questions).hasValue(0);
        }

        @Test
        @DisplayName("each knows what it has: nothing, some of it from upstream or from another, all of it")
        void holding() {
            assertThat(await(holdingOf(0))).isEmpty();
            List<Future<Buffer>> answers = halfOnAll();
            assertThat(await(holdingOf(0)))
                    .hasValueSatisfying(holding -> assertThat(holding.state()).isEqualTo(State.ARRIVING));
            assertThat(await(holdingOf(1))).hasValueSatisfying(holding -> {
                assertThat(holding.state()).isEqualTo(State.WANTED);
                assertThat(holding.received()).isBetween(HALF / 2L, (long) HALF);
            });
            upstream.releaseStalls();
            answers.forEach(SeveralNodesTest.this::assertWhole);
            assertKept(0);
            await().untilAsserted(() -> assertThat(await(holdingOf(0)))
                    .hasValue(new Holding(State.WHOLE, Optional.of(file.sha256()), SIZE)));
        }

        @Test
        @DisplayName("of what cannot be a file nothing is known")
        void holdingOfNothing() {
            for (String key :
                    new String[] {"", "/", "thing", "thing/", "thing/../secret", "thing/.hidden", "T!/a.whl"}) {
                assertThat(await(node(0).holding(key))).as(key).isEmpty();
            }
        }

        private Future<Optional<Holding>> holdingOf(int number) {
            return node(number).holding("thing/" + FILENAME);
        }

        @Test
        @DisplayName("what a node is asked for and does not have is not fetched")
        void nothingForOthers() {
            assertThat(failure(Addresses.PEER_FILE.ask(bench(0).vertx, new PeerFileQuery(Bench.PROJECT, FILENAME))))
                    .isInstanceOf(Failure.NotFound.class);
            assertThat(asked()).isZero();
            assertThat(bench(0).pageQuestions).isEmpty();
        }

        @Test
        @DisplayName("a file that lies there unread is handed out unread")
        void unread() throws IOException {
            Files.createDirectories(bench(0).keptFile(FILENAME).getParent());
            Files.write(bench(0).keptFile(FILENAME), file.bytes());
            FileAnswer.Bytes answer =
                    await(Addresses.PEER_FILE.ask(bench(0).vertx, new PeerFileQuery(Bench.PROJECT, FILENAME)));
            assertThat(((StoredFile) answer.handle()).sha256()).isEmpty();
            answer.handle().close();
            upstream.down();
            assertWhole(fetch(1));
        }

        @Test
        @DisplayName("HEAD asks nobody")
        void head() {
            await(bench(0).ask(FILENAME, Part.FILE, Purpose.HEAD));
            assertThat(cluster.questions).hasValue(0);
            assertThat(asked()).isZero();
        }

        @Test
        @DisplayName("files of ours come from the store, which all nodes share")
        void ours() throws IOException {
            bench(0).uploads.put(FILENAME, file.bytes());
            bench(0).listOwn(bench(0).described(file), ProjectStatus.ACTIVE);
            assertWhole(fetch(0));
            assertThat(cluster.questions).hasValue(0);
        }
    }

    @Nested
    class HolderFails {
        private void assertOthersGoOn(List<Future<Buffer>> answers) {
            assertWhole(answers.get(1));
            assertWhole(answers.get(2));
            assertThat(asked()).isEqualTo(2);
            Map<String, String> headers = lastAsked().headers();
            assertThat(headers.get("range")).matches("bytes=[1-9][0-9]*-");
            assertThat(rangeOf(lastAsked())).isGreaterThanOrEqualTo(HALF / 2);
            assertThat(headers.get("if-range")).startsWith("\"");
            assertThat(sum("cornucopia.files.takeovers")).isPositive();
            assertKept(1);
            assertKept(2);
        }

        private Seen lastAsked() {
            List<Seen> all = upstream.requests();
            return all.get(all.size() - 1);
        }

        private long rangeOf(Seen seen) {
            return Long.parseLong(seen.rangeHeader().orElseThrow().replaceAll("[^0-9]", ""));
        }

        @Test
        @DisplayName("it dies: the others go on from the byte that they have, one of them asks upstream")
        void dies() {
            List<Future<Buffer>> answers = halfOnAll();
            node(0).die();
            assertOthersGoOn(answers);
        }

        @Test
        @DisplayName("it freezes: the same")
        void freezes() {
            List<Future<Buffer>> answers = halfOnAll();
            node(0).link.freeze();
            assertOthersGoOn(answers);
        }

        @Test
        @DisplayName("of those that go on, who has most bytes asks upstream")
        void mostBytes() {
            node(0).link.slow("node-1", HALF / 4);
            upstream.fault("/files/", new Fault.Times(1, new Fault.Stall(HALF)));
            Future<Buffer> first = fetch(0);
            await().until(() -> asked() == 1);
            List<Future<Buffer>> answers = List.of(first, fetch(1), fetch(2));
            awaitReceived(1, HALF / 4);
            awaitReceived(2, HALF / 2);
            node(0).die();
            assertWhole(answers.get(1));
            assertWhole(answers.get(2));
            assertThat(asked()).isEqualTo(2);
            assertThat(rangeOf(lastAsked())).isGreaterThanOrEqualTo(HALF / 2);
        }

        @Test
        @DisplayName("its connection breaks: it is asked for the rest")
        void breaksOff() {
            node(0).link.cutOnceAfter(HALF);
            assertWhole(fetch(0));
            assertKept(0);
            upstream.down();
            assertWhole(fetch(1));
            assertThat(node(0).link.questions).hasValue(2);
        }

        @Test
        @DisplayName("it has the file whole and dies: another one that has it goes on")
        void wholeOneDies() {
            assertWhole(fetch(0));
            assertKept(0);
            assertWhole(fetch(1));
            assertKept(1);
            upstream.down();
            node(0).link.slow("node-2", HALF);
            node(1).link.slow("node-2", HALF);
            Future<Buffer> answer = fetch(2);
            awaitReceived(2, HALF);
            int asked = node(0).link.questions.get();
            (asked > 0 && !node(0).link.open.isEmpty() ? node(0) : node(1)).die();
            node(0).link.slow("node-2", SIZE);
            node(1).link.slow("node-2", SIZE);
            assertWhole(answer);
        }

        @Test
        @DisplayName("it gives wrong bytes: nothing is kept, and the next one asks upstream alone")
        void wrongBytes() {
            assertWhole(fetch(0));
            assertKept(0);
            node(0).link.garble();
            assertThat(failure(fetch(1))).isInstanceOf(Failure.DigestMismatch.class);
            await().untilAsserted(() -> assertThat(bench(1).partial()).isEmpty());
            assertThat(bench(1).kept()).isEmpty();
            assertThat(asked()).isEqualTo(1);
            assertWhole(fetch(1));
            assertThat(asked()).isEqualTo(2);
        }

        @Test
        @DisplayName("it is known to have another file of that name: it is not asked")
        void another() {
            GoldenFile other = file.withContent(Content.random(6, SIZE));
            upstream.put(other);
            bench(0).list(bench(0).described(other));
            assertThat(await(bench(0).fetch(other)).getBytes()).isEqualTo(other.bytes());
            assertKept(0);
            upstream.put(file);
            assertWhole(fetch(1));
            assertThat(asked()).isEqualTo(2);
        }

        @Test
        @DisplayName("upstream fails it: everybody is told what upstream said")
        void upstreamFails() {
            upstream.fault("/files/", new Fault.Status(404));
            List<Future<Buffer>> answers =
                    IntStream.range(0, 3).mapToObj(i -> fetch(i)).toList();
            answers.forEach(answer -> assertThat(failure(answer)).isInstanceOf(Failure.NotFound.class));
            await().untilAsserted(() -> assertThat(cluster.leases()).isEmpty());
        }

        @Test
        @DisplayName("it holds a lease and nothing else: in the end it is taken over")
        void idleHolder() {
            cluster.leaseTo(node(0), KEY);
            assertWhole(fetch(1));
            assertThat(asked()).isEqualTo(1);
            assertThat(bench(1).counted("cornucopia.files.takeovers")).isEqualTo(1);
        }

        @Test
        @DisplayName("without a digest only upstream's own tag proves that the rest belongs to what is here")
        void noDigest() {
            benches.forEach(bench -> bench.list(Bench.undescribed(bench.described(file))));
            List<Future<Buffer>> answers = halfOnAll();
            node(0).die();
            assertWhole(answers.get(1));
            assertWhole(answers.get(2));
            upstream.requests().stream()
                    .skip(1)
                    .forEach(seen -> assertThat(seen.headers().get("if-range")).startsWith("\""));
        }

        @Test
        @DisplayName("without a digest and without a tag nothing does, and the next one begins anew")
        void noProof() {
            benches.forEach(bench -> bench.list(Bench.undescribed(bench.described(file))));
            assertWhole(fetch(0));
            assertKept(0);
            node(0).link.slow("node-1", HALF);
            Future<Buffer> answer = fetch(1);
            awaitReceived(1, HALF);
            node(0).die();
            assertThat(failure(answer).message()).contains("nothing proves");
            assertWhole(fetch(1));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"THROWS", "FAILS", "APART"})
    @DisplayName("whatever is wrong with what nodes share, upstream is asked, and nobody is told of an error")
    void ill(FakeCluster.Illness illness) {
        cluster.illness = Optional.of(illness);
        List<Future<Buffer>> answers =
                IntStream.range(0, 9).mapToObj(i -> fetch(i % 3)).toList();
        answers.forEach(this::assertWhole);
        assertThat(asked()).isEqualTo(3);
    }

    @Test
    @DisplayName("while leases are not to be had, those who have equally many bytes agree on who asks upstream")
    void unanswered() {
        List<Future<Buffer>> answers = halfOnAll();
        awaitReceived(1, HALF);
        awaitReceived(2, HALF);
        cluster.illness = Optional.of(FakeCluster.Illness.UNANSWERED);
        node(0).link.freeze();
        assertWhole(answers.get(1));
        assertWhole(answers.get(2));
        assertThat(asked()).isEqualTo(2);
    }

    @Test
    @DisplayName("what is wrong with it in the middle of a file does not break it")
    void fallsIll() {
        List<Future<Buffer>> answers = halfOnAll();
        cluster.illness = Optional.of(FakeCluster.Illness.FAILS);
        AtomicLong received = new AtomicLong(upstream.bytesSent(FILENAME));
        node(0).die();
        assertWhole(answers.get(1));
        assertWhole(answers.get(2));
        assertThat(asked()).isLessThanOrEqualTo(3);
        assertThat(upstream.bytesSent(FILENAME) - received.get()).isLessThan(2 * SIZE);
    }
}
