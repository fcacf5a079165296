package io.cornucopia.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cornucopia.bus.Addresses;
import io.cornucopia.bus.EverythingChanged;
import io.cornucopia.bus.Failure;
import io.cornucopia.bus.ListedFileQuery;
import io.cornucopia.bus.PageAnswer;
import io.cornucopia.bus.PeerPageAnswer;
import io.cornucopia.bus.PeerPageQuery;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.Representation;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three metadata caches of one cluster, each with a disk of its own, before one index. */
class ClusterTest {
    @TempDir
    Path directory;

    private final TwinCluster cluster = new TwinCluster();
    private final List<Bench> nodes = new ArrayList<>();

    @BeforeEach
    void start() {
        for (int i = 0; i < 3; i++) {
            join();
        }
    }

    private Bench join() {
        Bench first = nodes.isEmpty() ? null : nodes.get(0);
        Bench node = new Bench(directory.resolve("meta-" + nodes.size()), first);
        node.cluster = cluster.join(node.vertx);
        nodes.add(node);
        return node.start();
    }

    @AfterEach
    void stop() {
        nodes.forEach(Bench::close);
    }

    private ScriptedIndex index() {
        return nodes.get(0).index;
    }

    private TwinCluster.Part part(Bench node) {
        return (TwinCluster.Part) node.cluster;
    }

    private void advance(Duration duration) {
        nodes.forEach(node -> node.clock.advance(duration));
    }

    private static double refreshed(Bench node, String source) {
        return node.count("cornucopia.pages.refreshes", "source", source);
    }

    /** Answers that project's page only when the test says so. */
    private final class Held {
        private final List<HttpServerRequest> requests = new CopyOnWriteArrayList<>();

        Held(String project) {
            index().onPage(project, requests::add);
        }

        void awaitRequests(int count) {
            await().untilAsserted(() -> assertThat(requests).hasSize(count));
        }

        void answer(String project, String etag, String... filenames) {
            index().page(project, etag, filenames);
            for (HttpServerRequest request : requests) {
                index().answerLate(request);
            }
        }
    }

    @Test
    @DisplayName("many cold projects asked through all nodes at once are one question each, and one page on all")
    void coldProjects() {
        List<Future<PageAnswer>> answers = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            index().page("p" + i, "\"1\"", "p" + i + "-1.0.tar.gz");
            for (Bench node : nodes) {
                answers.add(node.ask("p" + i));
            }
        }
        for (int i = 0; i < 200; i++) {
            PageAnswer one = Bench.await(answers.get(3 * i));
            for (int j = 0; j < 3; j++) {
                PageAnswer answer = Bench.await(answers.get(3 * i + j));
                assertThat(answer.revision()).isEqualTo(one.revision());
                assertThat(answer.page()).isEqualTo(one.page());
            }
            assertThat(index().askedForPage("p" + i)).hasSize(1);
        }
        assertThat(nodes.stream()
                        .mapToDouble(node -> refreshed(node, "upstream"))
                        .sum())
                .isEqualTo(200);
        assertThat(nodes.stream().mapToDouble(node -> refreshed(node, "peer")).sum())
                .isEqualTo(400);
        assertThat(cluster.holders).isEmpty();
    }

    @Test
    @DisplayName("who joins serves what another has fresh without asking upstream: pages, and that there is none")
    void joining() {
        index().page("six", "\"1\"", "six-1.0.tar.gz");
        PageAnswer before = nodes.get(0).page("six");
        assertThat(nodes.get(1).pageFailure("nothing")).isInstanceOf(Failure.NotFound.class);

        Bench joined = join();
        PageAnswer after = joined.page("six");

        assertThat(after).isEqualTo(before);
        assertThat(joined.pageFailure("nothing")).isInstanceOf(Failure.NotFound.class);
        assertThat(index().askedForPage("six")).hasSize(1);
        assertThat(index().askedForPage("nothing")).hasSize(1);
        assertThat(joined.directory.resolve("six.json")).exists();
        joined.restart();
        assertThat(joined.page("six")).as("from its own disk").isEqualTo(before);
    }

    @Test
    @DisplayName("that there is no such project is believed for as long as by who was told")
    void negativeEnds() {
        assertThat(nodes.get(0).pageFailure("six")).isInstanceOf(Failure.NotFound.class);
        advance(Bench.NEGATIVE_TTL.minusSeconds(1));
        assertThat(nodes.get(1).pageFailure("six")).isInstanceOf(Failure.NotFound.class);
        assertThat(index().askedForPage("six")).hasSize(1);
        index().page("six", "\"1\"", "six-1.0.tar.gz");
        advance(Duration.ofSeconds(1));
        assertThat(nodes.get(1).filenames("six")).containsExactly("six-1.0.tar.gz");
        assertThat(nodes.get(0).filenames("six")).containsExactly("six-1.0.tar.gz");
        assertThat(index().askedForPage("six")).hasSize(2);
    }

    @Test
    @DisplayName("who asked may be gone: others have the page from it")
    void fromWhoHasIt() {
        index().page("six", "\"1\"", "six-1.0.tar.gz");
        nodes.get(0).page("six");
        nodes.get(1).page("six");
        part(nodes.get(0)).gone = true;
        assertThat(nodes.get(2).filenames("six")).containsExactly("six-1.0.tar.gz");
        assertThat(index().askedForPage("six")).hasSize(1);

        part(nodes.get(1)).gone = true;
        part(nodes.get(2)).gone = true;
        assertThat(join().filenames("six")).as("nobody has it").containsExactly("six-1.0.tar.gz");
        assertThat(index().askedForPage("six")).hasSize(2);
    }

    @Test
    @DisplayName("a page that is old on all is asked for by one, and confirmed on all")
    void oneRefresh() {
        index().page("six", "\"1\"", "six-1.0.tar.gz");
        nodes.forEach(node -> node.page("six"));
        advance(Bench.TTL);
        List<Future<PageAnswer>> answers =
                nodes.stream().map(node -> node.ask("six")).toList();
        for (Future<PageAnswer> answer : answers) {
            assertThat(Bench.await(answer).checkedAt())
                    .isEqualTo(nodes.get(0).clock.instant());
        }
        assertThat(index().askedForPage("six")).hasSize(2);
        assertThat(index().askedForPage("six").get(1).headers().get("If-None-Match"))
                .isEqualTo("\"1\"");
        assertThat(nodes.get(1).restart().page("six").checkedAt())
                .isEqualTo(nodes.get(0).clock.instant());
        assertThat(part(nodes.get(0)).announced).isEmpty();
        assertThat(part(nodes.get(1)).announced).isEmpty();
    }

    @Test
    @DisplayName("what one finds changed is news on all, and served by all from then on")
    void changedElsewhere() {
        index().page("six", "\"1\"", "six-1.0.tar.gz");
        nodes.forEach(node -> node.page("six"));
        index().page("six", "\"2\"", "six-1.0.tar.gz", "six-2.0.tar.gz");
        advance(Duration.ofSeconds(1));

        // As when a file of the page is not to be had any more.
        Bench.await(nodes.get(0).askFile("six-1.0.tar.gz", ListedFileQuery.Effort.ASK_AGAIN));

        for (Bench node : nodes) {
            await().untilAsserted(() -> assertThat(node.changed).contains(new ProjectName("six")));
            assertThat(node.filenames("six")).containsExactly("six-1.0.tar.gz", "six-2.0.tar.gz");
        }
        assertThat(nodes.stream().map(node -> node.page("six").revision()).distinct())
                .hasSize(1);
        assertThat(index().askedForPage("six")).hasSize(2);
        assertThat(part(nodes.get(0)).announced).containsExactly("PAGE six");
    }

    @Test
    @DisplayName("two that want a newer page than theirs are one question, and a third that has the newest asks again")
    void askedAgainAtOnce() {
        index().page("six", "\"1\"", "six-1.0.tar.gz");
        nodes.forEach(node -> node.page("six"));
        advance(Duration.ofSeconds(1));
        Held held = new Held("six");
        List<Future<?>> answers = new ArrayList<>();
        answers.add(nodes.get(0).askFile("six-1.0.tar.gz", ListedFileQuery.Effort.ASK_AGAIN));
        answers.add(nodes.get(1).askFile("six-1.0.tar.gz", ListedFileQuery.Effort.ASK_AGAIN));
        held.awaitRequests(1);
        held.answer("six", "\"2\"", "six-1.0.tar.gz", "six-3.0.tar.gz");
        answers.forEach(Bench::await);
        assertThat(index().askedForPage("six")).hasSize(2);
        Bench.await(nodes.get(0).askFile("six-1.0.tar.gz", ListedFileQuery.Effort.ASK_AGAIN));
        assertThat(index().askedForPage("six")).hasSize(3);
    }

    @Test
    @DisplayName("who was away when a page changed does not serve the one on its disk, young as it is")
    void awayWhenChanged() {
        index().page("six", "\"1\"", "six-1.0.tar.gz");
        nodes.forEach(node -> node.page("six"));
        nodes.get(2).stop();
        advance(Duration.ofSeconds(1));
        index().page("six", "\"2\"", "six-2.0.tar.gz");
        Bench.await(nodes.get(0).askFile("six-1.0.tar.gz", ListedFileQuery.Effort.ANY_AGE));
        Bench.await(Future.join(List.of(nodes.get(0).askFile("six-1.0.tar.gz", ListedFileQuery.Effort.ASK_AGAIN)))
                .otherwiseEmpty());
        assertThat(index().askedForPage("six")).hasSize(2);

        nodes.get(2).start();

        assertThat(nodes.get(2).filenames("six")).containsExactly("six-2.0.tar.gz");
        assertThat(index().askedForPage("six")).hasSize(2);
    }

    @Test
    @DisplayName("a file that the newest page lists is found by who has not heard of that page yet")
    void fileOfTheNewestPage() {
        index().page("six", "\"1\"", "six-1.0.tar.gz");
        nodes.forEach(node -> node.page("six"));
        advance(Duration.ofSeconds(1));
        index().page("six", "\"2\"", "six-1.0.tar.gz", "six-2.0.tar.gz");
        part(nodes.get(1)).frozen = true;
        Bench.await(nodes.get(0).askFile("six-1.0.tar.gz", ListedFileQuery.Effort.ASK_AGAIN));
        await().untilAsserted(() -> assertThat(part(nodes.get(0)).announced).containsExactly("PAGE six"));
        assertThat(nodes.get(1).filenames("six")).as("it has not heard").hasSize(1);

        assertThat(nodes.get(1).projectOf("six-2.0.tar.gz")).isEqualTo("six");
        assertThat(nodes.get(1).fileFailure("six-3.0.tar.gz")).isInstanceOf(Failure.NotFound.class);
        assertThat(index().askedForPage("six")).hasSize(2);
    }

    @Test
    @DisplayName("a file whose name misleads is found by who has not read its page")
    void misleadingName() {
        index().page("foo-2", "\"1\"", "foo-2-1.0.win32.exe", "foo-2-1.0-py2.7.egg");
        assertThat(nodes.get(0).filenames("foo-2")).hasSize(2);
        for (Bench node : nodes) {
            assertThat(node.projectOf("foo-2-1.0.win32.exe")).isEqualTo("foo-2");
            assertThat(node.projectOf("foo-2-1.0-py2.7.egg")).isEqualTo("foo-2");
        }
        assertThat(nodes.get(1).fileFailure("foo-2-" + "1-".repeat(40) + "1.win32.exe"))
                .isInstanceOf(Failure.NotFound.class);
        assertThat(index().askedForPage("foo-2")).hasSize(1);
    }

    @Test
    @DisplayName("who waits for another node that freezes asks in its place, and the others wait for that one")
    void holderFrozen() {
        Held held = new Held("six");
        Future<PageAnswer> first = nodes.get(0).ask("six");
        held.awaitRequests(1);
        Future<PageAnswer> second = nodes.get(1).ask("six");
        Future<PageAnswer> third = nodes.get(2).ask("six");
        part(nodes.get(0)).frozen = true;
        held.awaitRequests(2);
        held.answer("six", "\"1\"", "six-1.0.tar.gz");

        for (Future<PageAnswer> answer : List.of(first, second, third)) {
            assertThat(Bench.await(answer).page().files()).hasSize(1);
        }
        assertThat(index().askedForPage("six")).hasSize(2);
        await().untilAsserted(() -> assertThat(cluster.holders).isEmpty());
    }

    @Test
    @DisplayName("a node that freezes after it has told is passed over, and not waited for with each page")
    void peerFrozen() {
        for (int i = 0; i < 20; i++) {
            index().page("p" + i, "\"1\"", "p" + i + "-1.0.tar.gz");
            nodes.get(0).page("p" + i);
        }
        part(nodes.get(0)).frozen = true;
        for (int i = 0; i < 20; i++) {
            assertThat(nodes.get(1).filenames("p" + i)).hasSize(1);
            assertThat(index().askedForPage("p" + i)).hasSize(2);
        }
        assertThat(nodes.get(2).filenames("p1")).as("from the other one").hasSize(1);
        assertThat(index().askedForPage("p1")).hasSize(2);
    }

    @Test
    @DisplayName("who is slow but alive is waited for")
    void holderSlow() throws InterruptedException {
        Held held = new Held("six");
        Future<PageAnswer> first = nodes.get(0).ask("six");
        held.awaitRequests(1);
        Future<PageAnswer> second = nodes.get(1).ask("six");
        // Many times as long as a node is waited for that does not answer.
        Bench.await(nodes.get(1).vertx.timer(300).mapEmpty());
        assertThat(second.isComplete()).isFalse();
        held.answer("six", "\"1\"", "six-1.0.tar.gz");
        assertThat(Bench.await(second).revision()).isEqualTo(Bench.await(first).revision());
        assertThat(index().askedForPage("six")).hasSize(1);
    }

    @Test
    @DisplayName("when the cluster is ill each node does as if it were alone")
    void ill() {
        cluster.ill = true;
        index().page("six", "\"1\"", "six-1.0.tar.gz");
        for (Bench node : nodes) {
            assertThat(node.filenames("six")).containsExactly("six-1.0.tar.gz");
        }
        assertThat(index().askedForPage("six")).hasSize(3);
    }

    @Test
    @DisplayName("what fails for the one that asks fails for who waits for it, without a loop")
    void upstreamFails() {
        index().status("six", 500);
        List<Future<PageAnswer>> answers =
                nodes.stream().map(node -> node.ask("six")).toList();
        for (Future<PageAnswer> answer : answers) {
            assertThat(Bench.failure(answer)).isInstanceOf(Failure.UpstreamFailed.class);
        }
        assertThat(cluster.holders).isEmpty();
    }

    @Test
    @DisplayName("clocks that are apart make more questions, not endless ones")
    void clocksApart() {
        index().page("six", "\"1\"", "six-1.0.tar.gz");
        nodes.get(1).clock.advance(Duration.ofDays(2));
        nodes.get(2).clock.advance(Duration.ofDays(-2));
        for (int i = 0; i < 3; i++) {
            for (Bench node : nodes) {
                assertThat(node.filenames("six")).containsExactly("six-1.0.tar.gz");
                assertThat(node.page("six").checkedAt()).isBeforeOrEqualTo(node.clock.instant());
            }
            advance(Bench.TTL);
        }
        assertThat(index().askedForPage("six")).hasSizeLessThan(20);
    }

    @Test
    @DisplayName(
            "files on hosts that only another node allows are left out; for those that only this one allows upstream is asked")
    void hostsApart() {
        nodes.get(1).stop();
        nodes.get(1).fileHosts = List.of("other.example");
        nodes.get(1).start();
        index().body(
                        "six",
                        ScriptedIndex.JSON,
                        "\"1\"",
                        "{\"meta\":{\"api-version\":\"1.1\"},\"name\":\"six\",\"files\":["
                                + ScriptedIndex.file("six-1.0.tar.gz") + ","
                                + "{\"filename\":\"six-2.0.tar.gz\",\"url\":\"http://other.example/six-2.0.tar.gz\",\"hashes\":{}}]}");
        assertThat(nodes.get(0).filenames("six")).containsExactly("six-1.0.tar.gz");
        assertThat(nodes.get(1).filenames("six")).containsExactly("six-1.0.tar.gz", "six-2.0.tar.gz");
        assertThat(nodes.get(2).filenames("six")).containsExactly("six-1.0.tar.gz");
        assertThat(nodes.get(1).restart().filenames("six")).contains("six-2.0.tar.gz");
        assertThat(nodes.get(2).restart().filenames("six")).doesNotContain("six-2.0.tar.gz");
    }

    @Test
    @DisplayName("an upload on one node is on the pages of all once it is announced")
    void uploads() {
        nodes.get(2).index.page("acme", "\"1\"", "acme-0.1.tar.gz");
        for (Bench node : nodes) {
            assertThat(node.filenames("acme")).containsExactly("acme-0.1.tar.gz");
        }
        nodes.get(0).upload("acme", "1.0", "acme-1.0.tar.gz");
        for (Bench node : nodes) {
            assertThat(node.filenames("acme")).containsExactly("acme-1.0.tar.gz");
            await().untilAsserted(() -> assertThat(node.changed).contains(new ProjectName("acme")));
        }
        nodes.get(1).uploads.yank("acme", "acme-1.0.tar.gz", "bad");
        nodes.get(1).announce("acme");
        for (Bench node : nodes) {
            assertThat(node.page("acme").page().files().get(0).yank()).isPresent();
        }
        assertThat(nodes.stream().map(node -> node.page("acme").revision()).distinct())
                .hasSize(1);
    }

    @Test
    @DisplayName("what a node had decided to publish when it died is published and told by those who live")
    void finishedForTheDead() {
        assertThat(nodes.get(1).ownProjects()).isEmpty();
        assertThat(nodes.get(2).ownProjects()).isEmpty();
        nodes.get(1).uploads.abandon("acme");

        part(nodes.get(0)).leave();

        for (Bench node : nodes.subList(1, 3)) {
            await().untilAsserted(() -> assertThat(node.filenames("acme")).containsExactly("acme-9.9.tar.gz"));
        }
    }

    @Test
    @DisplayName("what a process had decided when it died it tells itself when it starts again")
    void finishedAtStart() {
        assertThat(nodes.get(1).ownProjects()).isEmpty();
        nodes.get(0).stop();
        nodes.get(0).uploads.abandon("acme");
        nodes.get(0).start();
        await().untilAsserted(() -> assertThat(nodes.get(1).filenames("acme")).containsExactly("acme-9.9.tar.gz"));
    }

    @Test
    @DisplayName("the root list is the same on all nodes, whoever has the pages")
    void rootList() {
        for (int i = 0; i < 3; i++) {
            index().page("p" + i, "\"1\"", "p" + i + "-1.0.tar.gz");
            nodes.get(i).page("p" + i);
        }
        nodes.get(1).upload("ours", "1.0", "ours-1.0.tar.gz");
        List<String> lists =
                nodes.stream().map(node -> node.rootText(Representation.JSON)).toList();
        assertThat(lists.get(0)).contains("\"p0\"", "\"p1\"", "\"p2\"", "\"ours\"");
        assertThat(lists.stream().distinct()).hasSize(1);
        assertThat(nodes.stream()
                        .map(node -> {
                            var answer = node.rootAnswer(Representation.HTML, true);
                            answer.body().close();
                            return answer.etag();
                        })
                        .distinct())
                .hasSize(1);
        advance(Duration.ofSeconds(5));
        index().page("later", "\"1\"", "later-1.0.tar.gz");
        nodes.get(2).page("later");
        for (Bench node : nodes) {
            assertThat(node.rootText(Representation.JSON)).contains("\"later\"");
        }
    }

    @Test
    @DisplayName("who may have missed news serves nothing from before: uploads, changed pages, what is rendered")
    void missed() {
        index().page("six", "\"1\"", "six-1.0.tar.gz");
        index().page("acme", "\"1\"", "acme-0.1.tar.gz");
        index().page("ours", "\"1\"", "ours-0.1.tar.gz");
        Bench slept = nodes.get(1);
        slept.upload("ours", "1.0", "ours-1.0.tar.gz");
        slept.page("six");
        slept.page("acme");
        slept.page("ours");
        List<EverythingChanged> heard = new CopyOnWriteArrayList<>();
        Addresses.EVERYTHING_CHANGED.listen(slept.vertx, heard::add);
        advance(Duration.ofSeconds(1));
        part(slept).frozen = true;
        nodes.get(0).upload("acme", "1.0", "acme-1.0.tar.gz");
        nodes.get(0).upload("ours", "2.0", "ours-2.0.tar.gz");
        index().page("six", "\"2\"", "six-2.0.tar.gz");
        nodes.get(0).page("six");
        Bench.failure(nodes.get(0).askFile("six-1.0.tar.gz", ListedFileQuery.Effort.ASK_AGAIN));
        assertThat(nodes.get(0).filenames("six")).containsExactly("six-2.0.tar.gz");
        assertThat(slept.filenames("acme")).as("it knows nothing").containsExactly("acme-0.1.tar.gz");
        part(slept).frozen = false;

        Bench.await(part(slept).listeners.get(0).missed());

        assertThat(heard).hasSize(1);
        assertThat(slept.filenames("acme")).containsExactly("acme-1.0.tar.gz");
        assertThat(slept.filenames("ours")).containsExactly("ours-1.0.tar.gz", "ours-2.0.tar.gz");
        assertThat(slept.filenames("six")).containsExactly("six-2.0.tar.gz");
        assertThat(slept.ownProjects()).hasSize(2);
    }

    @Test
    @DisplayName("as long as it cannot be read after that which projects have uploads, nothing is guessed")
    void missedAndTheStoreIsBroken() {
        index().page("six", "\"1\"", "six-1.0.tar.gz");
        index().page("acme", "\"1\"", "acme-0.1.tar.gz");
        Bench slept = nodes.get(1);
        slept.uploads.put("acme", "1.0", "acme-1.0.tar.gz");
        slept.uploads.breakDown(true);

        Bench.await(part(slept).listeners.get(0).missed());

        assertThat(slept.pageFailure("acme")).isInstanceOf(Failure.Internal.class);
        assertThat(slept.pageFailure("six")).isInstanceOf(Failure.Internal.class);
        assertThat(index().askedForPage("acme")).isEmpty();
        slept.uploads.breakDown(false);
        assertThat(slept.filenames("acme")).containsExactly("acme-1.0.tar.gz");
        assertThat(slept.filenames("six")).containsExactly("six-1.0.tar.gz");
        await().untilAsserted(() -> assertThat(slept.ownProjects()).hasSize(1));
        assertThat(index().askedForPage("acme")).isEmpty();
    }

    @Test
    @DisplayName("another node gets the page as it lies on the disk, and nothing is fetched for it")
    void documents() throws IOException {
        index().page("six", "\"1\"", "six-1.0.tar.gz");
        PageAnswer page = nodes.get(0).page("six");
        PeerPageAnswer answer =
                Bench.await(Addresses.PEER_PAGE.ask(nodes.get(0).vertx, new PeerPageQuery(new ProjectName("six"))));
        try (var document = answer.document()) {
            ByteBuffer bytes = ByteBuffer.allocate((int) document.size());
            assertThat(document.channel().read(bytes, 0)).isEqualTo(bytes.capacity());
            assertThat(bytes.array())
                    .isEqualTo(Files.readAllBytes(nodes.get(0).directory.resolve("six.json")));
        }
        assertThat(answer.revision()).isEqualTo(page.revision());
        assertThat(Bench.failure(
                        Addresses.PEER_PAGE.ask(nodes.get(1).vertx, new PeerPageQuery(new ProjectName("six")))))
                .isInstanceOf(Failure.NotFound.class);
        assertThat(index().askedForPage("six")).hasSize(1);
    }
}
