package io.cornucopia.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cornucopia.core.HashAlgorithm;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.ProjectStatus;
import io.cornucopia.core.UploadedFile;
import io.cornucopia.core.Yank;
import io.cornucopia.storage.UploadStore.Publication;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What every store of uploads does. */
public abstract class UploadStoreSuite {
    protected static final ProjectName DEMO = new ProjectName("demo");
    protected static final ProjectName OTHER = new ProjectName("other-project");

    protected Vertx vertx;
    protected UploadStore store;

    /** Another store that keeps its uploads where the others of this test do. */
    protected abstract UploadStore newStore();

    /** How many uploads are on their way, as far as something of them takes room. */
    protected abstract long onTheirWay() throws IOException;

    @BeforeEach
    void openStore() {
        vertx = Vertx.vertx();
        store = opened();
    }

    @AfterEach
    void closeVertx() {
        get(vertx.close());
    }

    /** Another store, opened. */
    protected final UploadStore opened() {
        UploadStore opened = newStore();
        get(opened.open());
        return opened;
    }

    protected static <T> T get(Future<T> future) {
        return future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(30, TimeUnit.SECONDS)
                .join();
    }

    protected final List<UploadedFile> files(ProjectName project) {
        return get(store.read(project)).files();
    }

    /** All bytes of a file, once they are here; it is closed. */
    protected static byte[] bytes(FileHandle file) throws IOException {
        try (file) {
            awaitWhole(file);
            long size = file instanceof StoredFile stored ? stored.size() : ((GrowingFile) file).readable();
            FileChannel channel = file instanceof StoredFile stored ? stored.channel() : ((GrowingFile) file).channel();
            ByteBuffer bytes = ByteBuffer.allocate((int) size);
            while (bytes.hasRemaining() && channel.read(bytes, bytes.position()) >= 0) {
                // Read on.
            }
            return bytes.array();
        }
    }

    /** Waits until all of it is here, or fails with why it is not. */
    protected static void awaitWhole(FileHandle file) {
        if (file instanceof GrowingFile growing) {
            get(growing.readableBeyond(Long.MAX_VALUE - 1));
        }
    }

    private static FileFacts facts(FileHandle file) {
        return file instanceof StoredFile stored
                ? new FileFacts(
                        stored.filename(),
                        OptionalLong.of(stored.size()),
                        stored.sha256(),
                        Optional.of(stored.lastModified()))
                : ((GrowingFile) file).facts();
    }

    /** That an upload is there with every byte of it. */
    protected final void assertWhole(SampleUpload upload) throws IOException {
        assertThat(files(upload.project())).contains(upload.file());
        FileHandle stored = get(store.open(upload.project(), upload.filename())).orElseThrow();
        assertThat(stored.filename()).isEqualTo(upload.filename());
        assertThat(facts(stored).sha256()).hasValue(upload.file().sha256());
        assertThat(facts(stored).lastModified()).hasValue(Instant.parse("2024-02-03T04:05:06Z"));
        assertThat(bytes(stored)).isEqualTo(upload.bytes());
        for (Companion companion : Companion.values()) {
            Optional<FileHandle> beside = get(store.open(upload.project(), upload.filename(), companion));
            assertThat(beside.isPresent()).isEqualTo(upload.beside().containsKey(companion));
            if (beside.isPresent()) {
                byte[] content = upload.beside().get(companion);
                assertThat(beside.get().filename()).isEqualTo(upload.filename() + companion.suffix());
                assertThat(facts(beside.get()).sha256()).hasValue(SampleUpload.digest(HashAlgorithm.SHA256, content));
                assertThat(bytes(beside.get())).isEqualTo(content);
            }
        }
    }

    /** That nothing of a file can be had. */
    protected final void assertAbsent(SampleUpload upload) {
        assertThat(files(upload.project())).noneMatch(file -> file.filename().equals(upload.filename()));
        assertThat(get(store.open(upload.project(), upload.filename()))).isEmpty();
        for (Companion companion : Companion.values()) {
            assertThat(get(store.open(upload.project(), upload.filename(), companion)))
                    .isEmpty();
        }
    }

    @Test
    @DisplayName("an empty store has nothing of anything")
    void empty() {
        assertThat(get(store.projects())).isEmpty();
        assertThat(get(store.read(DEMO))).isEqualTo(new ProjectUploads(DEMO, Optional.empty(), false, List.of()));
        SampleUpload upload = SampleUpload.wheel(DEMO, "1.0", 10);
        assertAbsent(upload);
        assertThat(get(store.update(upload.file()))).isFalse();
        assertThat(get(store.delete(DEMO, upload.filename()))).isFalse();
    }

    @Test
    @DisplayName("what was published is there with all that lies beside it, also for a store that is opened later")
    void published() throws Exception {
        SampleUpload wheel = SampleUpload.wheel(DEMO, "1.0", 300_000);
        SampleUpload sdist = SampleUpload.sdist(DEMO, "1.0", 1, 1);
        SampleUpload other = SampleUpload.wheel(OTHER, "2!1.0+local.1", 5);
        for (SampleUpload upload : List.of(wheel, sdist, other)) {
            assertThat(get(upload.publish(store))).isEqualTo(new Publication.Done());
        }
        for (int i = 0; i < 2; i++) {
            assertThat(files(DEMO)).as("by time, then by name").containsExactly(wheel.file(), sdist.file());
            assertWhole(wheel);
            assertWhole(sdist);
            assertWhole(other);
            assertThat(get(store.projects())).containsExactlyInAnyOrder(DEMO, OTHER);
            assertThat(get(store.read(DEMO)).everUploaded()).isTrue();
            store = opened();
        }
        assertThat(onTheirWay()).isZero();
    }

    @Test
    @DisplayName("files are listed by when they were uploaded")
    void order() {
        SampleUpload late = SampleUpload.sdist(DEMO, "1.0", 10, 1);
        SampleUpload early = SampleUpload.sdist(DEMO, "2.0", 10, 1);
        UploadedFile earlier = at(early.file(), SampleUpload.UPLOADED.minusSeconds(60));
        get(late.publish(store));
        get(early.send(store).compose(sent -> store.publish(sent, earlier, Map.of())));
        assertThat(files(DEMO)).containsExactly(earlier, late.file());
    }

    private static UploadedFile at(UploadedFile file, Instant uploaded) {
        return new UploadedFile(
                file.project(),
                file.version(),
                file.filename(),
                file.size(),
                file.digests(),
                file.requiresPython(),
                uploaded,
                file.yank(),
                file.coreMetadata(),
                file.hasSignature(),
                file.hasProvenance(),
                file.uploader());
    }

    @Test
    @DisplayName("every digest is right, over one write, many, and none")
    void digests() throws Exception {
        assertThat(received(Buffer.buffer("abc")))
                .isEqualTo(new IncomingFile.Received(
                        3,
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                        "900150983cd24fb0d6963f7d28e17f72",
                        "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"));
        assertThat(received(Buffer.buffer("a"), Buffer.buffer(), Buffer.buffer("bc")))
                .isEqualTo(received(Buffer.buffer("abc")));
        assertThat(received())
                .isEqualTo(new IncomingFile.Received(
                        0,
                        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                        "d41d8cd98f00b204e9800998ecf8427e",
                        "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"));
        assertThat(onTheirWay()).isZero();
    }

    private IncomingFile.Received received(Buffer... pieces) throws IOException {
        IncomingFile incoming = get(store.receive());
        long length = 0;
        for (Buffer piece : pieces) {
            get(incoming.write(piece));
            length += piece.length();
            assertThat(incoming.length()).isEqualTo(length);
        }
        IncomingFile.Received received = get(incoming.end());
        assertThat(Files.size(incoming.path())).isEqualTo(length);
        get(incoming.discard());
        return received;
    }

    @Test
    @DisplayName("a second file of one name is refused and told what is there, and changes nothing")
    void taken() throws Exception {
        SampleUpload first = SampleUpload.sdist(DEMO, "1.0", 1000, 1);
        SampleUpload second = SampleUpload.sdist(DEMO, "1.0", 2000, 2);
        assertThat(get(first.publish(store))).isEqualTo(new Publication.Done());
        assertThat(get(second.publish(store))).isEqualTo(new Publication.Exists(first.file()));
        assertThat(get(first.publish(store))).isEqualTo(new Publication.Exists(first.file()));
        assertThat(get(second.publish(opened()))).isEqualTo(new Publication.Exists(first.file()));
        assertThat(files(DEMO)).containsExactly(first.file());
        assertWhole(first);
        assertThat(onTheirWay()).isZero();
    }

    @Test
    @DisplayName("G of twenty uploads of one name at once, to two stores in one place, exactly one is done")
    void atOnce() throws Exception {
        UploadStore sharing = opened();
        for (int round = 0; round < 5; round++) {
            String version = "1." + round;
            List<SampleUpload> uploads = new ArrayList<>();
            List<Future<Publication>> outcomes = new ArrayList<>();
            List<IncomingFile> sent = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                SampleUpload upload = SampleUpload.sdist(DEMO, version, 1000 + i, i);
                uploads.add(upload);
                sent.add(get(upload.send(i % 2 == 0 ? store : sharing)));
            }
            for (int i = 0; i < 20; i++) {
                outcomes.add((i % 2 == 0 ? store : sharing)
                        .publish(sent.get(i), uploads.get(i).file(), Map.of()));
            }
            List<SampleUpload> winners = new ArrayList<>();
            List<Publication> others = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                Publication outcome = get(outcomes.get(i));
                if (outcome instanceof Publication.Done) {
                    winners.add(uploads.get(i));
                } else {
                    others.add(outcome);
                }
            }
            assertThat(winners).hasSize(1);
            assertThat(others)
                    .containsOnly(new Publication.Exists(winners.get(0).file()));
            assertWhole(winners.get(0));
        }
        assertThat(files(DEMO)).hasSize(5);
        assertThat(onTheirWay()).isZero();
    }

    @Test
    @DisplayName("many uploads of many names at once are all there")
    void manyNames() throws Exception {
        List<SampleUpload> uploads = new ArrayList<>();
        List<Future<Publication>> outcomes = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            SampleUpload upload = SampleUpload.wheel(i % 2 == 0 ? DEMO : OTHER, "1." + i, 1000 * i);
            uploads.add(upload);
            outcomes.add(upload.publish(store));
        }
        for (Future<Publication> outcome : outcomes) {
            assertThat(get(outcome)).isEqualTo(new Publication.Done());
        }
        for (SampleUpload upload : uploads) {
            assertWhole(upload);
        }
        assertThat(files(DEMO)).hasSize(20);
    }

    @Test
    @DisplayName("a deleted file is gone, its name stays taken, and its project stays one that was uploaded to")
    void deleted() throws Exception {
        SampleUpload wheel = SampleUpload.wheel(DEMO, "1.0", 1000);
        SampleUpload sdist = SampleUpload.sdist(DEMO, "1.0", 1000, 1);
        get(wheel.publish(store));
        get(sdist.publish(store));
        FileHandle open = get(store.open(DEMO, wheel.filename())).orElseThrow();
        awaitWhole(open);
        assertThat(get(store.delete(DEMO, wheel.filename()))).isTrue();
        assertThat(bytes(open)).as("whoever reads it goes on").isEqualTo(wheel.bytes());
        assertAbsent(wheel);
        assertWhole(sdist);
        assertThat(get(store.delete(DEMO, wheel.filename()))).isFalse();
        assertThat(get(store.update(wheel.file()))).as("it stays deleted").isFalse();
        assertThat(get(wheel.publish(store))).isEqualTo(new Publication.Burned());
        assertThat(get(store.delete(DEMO, sdist.filename()))).isTrue();
        store = opened();
        assertThat(get(store.read(DEMO)))
                .isEqualTo(new ProjectUploads(
                        DEMO, Optional.empty(), true, List.of(), Set.of(wheel.filename(), sdist.filename())));
        assertThat(get(store.projects())).containsExactly(DEMO);
        assertThat(get(sdist.publish(store))).isEqualTo(new Publication.Burned());
        assertThat(onTheirWay()).isZero();
    }

    @Test
    @DisplayName("a file is yanked and no longer so, and changed in nothing else")
    void updated() throws Exception {
        SampleUpload wheel = SampleUpload.wheel(DEMO, "1.0", 1000);
        get(wheel.publish(store));
        UploadedFile yanked = wheel.file().withYank(Optional.of(new Yank("breaks \"everything\"")));
        assertThat(get(store.update(yanked))).isTrue();
        assertThat(files(DEMO)).containsExactly(yanked);
        store = opened();
        assertThat(files(DEMO)).containsExactly(yanked);
        assertThat(bytes(get(store.open(DEMO, wheel.filename())).orElseThrow())).isEqualTo(wheel.bytes());
        UploadedFile otherwise = at(yanked, SampleUpload.UPLOADED.plusSeconds(1));
        assertThatThrownBy(() -> get(store.update(otherwise))).hasCauseInstanceOf(IllegalArgumentException.class);
        assertThat(get(store.update(wheel.file()))).isTrue();
        assertWhole(wheel);
        assertThat(onTheirWay()).isZero();
    }

    @Test
    @DisplayName("whatever becomes of yanking and deleting one file at once, it is deleted")
    void updatedAndDeleted() {
        for (int round = 0; round < 10; round++) {
            SampleUpload upload = SampleUpload.sdist(DEMO, "1." + round, 100, round);
            get(upload.publish(store));
            List<Future<Boolean>> acts = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                acts.add(store.update(upload.file().withYank(Optional.of(new Yank("reason " + i)))));
                if (i == 5) {
                    acts.add(store.delete(DEMO, upload.filename()));
                }
            }
            acts.forEach(UploadStoreSuite::get);
            assertAbsent(upload);
            assertThat(get(upload.publish(store))).isEqualTo(new Publication.Burned());
        }
    }

    @Test
    @DisplayName("a project's status is kept, also of one that has no uploads")
    void status() {
        ProjectStatus archived = new ProjectStatus(ProjectStatus.Marker.ARCHIVED, Optional.of("moved to \"other\""));
        get(store.setStatus(DEMO, archived));
        store = opened();
        assertThat(get(store.read(DEMO))).isEqualTo(new ProjectUploads(DEMO, Optional.of(archived), false, List.of()));
        assertThat(get(store.projects())).isEmpty();
        SampleUpload upload = SampleUpload.sdist(DEMO, "1.0", 10, 1);
        get(upload.publish(store));
        get(store.setStatus(DEMO, ProjectStatus.ACTIVE));
        assertThat(get(store.read(DEMO)))
                .isEqualTo(new ProjectUploads(DEMO, Optional.of(ProjectStatus.ACTIVE), true, List.of(upload.file())));
    }

    @Test
    @DisplayName("a discarded upload leaves nothing, however often and whenever it is discarded")
    void discarded() throws Exception {
        IncomingFile untouched = get(store.receive());
        IncomingFile begun = get(store.receive());
        get(begun.write(Buffer.buffer(SampleUpload.random(100_000, 1))));
        IncomingFile ended = get(SampleUpload.sdist(DEMO, "1.0", 1000, 1).send(store));
        for (int i = 0; i < 2; i++) {
            for (IncomingFile incoming : List.of(untouched, begun, ended)) {
                get(incoming.discard());
            }
        }
        assertThat(onTheirWay()).isZero();
        assertThatThrownBy(() -> get(begun.write(Buffer.buffer("more")))).isInstanceOf(CompletionException.class);
        assertThatThrownBy(() -> get(untouched.end())).isInstanceOf(CompletionException.class);
        assertThatThrownBy(ended::path).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> get(store.publish(
                        ended, SampleUpload.sdist(DEMO, "1.0", 1000, 1).file(), Map.of())))
                .isInstanceOf(CompletionException.class);
        assertThat(onTheirWay()).isZero();
        assertThat(get(store.projects())).isEmpty();
    }

    @Test
    @DisplayName("to discard what was published, or is being, takes nothing away")
    void discardedTooLate() throws Exception {
        SampleUpload upload = SampleUpload.wheel(DEMO, "1.0", 100_000);
        IncomingFile incoming = get(upload.send(store));
        Future<Publication> publication = store.publish(incoming, upload.file(), upload.buffers());
        assertThat(get(publication)).isEqualTo(new Publication.Done());
        get(incoming.discard());
        assertWhole(upload);
    }

    @Test
    @DisplayName("what its description does not fit is refused and leaves nothing")
    void unfit() throws Exception {
        SampleUpload upload = SampleUpload.wheel(DEMO, "1.0", 1000);
        SampleUpload shorter = SampleUpload.wheel(DEMO, "1.0", 999);
        SampleUpload others = SampleUpload.sdist(DEMO, "1.0", 1000, 77);
        refused(upload, shorter.file(), upload.buffers(), "length");
        refused(upload, others.file(), Map.of(), "SHA-256");
        refused(upload, upload.file(), Map.of(), "metadata");
        Map<Companion, Buffer> unsigned = upload.buffers();
        unsigned.remove(Companion.SIGNATURE);
        refused(upload, upload.file(), unsigned, "signature");
        Map<Companion, Buffer> unproven = upload.buffers();
        unproven.remove(Companion.PROVENANCE);
        refused(upload, upload.file(), unproven, "provenance");
        assertThat(get(store.projects())).isEmpty();
    }

    @Test
    @DisplayName("I a name that is not safe, too long or a companion's is refused, and is no file's to be read")
    void unsafe() throws Exception {
        SampleUpload upload = SampleUpload.sdist(DEMO, "1.0", 1000, 1);
        for (String name : List.of(
                "../demo-1.0.tar.gz",
                "a/b.tar.gz",
                ".status",
                "",
                "d\u00e9mo-1.0.tar.gz",
                "demo-1.0.tar.gz.metadata",
                "demo-1.0.tar.gz.asc",
                "d".repeat(UploadStore.LONGEST_FILENAME + 1))) {
            UploadedFile file = upload.file();
            UploadedFile named = new UploadedFile(
                    file.project(),
                    file.version(),
                    name,
                    file.size(),
                    file.digests(),
                    file.requiresPython(),
                    file.uploadTime(),
                    file.yank(),
                    file.coreMetadata(),
                    file.hasSignature(),
                    file.hasProvenance(),
                    file.uploader());
            refused(upload, named, Map.of(), "is not a name to store a file under");
            assertThat(get(store.open(DEMO, name))).isEmpty();
            assertThat(get(store.open(DEMO, name, Companion.SIGNATURE))).isEmpty();
            assertThat(get(store.update(named))).isFalse();
            assertThat(get(store.delete(DEMO, name))).isFalse();
        }
    }

    private void refused(SampleUpload upload, UploadedFile file, Map<Companion, Buffer> beside, String why)
            throws IOException {
        IncomingFile sent = get(upload.send(store));
        assertThatThrownBy(() -> get(store.publish(sent, file, beside)))
                .hasCauseInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
        assertThat(onTheirWay()).isZero();
    }

    @Test
    @DisplayName("the longest name is stored with all that lies beside it")
    void longestName() throws Exception {
        String version = "1." + "0".repeat(UploadStore.LONGEST_FILENAME - "demo-1.-py3-none-any.whl".length());
        SampleUpload upload = SampleUpload.wheel(DEMO, version, 10);
        assertThat(upload.filename()).hasSize(UploadStore.LONGEST_FILENAME);
        assertThat(get(upload.publish(store))).isEqualTo(new Publication.Done());
        assertWhole(upload);
        assertThat(get(store.delete(DEMO, upload.filename()))).isTrue();
        assertAbsent(upload);
    }

    @Test
    @DisplayName("an upload that has not ended cannot be published, and can be discarded still")
    void notEnded() throws Exception {
        SampleUpload upload = SampleUpload.sdist(DEMO, "1.0", 3, 1);
        IncomingFile incoming = get(store.receive());
        get(incoming.write(Buffer.buffer(upload.bytes())));
        assertThatThrownBy(() -> get(store.publish(incoming, upload.file(), Map.of())))
                .hasCauseInstanceOf(IllegalStateException.class);
        get(incoming.discard());
        assertThat(onTheirWay()).isZero();
        assertAbsent(upload);
    }

    @Test
    @DisplayName("futures complete on the caller's context")
    void contexts() {
        SampleUpload upload = SampleUpload.sdist(DEMO, "1.0", 100, 1);
        Context context = vertx.getOrCreateContext();
        Promise<List<Boolean>> seen = Promise.promise();
        context.runOnContext(ignored -> {
            List<Boolean> onContext = new ArrayList<>();
            Runnable look = () -> onContext.add(Vertx.currentContext() == context);
            store.receive()
                    .onComplete(done -> look.run())
                    .compose(incoming -> incoming.write(Buffer.buffer(upload.bytes()))
                            .onComplete(done -> look.run())
                            .compose(written -> incoming.end())
                            .onComplete(done -> look.run())
                            .compose(received -> store.publish(incoming, upload.file(), Map.of()))
                            .onComplete(done -> look.run())
                            .compose(published -> store.read(DEMO))
                            .onComplete(done -> look.run())
                            .compose(read -> store.update(upload.file()))
                            .onComplete(done -> look.run())
                            .compose(updated -> store.delete(DEMO, upload.filename()))
                            .onComplete(done -> look.run())
                            .compose(deleted -> incoming.discard())
                            .onComplete(done -> look.run()))
                    .onComplete(done -> seen.handle(done.map(onContext)));
        });
        assertThat(get(seen.future())).hasSize(8).containsOnly(true);
    }
}
