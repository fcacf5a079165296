package io.cornucopia.acceptance;

import static io.cornucopia.testkit.Conditions.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cornucopia.testkit.Conversation;
import io.cornucopia.testkit.Crowd;
import io.cornucopia.testkit.GoldenFile;
import io.cornucopia.testkit.GoldenWheel;
import io.cornucopia.testkit.HttpProbe;
import io.cornucopia.testkit.LiveDirectory;
import io.cornucopia.testkit.TestCluster;
import io.cornucopia.testkit.UploadForm;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Uploads, yanks and deletions through any node of three: all see them before whoever asked has an answer. How often a node is
 * killed meanwhile, the system property {@code cornucopia.cluster.crashes} says: nine times unless told otherwise.
 */
class ClusterUploadsTest {
    private static final int CRASHES = Thorough.number("cornucopia.cluster.crashes", 30, 3);
    private static final int NODES = 3;
    private static final int OWN = 5;
    private static final int RACED = 5;
    private static final int LONGEST_MILLIS = 300;
    private static final Duration WITHIN = Duration.ofSeconds(60);

    @TempDir
    static Path directory;

    private static TestCluster cluster;
    private static List<OwnedNode> nodes;

    @BeforeAll
    static void start() {
        cluster = TestCluster.builder()
                .directory(directory)
                .set("upstream.url", "http://127.0.0.1:9/simple/")
                .set("upstream.offline", "true")
                .set("projects.acme-*.origin", "private")
                .jvm("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
                .start();
        nodes = OwnedNode.of(cluster);
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    /** What was sent under each filename, by SHA-256; and the digest that was acknowledged. */
    private final Map<String, Map<String, GoldenFile>> sent = new HashMap<>();

    private final Map<String, String> acknowledged = new HashMap<>();
    private final Queue<String> hidden = new ConcurrentLinkedQueue<>();
    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private int unanswered;

    @Test
    @DisplayName(
            "uploads through all nodes while one is killed -9, over and over: what got 200 is listed on all at once, and"
                    + " whole; each filename has one winner")
    void killed() throws InterruptedException {
        Set<String> projects = new HashSet<>();
        ExecutorService lookers = Executors.newFixedThreadPool(3);
        try {
            for (int round = 0; round < CRASHES; round++) {
                String project = "acme-fleet-" + round;
                projects.add(project);
                uploadUntilKilled(project, round, lookers);
            }
        } finally {
            lookers.shutdown();
            assertThat(lookers.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
        }
        assertThat(hidden)
                .as("seed %d: acknowledged, and not listed by all", seed)
                .isEmpty();
        cluster.nodes().forEach(node -> node.awaitReady());
        cluster.awaitAllMembers();
        int listed = 0;
        for (String project : projects) {
            listed += assertWhole(project);
        }
        System.out.printf(
                "CLUSTER UPLOADS %d kills, seed %d: %d acknowledged, %d unanswered, %d of those listed%n",
                CRASHES, seed, acknowledged.size(), unanswered, listed - acknowledged.size());
        assertThat(acknowledged).as("uploads got through at all").hasSizeGreaterThan(CRASHES * OWN);
        assertThat(unanswered).as("kills hit uploads").isGreaterThan(CRASHES / 2);
        await(
                "nothing is left of uploads that broke off",
                WITHIN,
                () -> LiveDirectory.files(cluster.store().resolve("incoming")).isEmpty());
    }

    /** Sends to all nodes at once, kills one, and starts that one again without waiting for it. */
    private void uploadUntilKilled(String project, int round, ExecutorService lookers) {
        int victim = round % NODES;
        await("the node to kill is up, and another one", WITHIN, () -> isReady(victim) && readyNodes() >= 2);
        List<List<GoldenFile>> files = new ArrayList<>();
        for (int node = 0; node < NODES; node++) {
            List<GoldenFile> its = new ArrayList<>();
            for (int i = 0; i < OWN; i++) {
                its.add(GoldenWheel.of(project, "1." + node + "." + i)
                        .payload(20_000 + i)
                        .build());
            }
            for (int i = 0; i < RACED; i++) {
                its.add(GoldenWheel.of(project, "2." + i).payload(30_000 + node).build());
            }
            its.forEach(file -> sent.computeIfAbsent(file.filename(), name -> new HashMap<>())
                    .put(file.sha256(), file));
            files.add(its);
        }
        try (Crowd crowd = new Crowd()) {
            List<List<CompletableFuture<Crowd.Reply>>> replies = new ArrayList<>();
            for (int node = 0; node < NODES; node++) {
                replies.add(crowd.post(
                        nodes.get(node).legacy(),
                        TestCluster.TOKEN,
                        files.get(node).stream().map(UploadForm::of).toList()));
            }
            List<CompletableFuture<?>> looked = new ArrayList<>();
            for (int node = 0; node < NODES; node++) {
                for (int i = 0; i < files.get(node).size(); i++) {
                    GoldenFile file = files.get(node).get(i);
                    looked.add(replies.get(node).get(i).thenAcceptAsync(reply -> look(file, reply), lookers));
                }
            }
            if (round % 2 == 1) {
                CompletableFuture.anyOf(replies.get(victim).toArray(CompletableFuture[]::new))
                        .orTimeout(20, TimeUnit.SECONDS)
                        .join();
            }
            // Not a wait for anything: the moment of the kill is what is tried out.
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(LONGEST_MILLIS)));
            cluster.node(victim).kill9();
            for (int node = 0; node < NODES; node++) {
                for (int i = 0; i < files.get(node).size(); i++) {
                    record(files.get(node).get(i), replies.get(node).get(i));
                }
            }
            looked.forEach(look -> look.handle((done, failed) -> done)
                    .orTimeout(60, TimeUnit.SECONDS)
                    .join());
        }
        cluster.node(victim).awaitExit(Duration.ofSeconds(20));
        cluster.node(victim).relaunch();
    }

    private boolean isReady(int number) {
        try {
            return nodes.get(number).node().probe().get("/health/ready").status() == 200;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    private int readyNodes() {
        int ready = 0;
        for (int number = 0; number < NODES; number++) {
            ready += isReady(number) ? 1 : 0;
        }
        return ready;
    }

    private void record(GoldenFile file, CompletableFuture<Crowd.Reply> answer) {
        Crowd.Reply reply = answer.handle((got, failure) -> failure == null ? got : new Crowd.Reply(0, ""))
                .orTimeout(60, TimeUnit.SECONDS)
                .join();
        if (reply.status() == 200) {
            String other = acknowledged.put(file.filename(), file.sha256());
            assertThat(other)
                    .as("seed %d: a second winner of %s", seed, file.filename())
                    .isNull();
        } else if (reply.status() == 0) {
            unanswered++;
        } else {
            assertThat(reply.status()).as(reply.text()).isEqualTo(409);
            assertThat(reply.text()).contains("File already exists");
        }
    }

    /** Looks whether what was just acknowledged is on the page of each node that can be reached. */
    private void look(GoldenFile file, Crowd.Reply reply) {
        if (reply.status() != 200) {
            return;
        }
        for (OwnedNode node : nodes) {
            try {
                String digest = node.digests(file.project()).get(file.filename());
                if (!file.sha256().equals(digest)) {
                    hidden.add(file.filename() + " on " + node.node().url() + ": " + digest);
                }
            } catch (UncheckedIOException e) {
                // That one was killed, or is still joining.
            } catch (AssertionError e) {
                hidden.add(file.filename() + " on " + node.node().url() + ": " + e.getMessage());
            }
        }
    }

    /** Asserts that all nodes list the same, that it is what was acknowledged, and whole; gives the number of files. */
    private int assertWhole(String project) {
        Map<String, String> digests = nodes.get(0).digests(project);
        acknowledged.forEach((filename, sha256) -> {
            if (sent.get(filename).get(sha256).project().equals(project)) {
                assertThat(digests).as("seed %d", seed).containsEntry(filename, sha256);
            }
        });
        for (OwnedNode node : nodes) {
            assertThat(node.digests(project)).as("seed %d", seed).isEqualTo(digests);
            assertThat(node.page(project).header("ETag"))
                    .isPresent()
                    .isEqualTo(nodes.get(0).page(project).header("ETag"));
            digests.forEach((filename, sha256) -> {
                assertThat(sent.get(filename))
                        .as("seed %d: %s was sent", seed, filename)
                        .containsKey(sha256);
                assertThat(node.digest(filename))
                        .as("seed %d: %s", seed, filename)
                        .isEqualTo(sha256);
            });
        }
        return digests.size();
    }

    @Test
    @DisplayName("what is uploaded, yanked, unyanked and deleted through one node is so on all before the answer")
    void managed() {
        cluster.nodes().forEach(node -> node.awaitReady());
        String project = "acme-managed";
        GoldenFile stays = GoldenWheel.of(project, "0.1").build();
        nodes.get(0).publish(stays);
        List<Conversation> readers = nodes.stream()
                .map(node ->
                        node.node().probe().header("Accept", PrivateIndex.JSON).connect())
                .toList();
        try {
            for (int round = 0; round < 2 * NODES; round++) {
                OwnedNode one = nodes.get(round % NODES);
                OwnedNode next = nodes.get((round + 1) % NODES);
                OwnedNode last = nodes.get((round + 2) % NODES);
                GoldenFile file =
                        GoldenWheel.of(project, "1." + round).payload(9_000).build();
                String release = project + "/releases/" + file.version();
                assertOnAll(readers, project, files -> files.get(file.filename()), null);
                one.publish(file);
                assertOnAll(readers, project, files -> yanked(files.get(file.filename())), "false");
                nodes.forEach(node -> node.assertServed(file));
                next.manage("PUT", release + "/yank");
                assertOnAll(readers, project, files -> yanked(files.get(file.filename())), "true");
                last.manage("DELETE", release + "/yank");
                assertOnAll(readers, project, files -> yanked(files.get(file.filename())), "false");
                one.manage("DELETE", release);
                assertOnAll(readers, project, files -> files.get(file.filename()), null);
                for (OwnedNode node : nodes) {
                    assertThat(node.node()
                                    .probe()
                                    .get("/packages/" + file.filename())
                                    .status())
                            .as(node.node().url())
                            .isEqualTo(404);
                    node.assertServed(stays);
                }
            }
        } finally {
            readers.forEach(Conversation::close);
        }
    }

    private static String yanked(JsonNode file) {
        return file == null ? "not listed" : file.path("yanked").asText();
    }

    /** Asks on connections that asked the same before, whose answers may be repeated without a question. */
    private static void assertOnAll(
            List<Conversation> readers,
            String project,
            java.util.function.Function<Map<String, JsonNode>, Object> what,
            Object expected) {
        for (int number = 0; number < readers.size(); number++) {
            HttpProbe.Response page = readers.get(number).get("/simple/" + project + "/");
            assertThat(what.apply(OwnedNode.files(page)))
                    .as("on node " + number)
                    .isEqualTo(expected);
        }
    }

    @Test
    @DisplayName(
            "an upload goes through while a node is frozen, and when that one wakes up its first answer lists the file")
    void frozen() {
        cluster.nodes().forEach(node -> node.awaitReady());
        cluster.awaitAllMembers();
        String project = "acme-frozen";
        nodes.get(1).publish(GoldenWheel.of(project, "1.0").build());
        GoldenFile file = GoldenWheel.of(project, "2.0").build();
        int sleeper = cluster.oldest();
        OwnedNode awake = nodes.get((sleeper + 1) % NODES);
        try (Conversation before = nodes.get(sleeper).reader(project)) {
            cluster.node(sleeper).stop();
            try {
                awake.publish(file);
                awake.assertServed(file);
                before.ask("/simple/" + project + "/");
            } finally {
                cluster.node(sleeper).cont();
            }
            assertThat(OwnedNode.files(before.read())).containsKey(file.filename());
        }
        nodes.get(sleeper).assertServed(file);
        cluster.awaitAllMembers();
    }
}
