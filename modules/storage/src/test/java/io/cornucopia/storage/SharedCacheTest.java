package io.cornucopia.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.cornucopia.core.Digest;
import io.cornucopia.core.HashAlgorithm;
import io.cornucopia.core.ProjectName;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One cache directory for several nodes. */
class SharedCacheTest {
    private static final ProjectName PROJECT = new ProjectName("six");

    @TempDir
    Path directory;

    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void close() {
        get(vertx.close());
    }

    private static <T> T get(Future<T> future) {
        return future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(30, TimeUnit.SECONDS)
                .join();
    }

    /** A node's part in it. */
    private static final class Node {
        final OpenFiles openFiles = new OpenFiles(100, Duration.ofMinutes(10));
        final FileCache cache;

        Node(Vertx vertx, Path directory, OptionalLong maxSize) {
            cache = new FileCache(vertx, directory, maxSize, openFiles, new SimpleMeterRegistry());
            get(cache.open());
        }
    }

    private Node node() {
        return new Node(vertx, directory, OptionalLong.empty());
    }

    private static Download take(Node node, String filename, byte[] bytes) {
        return get(node.cache.take(
                new CacheEntry(PROJECT, filename, Optional.empty()),
                OptionalLong.of(bytes.length),
                List.of(sha256(bytes))));
    }

    private static Digest sha256(byte[] bytes) {
        return SampleUpload.digest(HashAlgorithm.SHA256, bytes);
    }

    private static void keep(Node node, String filename, byte[] bytes) {
        Download download = take(node, filename, bytes);
        download.write(Buffer.buffer(bytes));
        download.end();
        get(download.finished()).orElseThrow().close();
    }

    private static Optional<StoredFile> find(Node node, String filename) {
        return get(node.cache.find(new CacheEntry(PROJECT, filename, Optional.empty())));
    }

    private static byte[] bytes(StoredFile file) throws IOException {
        try (file) {
            ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
            while (bytes.hasRemaining() && file.channel().read(bytes, bytes.position()) >= 0) {
                // Read on.
            }
            return bytes.array();
        }
    }

    private List<Path> partial() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("partial"))) {
            return files.toList();
        }
    }

    @Test
    @DisplayName("what one keeps another finds, also where it has looked before")
    void found() throws Exception {
        Node one = node();
        Node other = node();
        assertThat(find(other, "six-1.0.tar.gz")).isEmpty();
        byte[] bytes = SampleUpload.random(100_000, 1);
        keep(one, "six-1.0.tar.gz", bytes);
        assertThat(bytes(find(other, "six-1.0.tar.gz").orElseThrow())).isEqualTo(bytes);
    }

    @Test
    @DisplayName(
            "two that take in the same file at once both finish it, and so does one that has another file of that name")
    void atOnce() throws Exception {
        Node one = node();
        Node other = node();
        byte[] bytes = SampleUpload.random(200_000, 1);
        byte[] changed = SampleUpload.random(200_000, 2);
        for (int round = 0; round < 20; round++) {
            String filename = "six-1." + round + ".tar.gz";
            List<Download> downloads =
                    List.of(take(one, filename, bytes), take(other, filename, bytes), take(other, filename, changed));
            downloads.get(0).write(Buffer.buffer(bytes));
            downloads.get(1).write(Buffer.buffer(bytes));
            downloads.get(2).write(Buffer.buffer(changed));
            downloads.forEach(Download::end);
            for (int i = 0; i < 3; i++) {
                StoredFile kept = get(downloads.get(i).finished()).orElseThrow();
                byte[] own = i == 2 ? changed : bytes;
                assertThat(kept.sha256()).contains(sha256(own));
                assertThat(bytes(kept)).isEqualTo(own);
            }
            for (Node node : List.of(one, other)) {
                // Whichever it is, it is known for what it is.
                StoredFile found = find(node, filename).orElseThrow();
                Digest said = found.sha256().orElseThrow();
                assertThat(said).isEqualTo(sha256(bytes(found)));
            }
        }
        assertThat(partial()).isEmpty();
    }

    @Test
    @DisplayName("who starts sweeps nothing that another node of this process takes in")
    void inProcess() throws Exception {
        Node one = node();
        byte[] bytes = SampleUpload.random(100_000, 1);
        Download download = take(one, "six-1.0.tar.gz", bytes);
        download.write(Buffer.buffer(bytes).getBuffer(0, 50_000));
        node();
        download.write(Buffer.buffer(bytes).getBuffer(50_000, 100_000));
        download.end();
        assertThat(bytes(get(download.finished()).orElseThrow())).isEqualTo(bytes);
    }

    @Test
    @DisplayName("who starts sweeps nothing that another process takes in, and all of it once that was killed")
    void inAnotherProcess() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Taking.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(output.readLine()).isEqualTo("taken in half");
            Node one = node();
            assertThat(partial()).hasSize(1);
            process.outputWriter(StandardCharsets.UTF_8).append('\n').flush();
            assertThat(output.readLine()).isEqualTo("kept");
            assertThat(bytes(find(one, "six-0.tar.gz").orElseThrow())).isEqualTo(Taking.BYTES);
            assertThat(output.readLine()).isEqualTo("taken in half");
            process.toHandle().destroyForcibly();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(partial()).hasSize(1);
        node();
        assertThat(partial()).isEmpty();
        try (Stream<Path> locks = Files.list(directory.resolve(".locks"))) {
            assertThat(locks).as("only of those who took something in and live").isEmpty();
        }
    }

    /** Another process that takes files in, half of each before it is told to go on. */
    static final class Taking {
        static final byte[] BYTES = SampleUpload.random(100_000, 1);

        private Taking() {}

        public static void main(String[] arguments) throws IOException {
            Vertx vertx = Vertx.vertx();
            Node node = new Node(vertx, Path.of(arguments[0]), OptionalLong.empty());
            for (int i = 0; ; i++) {
                Download download = take(node, "six-" + i + ".tar.gz", BYTES);
                download.write(Buffer.buffer(BYTES).getBuffer(0, 50_000));
                System.out.println("taken in half");
                if (System.in.read() < 0) {
                    return;
                }
                download.write(Buffer.buffer(BYTES).getBuffer(50_000, 100_000));
                download.end();
                get(download.finished()).orElseThrow().close();
                System.out.println("kept");
            }
        }
    }

    @Test
    @DisplayName("two that evict stay within the limit together, and survive that the other was first")
    void evicted() throws Exception {
        OptionalLong limit = OptionalLong.of(1_000_000);
        List<Node> nodes = List.of(new Node(vertx, directory, limit), new Node(vertx, directory, limit));
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            byte[] bytes = SampleUpload.random(50_000, i);
            Download download = take(nodes.get(i % 2), "six-" + i + ".tar.gz", bytes);
            download.write(Buffer.buffer(bytes));
            download.end();
            all.add(download.finished()
                    .onSuccess(kept -> kept.ifPresent(StoredFile::close))
                    .map(kept -> {
                        assertThat(kept).isPresent();
                        return null;
                    }));
        }
        all.forEach(SharedCacheTest::get);
        // Each may have an eighth of the limit on top that the other does not know of yet.
        assertThat(size()).isLessThanOrEqualTo(1_250_000);
        assertThat(size()).isGreaterThan(500_000);
    }

    private long size() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("packages/six"))) {
            return files.mapToLong(path -> path.toFile().length()).sum();
        }
    }

    @Test
    @DisplayName("what one keeps open and in use, another does not take for unused")
    void inUse() throws Exception {
        Node one = node();
        keep(one, "six-1.0.tar.gz", SampleUpload.random(1000, 1));
        Path path = directory.resolve("packages/six/six-1.0.tar.gz");
        FileTime longAgo = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));
        Files.setAttribute(path, "lastAccessTime", longAgo);
        get(one.cache.noteUse());
        assertThat(Files.getAttribute(path, "lastAccessTime")).isEqualTo(longAgo);
        Instant before = one.openFiles.lastUsed("six-1.0.tar.gz").orElseThrow();
        while (!one.openFiles.lastUsed("six-1.0.tar.gz").orElseThrow().isAfter(before)) {
            one.openFiles.get("six-1.0.tar.gz").orElseThrow().close();
        }
        get(one.cache.noteUse());
        assertThat(((FileTime) Files.getAttribute(path, "lastAccessTime")).toInstant())
                .isAfterOrEqualTo(before);
    }

    @Test
    @DisplayName("all open files can be forgotten, and none is kept open that was decided on before")
    void forgotten() throws Exception {
        Node one = node();
        keep(one, "six-1.0.tar.gz", SampleUpload.random(1000, 1));
        long since = one.openFiles.forgotten();
        StoredFile open = one.openFiles.get("six-1.0.tar.gz").orElseThrow();
        one.openFiles.forgetAll();
        assertThat(one.openFiles.get("six-1.0.tar.gz")).isEmpty();
        one.openFiles.put(PROJECT, open, since, used -> {});
        assertThat(one.openFiles.get("six-1.0.tar.gz")).isEmpty();
        assertThat(bytes(open)).isEqualTo(SampleUpload.random(1000, 1));
    }
}
