package io.cornucopia.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.cornucopia.core.Digest;
import io.cornucopia.core.HashAlgorithm;
import io.cornucopia.core.ProjectName;
import io.cornucopia.testkit.LiveDirectory;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DownloadTest {
    private static final ProjectName PROJECT = new ProjectName("six");
    private static final Instant UPLOADED = Instant.parse("2021-05-05T14:18:18Z");

    @TempDir
    Path directory;

    private Vertx vertx;
    private OpenFiles openFiles;
    private FileCache cache;

    @BeforeEach
    void openCache() {
        vertx = Vertx.vertx();
        openFiles = new OpenFiles(100, Duration.ofMinutes(10));
        cache = cache(directory, OptionalLong.empty());
    }

    @AfterEach
    void closeVertx() {
        vertx.close()
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }

    private FileCache cache(Path where, OptionalLong maxSize) {
        FileCache opened = new FileCache(vertx, where, maxSize, openFiles, new SimpleMeterRegistry());
        opened.open()
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
        return opened;
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static Digest sha256(byte[] bytes) {
        return Digest.of(
                HashAlgorithm.SHA256,
                FileVerification.messageDigest(HashAlgorithm.SHA256).digest(bytes));
    }

    private Download take(String filename, byte[] bytes, List<Digest> promised) {
        return take(cache, filename, OptionalLong.of(bytes.length), promised);
    }

    private static Download take(FileCache cache, String filename, OptionalLong size, List<Digest> promised) {
        return cache.take(new CacheEntry(PROJECT, filename, Optional.of(UPLOADED)), size, promised)
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }

    private static void write(Download download, byte[] bytes, int from, int to) {
        for (int at = from; at < to; at += 8192) {
            download.write(Buffer.buffer(bytes).getBuffer(at, Math.min(at + 8192, to)));
        }
    }

    /** Reads a follower to its end, into memory. */
    private CompletableFuture<byte[]> collect(GrowingFile follower, long from, long to) {
        CompletableFuture<byte[]> all = new CompletableFuture<>();
        var context = vertx.getOrCreateContext();
        context.runOnContext(ignored -> {
            Buffer collected = Buffer.buffer();
            ReadStream<Chunk> tail = follower.tail(context, from, to);
            tail.exceptionHandler(all::completeExceptionally);
            tail.endHandler(end -> all.complete(collected.getBytes()));
            tail.handler(chunk -> {
                collected.appendBuffer(chunk.bytes());
                chunk.release();
            });
        });
        return all;
    }

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(20, TimeUnit.SECONDS);
    }

    private List<Path> filesBelow(String name) {
        return LiveDirectory.files(directory.resolve(name)).stream()
                .map(directory.resolve(name)::resolve)
                .toList();
    }

    @Test
    @DisplayName("followers of any pace get all bytes, and the file is then kept under its name")
    void followed() throws Exception {
        byte[] bytes = random(3_000_000);
        Download download = take("six-1.0.tar.gz", bytes, List.of(sha256(bytes)));
        List<CompletableFuture<byte[]>> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            all.add(collect(download.follow().orElseThrow(), 0, Long.MAX_VALUE));
        }
        write(download, bytes, 0, 1_000_000);
        all.add(collect(download.follow().orElseThrow(), 0, Long.MAX_VALUE));
        write(download, bytes, 1_000_000, bytes.length);
        download.end();
        for (CompletableFuture<byte[]> one : all) {
            assertThat(get(one)).isEqualTo(bytes);
        }
        StoredFile kept = download.finished()
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join()
                .orElseThrow();
        assertThat(kept.size()).isEqualTo(bytes.length);
        assertThat(kept.sha256()).hasValue(sha256(bytes));
        assertThat(kept.lastModified()).isEqualTo(UPLOADED);
        assertThat(directory.resolve("packages/six/six-1.0.tar.gz")).hasBinaryContent(bytes);
        assertThat(filesBelow("partial")).isEmpty();
        assertThat(openFiles.get("six-1.0.tar.gz")).isPresent();
    }

    @Test
    @DisplayName("the end is withheld until the digest matched")
    void withheld() {
        byte[] bytes = random(100_000);
        Download download = take("six-1.0.tar.gz", bytes, List.of(sha256(bytes)));
        GrowingFile follower = download.follow().orElseThrow();
        write(download, bytes, 0, bytes.length);
        await().until(() -> download.readable() == bytes.length - Download.HOLD_BACK);
        assertThat(follower.readableBeyond(bytes.length - Download.HOLD_BACK).isComplete())
                .isFalse();
        download.end();
        await().until(() -> download.readable() == bytes.length);
        follower.readableBeyond(bytes.length - 1)
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }

    @Test
    @DisplayName("a wrong digest breaks every follower off and leaves nothing behind")
    void wrongDigest() throws Exception {
        byte[] bytes = random(500_000);
        Download download = take("six-1.0.tar.gz", bytes, List.of(sha256(random(7))));
        CompletableFuture<byte[]> all = collect(download.follow().orElseThrow(), 0, Long.MAX_VALUE);
        write(download, bytes, 0, bytes.length);
        download.end();
        assertThatThrownBy(() -> get(all))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(BrokenFileException.class)
                .hasMessageContaining("six-1.0.tar.gz")
                .hasMessageContaining("was promised");
        assertThat(download.finished().failed()).isTrue();
        assertThat(download.follow()).isEmpty();
        await().until(() -> filesBelow("partial").isEmpty());
        assertThat(filesBelow("packages")).isEmpty();
    }

    @Test
    @DisplayName("a strong digest other than SHA-256 is held against the bytes too")
    void otherDigest() {
        byte[] bytes = random(50_000);
        Digest md5 = Digest.of(
                HashAlgorithm.MD5,
                FileVerification.messageDigest(HashAlgorithm.MD5).digest(random(3)));
        Download download = take("six-1.0.tar.gz", bytes, List.of(md5));
        write(download, bytes, 0, bytes.length);
        download.end();
        await().until(() -> download.finished().failed());
    }

    @Test
    @DisplayName("too few and too many bytes are failures")
    void wrongLength() {
        byte[] bytes = random(50_000);
        Download tooShort = take("six-1.0.tar.gz", bytes, List.of());
        write(tooShort, bytes, 0, 40_000);
        tooShort.end();
        await().until(() -> tooShort.finished().failed());
        assertThat(tooShort.finished().cause()).hasMessageContaining("40000 of the promised 50000");
        Download tooLong = take("six-1.1.tar.gz", bytes, List.of());
        write(tooLong, bytes, 0, 50_000);
        tooLong.write(Buffer.buffer("x"));
        assertThat(tooLong.finished().cause()).hasMessageContaining("more than the promised 50000");
        assertThatThrownBy(() -> take("six-1.2.tar.gz", bytes, List.of()).announce(49_999))
                .isInstanceOf(BrokenFileException.class);
    }

    @Test
    @DisplayName("a range is delivered as soon as its bytes are there, long before the file is whole")
    void rangeWhileArriving() throws Exception {
        byte[] bytes = random(1_000_000);
        Download download = take("six-1.0.tar.gz", bytes, List.of(sha256(bytes)));
        CompletableFuture<byte[]> range = collect(download.follow().orElseThrow(), 100_000, 300_000);
        write(download, bytes, 0, 400_000);
        assertThat(get(range)).hasSize(200_000).startsWith(bytes[100_000]).endsWith(bytes[299_999]);
        download.fail(new IOException("enough"));
    }

    @Test
    @DisplayName("without a known length the last bytes are withheld just the same")
    void unknownLength() throws Exception {
        byte[] bytes = random(200_000);
        Download download = take(cache, "six-1.0.tar.gz", OptionalLong.empty(), List.of());
        CompletableFuture<byte[]> all = collect(download.follow().orElseThrow(), 0, Long.MAX_VALUE);
        write(download, bytes, 0, bytes.length);
        await().until(() -> download.readable() == bytes.length - Download.HOLD_BACK);
        assertThat(all).isNotDone();
        download.end();
        assertThat(get(all)).isEqualTo(bytes);
    }

    @Test
    @DisplayName("a disk that takes nothing: the file streams through memory, bounded, and is not kept")
    void noDisk() throws Exception {
        Path blocked = directory.resolve("blocked");
        FileCache onBlocked = cache(blocked, OptionalLong.empty());
        Files.delete(blocked.resolve("partial"));
        Files.createFile(blocked.resolve("partial"));
        byte[] bytes = random(10_000_000);
        Download download = take(onBlocked, "six-1.0.tar.gz", OptionalLong.of(bytes.length), List.of(sha256(bytes)));
        CompletableFuture<byte[]> all = collect(download.follow().orElseThrow(), 0, Long.MAX_VALUE);
        for (int at = 0; at < bytes.length; at += 2_000_000) {
            await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).until(() -> !download.writeQueueFull());
            write(download, bytes, at, at + 2_000_000);
        }
        download.end();
        assertThat(get(all)).isEqualTo(bytes);
        assertThat(download.finished()
                        .toCompletionStage()
                        .toCompletableFuture()
                        .orTimeout(10, TimeUnit.SECONDS)
                        .join())
                .isEmpty();
        assertThat(download.follow()).as("its first bytes are gone").isEmpty();
    }

    @Test
    @DisplayName("the least recently used files make room; a download in progress is left alone")
    void evicted() throws Exception {
        FileCache small = cache(directory.resolve("small"), OptionalLong.of(250_000));
        byte[] bytes = random(100_000);
        for (String name : List.of("a-1.0.tar.gz", "b-1.0.tar.gz")) {
            keep(small, name, bytes);
        }
        Path packages = directory.resolve("small/packages/six");
        await("a is asked for after b").until(() -> {
            openFiles.get("a-1.0.tar.gz").orElseThrow().close();
            return openFiles
                    .lastUsed("a-1.0.tar.gz")
                    .orElseThrow()
                    .isAfter(openFiles.lastUsed("b-1.0.tar.gz").orElseThrow());
        });
        Download running = take(small, "d-1.0.tar.gz", OptionalLong.of(bytes.length), List.of());
        CompletableFuture<byte[]> all = collect(running.follow().orElseThrow(), 0, Long.MAX_VALUE);
        write(running, bytes, 0, 50_000);
        keep(small, "c-1.0.tar.gz", bytes);
        assertThat(packages).isDirectoryNotContaining("glob:**/b-1.0.tar.gz");
        assertThat(packages).isDirectoryContaining("glob:**/a-1.0.tar.gz");
        assertThat(packages).isDirectoryContaining("glob:**/c-1.0.tar.gz");
        write(running, bytes, 50_000, bytes.length);
        running.end();
        assertThat(get(all)).isEqualTo(bytes);
    }

    private static void keep(FileCache cache, String filename, byte[] bytes) {
        Download download = take(cache, filename, OptionalLong.of(bytes.length), List.of(sha256(bytes)));
        write(download, bytes, 0, bytes.length);
        download.end();
        download.finished()
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join()
                .orElseThrow()
                .close();
    }

    @Test
    @DisplayName("what a killed process left unfinished is swept; what it finished is found and read through once")
    void restarted() throws Exception {
        byte[] bytes = random(100_000);
        Files.createDirectories(directory.resolve("packages/six"));
        Files.write(directory.resolve("packages/six/six-1.0.tar.gz"), bytes);
        Files.write(directory.resolve("partial/left.part"), bytes);
        FileCache again = cache(directory, OptionalLong.empty());
        assertThat(filesBelow("partial")).isEmpty();
        StoredFile found = again.find(new CacheEntry(PROJECT, "six-1.0.tar.gz", Optional.empty()))
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join()
                .orElseThrow();
        assertThat(found.sha256()).hasValue(sha256(bytes));
        assertThat(again.find(new CacheEntry(PROJECT, "six-2.0.tar.gz", Optional.empty()))
                        .toCompletionStage()
                        .toCompletableFuture()
                        .orTimeout(10, TimeUnit.SECONDS)
                        .join())
                .isEmpty();
    }

    @Test
    @DisplayName("what nobody has read through is opened unread, and its digest is told once somebody has")
    void unread() throws Exception {
        byte[] bytes = random(100_000);
        Files.createDirectories(directory.resolve("packages/six"));
        Files.write(directory.resolve("packages/six/six-1.0.tar.gz"), bytes);
        assertThat(openUnread("six-1.0.tar.gz")).hasValueSatisfying(found -> {
            assertThat(found.size()).isEqualTo(bytes.length);
            assertThat(found.sha256()).isEmpty();
            found.close();
        });
        assertThat(openFiles.get("six-1.0.tar.gz")).isEmpty();
        cache.find(new CacheEntry(PROJECT, "six-1.0.tar.gz", Optional.empty()))
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join()
                .orElseThrow()
                .close();
        assertThat(openUnread("six-1.0.tar.gz")).hasValueSatisfying(found -> {
            assertThat(found.sha256()).hasValue(sha256(bytes));
            found.close();
        });
        assertThat(openUnread("six-2.0.tar.gz")).isEmpty();
    }

    private Optional<StoredFile> openUnread(String filename) {
        return cache.openUnread(new CacheEntry(PROJECT, filename, Optional.empty()))
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }

    @Test
    @DisplayName("the directory may be deleted while a download is in progress")
    void deletedMeanwhile() throws Exception {
        byte[] bytes = random(300_000);
        Download download = take("six-1.0.tar.gz", bytes, List.of(sha256(bytes)));
        CompletableFuture<byte[]> all = collect(download.follow().orElseThrow(), 0, Long.MAX_VALUE);
        write(download, bytes, 0, 100_000);
        for (Path part : filesBelow("partial")) {
            Files.delete(part);
        }
        Files.delete(directory.resolve("partial"));
        Files.delete(directory.resolve("packages"));
        write(download, bytes, 100_000, bytes.length);
        download.end();
        assertThat(get(all)).isEqualTo(bytes);
        assertThat(download.finished()
                        .toCompletionStage()
                        .toCompletableFuture()
                        .orTimeout(10, TimeUnit.SECONDS)
                        .join())
                .isEmpty();
        keep(cache, "six-1.1.tar.gz", bytes);
        assertThat(directory.resolve("packages/six/six-1.1.tar.gz")).hasBinaryContent(bytes);
    }
}
