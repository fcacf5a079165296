package io.cornucopia.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cornucopia.core.Digest;
import io.cornucopia.core.HashAlgorithm;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.ProjectStatus;
import io.cornucopia.core.UploadedFile;
import io.cornucopia.core.Yank;
import io.cornucopia.storage.UploadStore.Publication;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What every store of uploads must hold, whatever it keeps them in. */
abstract class UploadStoreSuite {
    static final ProjectName ACME = new ProjectName("acme");
    static final Instant NOON = Instant.parse("2026-11-25T12:00:00.123456Z");

    final Vertx vertx = Vertx.vertx();
    UploadStore store;

    /** A store on what this test has, as a process that starts finds it. */
    abstract UploadStore start();

    /** How many things lie in the store beside those that were published. */
    abstract long leftovers();

    @BeforeEach
    void begin() {
        store = start();
        await(store.open());
    }

    @AfterEach
    void end() {
        await(vertx.close());
    }

    @Test
    @DisplayName("what was published is there whole, with what lies beside it, also for the next process")
    void published() {
        byte[] bytes = random(300_000);
        UploadedFile file = file("acme-1.0-py3-none-any.whl", bytes);
        Buffer metadata = Buffer.buffer("Metadata-Version: 2.1\n");
        assertThat(publish(file, bytes, Map.of(Companion.CORE_METADATA, metadata)))
                .isInstanceOf(Publication.Done.class);
        for (UploadStore one : List.of(store, start())) {
            await(one.open());
            assertThat(await(one.projects())).containsExactly(ACME);
            ProjectUploads uploads = await(one.read(ACME));
            assertThat(uploads.files()).containsExactly(file);
            assertThat(uploads.everUploaded()).isTrue();
            assertThat(uploads.status()).isEmpty();
            try (StoredFile stored = await(one.open(ACME, file.filename())).orElseThrow()) {
                assertThat(read(stored)).isEqualTo(bytes);
                assertThat(stored.sha256()).isEqualTo(file.sha256());
                assertThat(stored.lastModified()).isEqualTo(Instant.parse("2026-11-25T12:00:00Z"));
            }
            try (StoredFile stored = await(one.open(ACME, file.filename(), Companion.CORE_METADATA))
                    .orElseThrow()) {
                assertThat(read(stored)).isEqualTo(metadata.getBytes());
                assertThat(stored.filename()).isEqualTo(file.filename() + ".metadata");
            }
            assertThat(await(one.open(ACME, file.filename(), Companion.SIGNATURE)))
                    .isEmpty();
        }
        assertThat(leftovers()).isZero();
    }

    @Test
    @DisplayName("what was never uploaded is not there, whatever it is called")
    void absent() {
        assertThat(await(store.projects())).isEmpty();
        ProjectUploads uploads = await(store.read(ACME));
        assertThat(uploads.files()).isEmpty();
        assertThat(uploads.everUploaded()).isFalse();
        assertThat(await(store.open(ACME, "acme-1.0.tar.gz"))).isEmpty();
        assertThat(await(store.open(ACME, "../../etc/passwd"))).isEmpty();
        assertThat(await(store.open(ACME, ".status"))).isEmpty();
        assertThat(await(store.delete(ACME, "acme-1.0.tar.gz"))).isFalse();
        assertThat(await(store.update(file("acme-1.0.tar.gz", new byte[1])))).isFalse();
    }

    @Test
    @DisplayName("G3 digests are those of the bytes, BLAKE2b with 32 bytes among them")
    void digests() {
        IncomingFile incoming = await(store.receive());
        await(incoming.write(Buffer.buffer("a")));
        await(incoming.write(Buffer.buffer("bc")));
        assertThat(incoming.length()).isEqualTo(3);
        assertThat(await(incoming.end()))
                .isEqualTo(new IncomingFile.Received(
                        3,
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                        "900150983cd24fb0d6963f7d28e17f72",
                        "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"));
        assertThat(incoming.path()).hasContent("abc");
        await(incoming.discard());
        assertThat(leftovers()).isZero();
    }

    @Test
    @DisplayName("an upload that is discarded leaves nothing behind, however often and however far it had come")
    void discarded() {
        IncomingFile untouched = await(store.receive());
        await(untouched.discard());
        IncomingFile halfway = await(store.receive());
        await(halfway.write(Buffer.buffer("half")));
        await(halfway.discard());
        await(halfway.discard());
        assertThatThrownBy(() -> await(halfway.write(Buffer.buffer("more")))).isInstanceOf(CompletionException.class);
        assertThat(leftovers()).isZero();
        assertThat(await(store.projects())).isEmpty();
    }

    @Test
    @DisplayName("G7 of twenty uploads of one name at once exactly one is done, and its bytes are what is there")
    void oneWinner() {
        List<byte[]> contents = new ArrayList<>();
        List<Future<Publication>> all = new ArrayList<>();
        UploadStore other = start();
        for (int i = 0; i < 20; i++) {
            byte[] bytes = random(10_000 + i);
            contents.add(bytes);
            UploadStore one = i % 2 == 0 ? store : other;
            IncomingFile incoming = await(one.receive());
            await(incoming.write(Buffer.buffer(bytes)));
            await(incoming.end());
            all.add(one.publish(incoming, file("acme-1.0.tar.gz", bytes), Map.of()));
        }
        await(Future.join(all));
        List<Publication> results = all.stream().map(Future::result).toList();
        assertThat(results).filteredOn(Publication.Done.class::isInstance).hasSize(1);
        int winner = results.indexOf(new Publication.Done());
        UploadedFile kept = file("acme-1.0.tar.gz", contents.get(winner));
        assertThat(results)
                .filteredOn(Publication.Exists.class::isInstance)
                .hasSize(19)
                .containsOnly(new Publication.Exists(kept));
        try (StoredFile stored = await(store.open(ACME, "acme-1.0.tar.gz")).orElseThrow()) {
            assertThat(read(stored)).isEqualTo(contents.get(winner));
        }
        assertThat(leftovers()).isZero();
    }

    @Test
    @DisplayName("G8 a deleted name is burned: for the next upload, for a yank, and for the next process")
    void burned() {
        byte[] bytes = random(1_000);
        UploadedFile file = file("acme-1.0.tar.gz", bytes);
        publish(file, bytes, Map.of(Companion.SIGNATURE, Buffer.buffer("signature")));
        assertThat(await(store.delete(ACME, file.filename()))).isTrue();
        assertThat(await(store.delete(ACME, file.filename()))).isFalse();
        assertThat(await(store.update(file.withYank(Optional.of(new Yank("late"))))))
                .isFalse();
        store = start();
        await(store.open());
        assertThat(publish(file, bytes, Map.of())).isInstanceOf(Publication.Burned.class);
        assertThat(await(store.open(ACME, file.filename()))).isEmpty();
        assertThat(await(store.open(ACME, file.filename(), Companion.SIGNATURE)))
                .isEmpty();
        ProjectUploads uploads = await(store.read(ACME));
        assertThat(uploads.files()).isEmpty();
        assertThat(uploads.everUploaded()).isTrue();
        assertThat(await(store.projects())).containsExactly(ACME);
        assertThat(leftovers()).isZero();
    }

    @Test
    @DisplayName("a yank and a status are kept, and can be taken back")
    void changed() {
        byte[] bytes = random(1_000);
        UploadedFile file = file("acme-1.0.tar.gz", bytes);
        publish(file, bytes, Map.of());
        UploadedFile yanked = file.withYank(Optional.of(new Yank("breaks \"everything\"")));
        assertThat(await(store.update(yanked))).isTrue();
        ProjectStatus archived = new ProjectStatus(ProjectStatus.Marker.ARCHIVED, Optional.of("no more"));
        await(store.setStatus(ACME, archived));
        store = start();
        await(store.open());
        assertThat(await(store.read(ACME)).files()).containsExactly(yanked);
        assertThat(await(store.read(ACME)).status()).contains(archived);
        await(store.update(file));
        await(store.setStatus(ACME, ProjectStatus.ACTIVE));
        assertThat(await(store.read(ACME)).files()).containsExactly(file);
        assertThat(await(store.read(ACME)).status()).contains(ProjectStatus.ACTIVE);
        assertThat(leftovers()).isZero();
    }

    @Test
    @DisplayName("a yank and a deletion at the same moment end in a deletion")
    void yankAndDelete() {
        for (int i = 0; i < 20; i++) {
            byte[] bytes = random(100);
            UploadedFile file = file("acme-" + i + ".tar.gz", bytes);
            publish(file, bytes, Map.of());
            Future<Boolean> yank = store.update(file.withYank(Optional.of(new Yank("now"))));
            Future<Boolean> deletion = store.delete(ACME, file.filename());
            await(Future.join(yank, deletion));
            assertThat(deletion.result()).isTrue();
        }
        assertThat(await(store.read(ACME)).files()).isEmpty();
    }

    Publication publish(UploadedFile file, byte[] bytes, Map<Companion, Buffer> beside) {
        IncomingFile incoming = await(store.receive());
        await(incoming.write(Buffer.buffer(bytes)));
        await(incoming.end());
        return await(store.publish(incoming, file, beside));
    }

    static UploadedFile file(String filename, byte[] bytes) {
        return new UploadedFile(
                ACME,
                "1.0",
                filename,
                bytes.length,
                List.of(digest(HashAlgorithm.SHA256, bytes), digest(HashAlgorithm.MD5, bytes)),
                Optional.of(">=3.9"),
                NOON,
                Optional.empty(),
                filename.endsWith(".whl")
                        ? Optional.of(digest(
                                HashAlgorithm.SHA256, "Metadata-Version: 2.1\n".getBytes(StandardCharsets.UTF_8)))
                        : Optional.empty(),
                false,
                false,
                "ci");
    }

    static Digest digest(HashAlgorithm algorithm, byte[] bytes) {
        try {
            return Digest.of(
                    algorithm, MessageDigest.getInstance(algorithm.javaName()).digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    static byte[] read(StoredFile file) {
        ByteBuffer buffer = ByteBuffer.allocate((int) file.size());
        try {
            while (buffer.hasRemaining() && file.channel().read(buffer, buffer.position()) > 0) {
                // Until all of it was read.
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return buffer.array();
    }

    static <T> T await(Future<T> future) {
        return future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(30, TimeUnit.SECONDS)
                .join();
    }
}
