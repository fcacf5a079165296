package io.cornucopia.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cornucopia.testkit.BasicCredentials;
import io.cornucopia.testkit.Crowd;
import io.cornucopia.testkit.GoldenFile;
import io.cornucopia.testkit.GoldenWheel;
import io.cornucopia.testkit.HttpProbe;
import io.cornucopia.testkit.LiveDirectory;
import io.cornucopia.testkit.Node;
import io.cornucopia.testkit.UploadForm;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Being killed while uploads arrive, over and over on one store: 100 times with {@code -Pthorough}, and as often as the system
 * property {@code cornucopia.crashes} says. The program starts from an archive of its classes and with the quick compiler alone, since
 * starting is nearly all that a round takes.
 */
class CrashTest {
    private static final int CRASHES = Thorough.number("cornucopia.crashes", 100, 10);
    private static final int ROUNDS_A_PROJECT = 5;
    private static final int UPLOADS = 50;
    private static final int LONGEST_MILLIS = 300;

    @TempDir
    Path directory;

    /** What was sent under each filename, by SHA-256; and the digest that was acknowledged. */
    private final Map<String, Map<String, GoldenFile>> sent = new HashMap<>();

    private final Map<String, String> acknowledged = new HashMap<>();
    private final Set<String> projects = new HashSet<>();
    private final AtomicInteger unanswered = new AtomicInteger();
    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private Node node;

    @BeforeEach
    void start() {
        node = builder(directory.resolve("node"))
                .jvm("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
                .start();
    }

    private static Node.Builder builder(Path directory) {
        Node.Builder builder = Node.builder()
                .workDir(directory)
                .set("cache.dir", directory.resolve("cache").toString())
                .set("upstream.url", "http://127.0.0.1:9/simple/")
                .set("upstream.offline", "true")
                .set("projects.acme-*.origin", "private");
        String[] own = PrivateIndex.own(directory);
        for (int i = 0; i < own.length; i += 2) {
            builder.set(own[i], own[i + 1]);
        }
        return builder;
    }

    @AfterEach
    void stop() {
        node.close();
    }

    @Test
    @DisplayName("kill -9 at any moment: what got 200 is there and whole, and nothing is listed that is not whole")
    void killed() {
        int restMillis = 0;
        for (int round = 0; round < CRASHES; round++) {
            String project = "acme-victim-" + round / ROUNDS_A_PROJECT;
            projects.add(project);
            restMillis += uploadUntilKilled(project, round);
            node.restart();
            check(project, round);
        }
        projects.forEach(project -> check(project, -1));
        System.out.printf(
                "CRASH %d kills after %d ms on average, seed %d: %d acknowledged, %d unanswered, %d of those listed%n",
                CRASHES,
                restMillis / CRASHES,
                seed,
                acknowledged.size(),
                unanswered.get(),
                projects.stream().mapToInt(project -> listed(project).size()).sum() - acknowledged.size());
        assertThat(acknowledged).as("uploads got through at all").hasSizeGreaterThan(CRASHES);
        assertThat(unanswered.get()).as("kills hit uploads").isGreaterThan(CRASHES);
        assertThat(incoming()).isEmpty();
    }

    private int uploadUntilKilled(String project, int round) {
        List<GoldenFile> files = new ArrayList<>();
        for (int i = 0; i < UPLOADS / 2; i++) {
            String other = round + "." + i;
            files.add(GoldenWheel.of(project, other).payload(2_000 + i).build());
            files.add(GoldenWheel.of(project, round + ".999").payload(3_000 + i).build());
        }
        files.forEach(file ->
                sent.computeIfAbsent(file.filename(), name -> new TreeMap<>()).put(file.sha256(), file));
        int millis = random.nextInt(LONGEST_MILLIS);
        try (Crowd crowd = new Crowd()) {
            List<CompletableFuture<Crowd.Reply>> replies = crowd.post(
                    URI.create(node.url() + "/legacy/"),
                    PrivateIndex.TOKEN,
                    files.stream().map(UploadForm::of).toList());
            if (round % 2 == 1) {
                // By then all is loaded that uploads need, so that the kill comes among many.
                CompletableFuture.anyOf(replies.toArray(CompletableFuture[]::new))
                        .orTimeout(20, TimeUnit.SECONDS)
                        .join();
            }
            // Not a wait for anything: the moment of the kill is what is tried out.
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
            node.kill9();
            for (int i = 0; i < files.size(); i++) {
                record(files.get(i), replies.get(i));
            }
        }
        node.awaitExit(Duration.ofSeconds(20));
        return millis;
    }

    private void record(GoldenFile file, CompletableFuture<Crowd.Reply> answer) {
        Crowd.Reply reply = answer.handle((got, failure) -> failure == null ? got : new Crowd.Reply(0, ""))
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
        if (reply.status() == 200) {
            String other = acknowledged.put(file.filename(), file.sha256());
            assertThat(other).as("a second winner of " + file.filename()).isNull();
        } else if (reply.status() == 0) {
            unanswered.incrementAndGet();
        } else {
            assertThat(reply.status()).as(reply.text()).isEqualTo(409);
        }
    }

    /** Checks a page, and the bytes of what that round sent, or of all. */
    private void check(String project, int round) {
        String what = "seed " + seed + ", round " + round + ", ";
        Map<String, JsonNode> listed = listed(project);
        acknowledged.forEach((filename, sha256) -> {
            if (filename.startsWith(project.replace('-', '_') + "-")) {
                assertThat(listed).as(what + filename).containsKey(filename);
                assertThat(listed.get(filename).at("/hashes/sha256").asText())
                        .as(what + filename)
                        .isEqualTo(sha256);
            }
        });
        listed.forEach((filename, says) -> {
            String sha256 = says.at("/hashes/sha256").asText();
            GoldenFile file = sent.get(filename).get(sha256);
            assertThat(file).as(what + filename + " is one that was sent").isNotNull();
            if (round < 0 || file.version().startsWith(round + ".")) {
                assertWhole(file, says, what);
            }
        });
    }

    private void assertWhole(GoldenFile file, JsonNode says, String what) {
        HttpProbe.Response bytes = node.probe().get("/packages/" + file.filename());
        assertThat(bytes.body()).as(what + file.filename()).isEqualTo(file.bytes());
        assertThat(says.get("size").asLong()).isEqualTo(file.size());
        HttpProbe.Response metadata = node.probe().get("/packages/" + file.filename() + ".metadata");
        assertThat(metadata.body())
                .as(what + file.filename())
                .isEqualTo(file.metadata().orElseThrow());
    }

    private Map<String, JsonNode> listed(String project) {
        HttpProbe.Response page = node.probe()
                .header("Accept", PrivateIndex.JSON)
                .header("Authorization", BasicCredentials.of("__token__", PrivateIndex.TOKEN))
                .get("/simple/" + project + "/");
        assertThat(page.status()).as(page.text()).isIn(200, 404);
        Map<String, JsonNode> files = new TreeMap<>();
        if (page.status() == 200) {
            PrivateIndex.json(page)
                    .get("files")
                    .forEach(file -> files.put(file.get("filename").asText(), file));
        }
        return files;
    }

    private List<String> incoming() {
        return LiveDirectory.files(directory.resolve("node/store/incoming"));
    }
}
