package io.cornucopia.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cornucopia.core.ProjectStatus;
import io.cornucopia.core.UploadDocument;
import io.cornucopia.core.UploadedFile;
import io.cornucopia.core.Yank;
import io.cornucopia.storage.UploadStore.Publication;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryStoreTest extends UploadStoreSuite {
    private static final Instant DELETED = Instant.parse("2024-03-01T00:00:00Z");

    @TempDir
    Path parent;

    private final SampleUpload wheel = SampleUpload.wheel(DEMO, "1.0", 5000);

    private Path root() {
        return parent.resolve("uploads/data");
    }

    @Override
    protected UploadStore newStore() {
        return new DirectoryStore(vertx, root());
    }

    @Override
    protected long onTheirWay() throws IOException {
        if (Files.notExists(root().resolve("incoming"))) {
            return 0;
        }
        try (Stream<Path> files = Files.list(root().resolve("incoming"))) {
            return files.count();
        }
    }

    @Test
    @DisplayName("nothing is on the disk before the first byte of the first upload")
    void nothingBefore() throws Exception {
        get(store.projects());
        get(store.read(DEMO));
        get(store.open(DEMO, wheel.filename()));
        IncomingFile incoming = get(store.receive());
        assertThat(parent).isEmptyDirectory();
        get(incoming.write(Buffer.buffer("x")));
        assertThat(root().resolve("incoming")).isNotEmptyDirectory();
        get(incoming.discard());
        assertThat(root().resolve("incoming")).isEmptyDirectory();
    }

    @Test
    @DisplayName(
            "a store that is gone is not one without uploads: nothing is told of it or written there until it is back")
    void gone() throws Exception {
        get(wheel.publish(store));
        get(store.read(DEMO));
        Path elsewhere = Files.move(root(), parent.resolve("elsewhere"));
        for (boolean isMountPoint : List.of(false, true)) {
            if (isMountPoint) {
                Files.createDirectory(root());
            }
            List<Future<?>> questions = List.of(
                    store.open(),
                    store.projects(),
                    store.read(DEMO),
                    store.open(DEMO, wheel.filename()),
                    store.delete(DEMO, wheel.filename()),
                    SampleUpload.wheel(DEMO, "2.0", 5000).publish(store));
            for (Future<?> question : questions) {
                assertThatThrownBy(() -> get(question)).hasMessageContaining("is its volume still mounted?");
            }
        }
        assertThat(root()).isEmptyDirectory();
        Files.delete(root());
        Files.move(elsewhere, root());
        assertWhole(wheel);
    }

    @Test
    @DisplayName("the directory reads as it is documented")
    void layout() throws Exception {
        get(wheel.publish(store));
        assertThat(root().resolve("packages/demo/demo-1.0-py3-none-any.whl")).hasBinaryContent(wheel.bytes());
        for (Companion companion : Companion.values()) {
            assertThat(root().resolve("packages/demo/demo-1.0-py3-none-any.whl" + companion.suffix()))
                    .hasBinaryContent(wheel.beside().get(companion));
        }
        assertThat(description()).content(StandardCharsets.UTF_8).contains("\"filename\" : \"" + wheel.filename());
    }

    private Path description() {
        return root().resolve("meta/demo/" + wheel.filename() + ".json");
    }

    private Path bytes() {
        return root().resolve("packages/demo/" + wheel.filename());
    }

    /** A stage as a process leaves it behind that was killed. */
    private final class Leftover {
        private final Path directory;

        Leftover() throws IOException {
            String id = UUID.randomUUID().toString();
            directory = Files.createDirectories(root().resolve("incoming/" + id));
            Files.createFile(root().resolve("incoming/" + id + ".lock"));
        }

        Leftover bytes(int length) throws IOException {
            Files.write(directory.resolve("bytes"), Arrays.copyOf(wheel.bytes(), length));
            return this;
        }

        Leftover companions() throws IOException {
            for (Companion companion : Companion.values()) {
                Files.write(
                        directory.resolve("bytes" + companion.suffix()),
                        wheel.beside().get(companion));
            }
            return this;
        }

        Leftover description(UploadDocument document) throws IOException {
            Files.write(directory.resolve("description.json"), document.write());
            return this;
        }

        Leftover link() throws IOException {
            Files.createDirectories(DirectoryStoreTest.this.description().getParent());
            Files.createLink(DirectoryStoreTest.this.description(), directory.resolve("description.json"));
            return this;
        }

        Leftover moved(String suffix) throws IOException {
            Files.createDirectories(DirectoryStoreTest.this.bytes().getParent());
            Files.move(
                    directory.resolve("bytes" + suffix),
                    DirectoryStoreTest.this.bytes().resolveSibling(wheel.filename() + suffix));
            return this;
        }

        static Leftover complete(DirectoryStoreTest test) throws IOException {
            return test.new Leftover().bytes(5000).companions().description(UploadDocument.of(test.wheel.file()));
        }
    }

    private void reopen() throws IOException {
        store = opened();
        assertThat(onTheirWay()).as("what is on its way after a start").isZero();
    }

    /** That the upload counts for nothing, and can be repeated. */
    private void assertSwept() throws IOException {
        assertAbsent(wheel);
        reopen();
        assertAbsent(wheel);
        assertThat(get(store.read(DEMO)).everUploaded()).isFalse();
        assertThat(get(wheel.publish(store))).isEqualTo(new Publication.Done());
        assertWhole(wheel);
    }

    /** That the upload is not listed until the start, and whole after it, and its name is taken all the while. */
    private void assertFinished() throws IOException {
        assertAbsent(wheel);
        assertThat(get(store.update(wheel.file()))).isFalse();
        assertThat(get(store.delete(DEMO, wheel.filename()))).isFalse();
        store = newStore();
        assertThat(get(store.open())).as("of which projects files have come").containsExactly(DEMO);
        assertThat(onTheirWay()).isZero();
        assertWhole(wheel);
        reopen();
        assertWhole(wheel);
    }

    @Test
    @DisplayName("killed while bytes arrive: swept")
    void killedArriving() throws Exception {
        new Leftover();
        new Leftover().bytes(3000);
        assertSwept();
    }

    @Test
    @DisplayName("killed before all of the description is on the disk: swept")
    void killedDescribing() throws Exception {
        Path description = Leftover.complete(this).directory.resolve("description.json");
        byte[] whole = Files.readAllBytes(description);
        Files.write(description, Arrays.copyOf(whole, whole.length / 2));
        assertSwept();
    }

    @Test
    @DisplayName("killed before the description has its name: swept")
    void killedBeforeLink() throws Exception {
        Leftover.complete(this);
        assertSwept();
    }

    @Test
    @DisplayName("killed once the description has its name: finished at the start")
    void killedAfterLink() throws Exception {
        Leftover.complete(this).link();
        assertFinished();
    }

    @Test
    @DisplayName(
            "killed once the description has its name: finished by whoever uploads it again, who is told that it is there")
    void killedAfterLinkAndUploadedAgain() throws Exception {
        Leftover.complete(this).link().moved(".metadata");
        assertThat(get(wheel.publish(store))).isEqualTo(new Publication.Exists(wheel.file(), true));
        assertWhole(wheel);
        assertThat(onTheirWay()).isZero();
        assertThat(get(wheel.publish(store))).isEqualTo(new Publication.Exists(wheel.file(), false));
        assertThat(get(newStore().open())).isEmpty();
    }

    @Test
    @DisplayName("a file whose bytes somebody took away stays described, and its name taken, at once")
    void bytesGone() throws Exception {
        get(wheel.publish(store));
        Files.delete(bytes());
        long before = System.nanoTime();
        assertThat(get(wheel.publish(store))).isEqualTo(new Publication.Exists(wheel.file()));
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    @DisplayName("killed between companions: finished at the start")
    void killedBetweenCompanions() throws Exception {
        Leftover.complete(this).link().moved(".metadata");
        assertFinished();
    }

    @Test
    @DisplayName("killed before the bytes are moved: finished at the start")
    void killedBeforeBytes() throws Exception {
        Leftover.complete(this)
                .link()
                .moved(".metadata")
                .moved(".asc")
                .moved(".provenance")
                .moved(".attestations");
        assertFinished();
    }

    @Test
    @DisplayName("killed once all is in place: it is there at once")
    void killedBeforeRemoval() throws Exception {
        Leftover.complete(this)
                .link()
                .moved(".metadata")
                .moved(".asc")
                .moved(".provenance")
                .moved(".attestations")
                .moved("");
        assertWhole(wheel);
        reopen();
        assertWhole(wheel);
    }

    @Test
    @DisplayName("a copy of the directory, in which two names of one file became two files, is finished as well")
    void copied() throws Exception {
        Leftover leftover = Leftover.complete(this).link();
        byte[] same = Files.readAllBytes(description());
        Files.delete(description());
        Files.write(description(), same);
        assertThat(Files.isSameFile(description(), leftover.directory.resolve("description.json")))
                .isFalse();
        assertFinished();
    }

    @Test
    @DisplayName("killed after it lost the name: swept, and the winner is untouched")
    void killedLosing() throws Exception {
        SampleUpload winner = SampleUpload.wheel(DEMO, "1.0", 6000);
        get(winner.publish(store));
        Leftover.complete(this);
        reopen();
        assertWhole(winner);
    }

    @Test
    @DisplayName("a stage that a loss of power brought back does not undo a yank or a deletion")
    void stale() throws Exception {
        get(wheel.publish(store));
        new Leftover().description(UploadDocument.of(wheel.file()));
        get(store.update(wheel.file().withYank(Optional.of(new Yank("reason")))));
        reopen();
        assertThat(files(DEMO)).allMatch(file -> file.yank().isPresent()).hasSize(1);
        new Leftover().description(UploadDocument.of(wheel.file()));
        get(store.delete(DEMO, wheel.filename()));
        reopen();
        assertAbsent(wheel);
        assertThat(get(wheel.publish(store))).isEqualTo(new Publication.Burned());
    }

    @Test
    @DisplayName("killed before the tombstone is in place: the file is there")
    void killedBeforeTombstone() throws Exception {
        get(wheel.publish(store));
        Leftover leftover = new Leftover().description(UploadDocument.tombstone(wheel.file(), DELETED));
        Files.createLink(
                leftover.directory.resolve("replacement.json"), leftover.directory.resolve("description.json"));
        reopen();
        assertWhole(wheel);
    }

    @Test
    @DisplayName("killed once the tombstone is in place: gone at once, its bytes at the start")
    void killedAfterTombstone() throws Exception {
        get(wheel.publish(store));
        Leftover leftover = new Leftover().description(UploadDocument.tombstone(wheel.file(), DELETED));
        Files.delete(description());
        Files.createLink(description(), leftover.directory.resolve("description.json"));
        assertAbsent(wheel);
        assertThat(bytes()).exists();
        reopen();
        assertAbsent(wheel);
        assertThat(bytes().getParent()).isEmptyDirectory();
        assertThat(get(wheel.publish(store))).isEqualTo(new Publication.Burned());
    }

    @Test
    @DisplayName("killed while a document is rewritten: the old one holds")
    void killedRewriting() throws Exception {
        get(wheel.publish(store));
        Files.write(new Leftover().directory.resolve("replacement.json"), new byte[] {'{'});
        reopen();
        assertWhole(wheel);
    }

    @Test
    @DisplayName("a lock file alone, and a stage without one, are nobody's; what is not ours is left alone")
    void oddities() throws Exception {
        Path incoming = Files.createDirectories(root().resolve("incoming"));
        Files.createFile(incoming.resolve(UUID.randomUUID() + ".lock"));
        Files.createDirectory(incoming.resolve(UUID.randomUUID().toString()));
        Files.createFile(incoming.resolve(".lock"));
        Files.createFile(incoming.resolve(".DS_Store"));
        store = opened();
        try (Stream<Path> left = Files.list(incoming)) {
            assertThat(left.map(path -> path.getFileName().toString())).containsExactlyInAnyOrder(".lock", ".DS_Store");
        }
    }

    @Test
    @DisplayName("a start sweeps nothing that this process is working on")
    void sharedInProcess() throws Exception {
        IncomingFile incoming = get(wheel.send(store));
        UploadStore sharing = opened();
        get(sharing.open());
        assertThat(incoming.path()).hasBinaryContent(wheel.bytes());
        assertThat(get(store.publish(incoming, wheel.file(), wheel.buffers()))).isEqualTo(new Publication.Done());
        store = sharing;
        assertWhole(wheel);
    }

    @Test
    @DisplayName("a start sweeps nothing that another process is working on, and all of it once that was killed")
    void sharedByProcesses() throws Exception {
        SampleUpload upload = SampleUpload.sdist(DEMO, "0", 200_000, 0);
        try (UploadingProcess other = UploadingProcess.start(root(), "waiting")) {
            assertThat(other.line()).isEqualTo("sent");
            store = opened();
            assertThat(onTheirWay()).isEqualTo(2);
            other.go();
            assertThat(other.line()).isEqualTo("done 0");
            assertWhole(upload);
            assertThat(other.line()).isEqualTo("sent");
            assertThat(onTheirWay()).isEqualTo(2);
            other.kill();
        }
        reopen();
        assertThat(files(DEMO)).containsExactly(upload.file());
    }

    @Test
    @DisplayName("whenever a process is killed, what it said was done is there, and all that is there is whole")
    void killedAtRandom() throws Exception {
        Set<SampleUpload> done = new HashSet<>();
        for (int round = 0; round < 4; round++) {
            try (UploadingProcess process = UploadingProcess.start(root(), "busy")) {
                List<String> lines = new ArrayList<>();
                for (int i = 0; i < 5 + 7 * round; i++) {
                    lines.add(process.line());
                }
                process.kill();
                lines.addAll(process.rest());
                for (String line : lines) {
                    done.add(UploadingProcess.upload(Integer.parseInt(line.substring("done ".length()))));
                }
            }
            reopen();
            Set<String> listed = new HashSet<>();
            files(DEMO).forEach(file -> listed.add(file.filename()));
            for (SampleUpload upload : done) {
                assertThat(listed).contains(upload.filename());
            }
            for (String filename : listed) {
                assertWhole(UploadingProcess.upload(UploadingProcess.number(filename)));
            }
        }
    }

    @Test
    @DisplayName("of several processes that want the same names, and are killed and started, one wins each")
    void contended() throws Exception {
        Map<Integer, Integer> winners = new HashMap<>();
        List<UploadingProcess> processes = new ArrayList<>();
        List<String> lines = new ArrayList<>();
        try {
            for (int contender = 0; contender < 6; contender++) {
                processes.add(UploadingProcess.start(root(), Integer.toString(contender)));
                if (processes.size() < 3) {
                    continue;
                }
                // The youngest has begun, at which it has looked through what is on its way; then the oldest dies.
                for (int i = 0; i < 10; i++) {
                    lines.add(processes.get(processes.size() - 1).line());
                }
                lines.addAll(die(processes.remove(0)));
                // As a fourth node that starts.
                get(newStore().open());
            }
            while (!processes.isEmpty()) {
                lines.addAll(die(processes.remove(0)));
            }
        } finally {
            for (UploadingProcess left : processes) {
                left.kill();
            }
        }
        assertThat(lines).noneMatch(line -> line.startsWith("missing"));
        for (String line : lines) {
            String[] words = line.split(" ", -1);
            if (words[0].equals("done")) {
                assertThat(winners.put(Integer.parseInt(words[1]), Integer.parseInt(words[2])))
                        .as(line)
                        .isNull();
            }
        }
        assertThat(winners).hasSizeGreaterThan(10);
        reopen();
        for (Map.Entry<Integer, Integer> winner : winners.entrySet()) {
            assertWhole(UploadingProcess.contended(winner.getKey(), winner.getValue()));
        }
        for (UploadedFile file : files(DEMO)) {
            int number = UploadingProcess.number(file.filename());
            assertWhole(UploadingProcess.contended(number, (int) (file.size() - 20_000)));
        }
    }

    private static List<String> die(UploadingProcess process) throws InterruptedException {
        process.kill();
        return process.rest();
    }

    @Test
    @DisplayName("a yank that one node does while another deletes does not bring the file back")
    void yankedAndDeletedByTwo() throws Exception {
        Vertx otherVertx = Vertx.vertx();
        try {
            UploadStore other = new DirectoryStore(otherVertx, root());
            for (int round = 0; round < 20; round++) {
                SampleUpload upload = SampleUpload.sdist(DEMO, "1." + round, 100, round);
                get(upload.publish(store));
                List<Future<Boolean>> acts = new ArrayList<>();
                for (int i = 0; i < 10; i++) {
                    acts.add(store.update(upload.file().withYank(Optional.of(new Yank("reason " + i)))));
                    if (i == 5) {
                        acts.add(other.delete(DEMO, upload.filename()));
                    }
                }
                acts.forEach(UploadStoreSuite::get);
                assertAbsent(upload);
                assertThat(get(store.read(DEMO)).burned()).contains(upload.filename());
            }
        } finally {
            get(otherVertx.close());
        }
    }

    @Test
    @DisplayName("what one store has done, another sees that had looked before")
    void seenByOthers() throws Exception {
        UploadStore other = opened();
        assertThat(get(other.projects())).isEmpty();
        assertThat(get(other.read(DEMO)).files()).isEmpty();
        get(wheel.publish(store));
        assertThat(get(other.projects())).containsExactly(DEMO);
        assertThat(get(other.read(DEMO)).files()).containsExactly(wheel.file());
        get(store.update(wheel.file().withYank(Optional.of(new Yank("reason")))));
        assertThat(get(other.read(DEMO)).files()).allMatch(file -> file.yank().isPresent());
        get(store.setStatus(DEMO, new ProjectStatus(ProjectStatus.Marker.ARCHIVED, Optional.empty())));
        assertThat(get(other.read(DEMO)).status()).isPresent();
        get(store.delete(DEMO, wheel.filename()));
        assertThat(get(other.read(DEMO)).files()).isEmpty();
        assertThat(get(other.open(DEMO, wheel.filename()))).isEmpty();
    }

    @Test
    @DisplayName("a file or a companion that is not as it was described is not served, and said to be broken")
    void damaged() throws Exception {
        get(wheel.publish(store));
        Files.write(bytes(), new byte[4999]);
        assertThatThrownBy(() -> get(store.open(DEMO, wheel.filename())))
                .hasCauseInstanceOf(BrokenFileException.class)
                .hasMessageContaining("has 4999 bytes where its description says 5000");
        Files.write(bytes().resolveSibling(wheel.filename() + ".metadata"), new byte[] {1});
        assertThatThrownBy(() -> get(store.open(DEMO, wheel.filename(), Companion.CORE_METADATA)))
                .hasCauseInstanceOf(BrokenFileException.class)
                .hasMessageContaining("where the description of its file says");
    }

    @Test
    @DisplayName("a damaged description takes one file away, not its project, and its name stays taken")
    void damagedDescription() throws Exception {
        SampleUpload sdist = SampleUpload.sdist(DEMO, "1.0", 10, 1);
        get(wheel.publish(store));
        get(sdist.publish(store));
        Files.write(description(), new byte[] {'{'});
        assertThat(files(DEMO)).containsExactly(sdist.file());
        assertThatThrownBy(() -> get(store.open(DEMO, wheel.filename())))
                .hasCauseInstanceOf(BrokenFileException.class)
                .hasMessageContaining(description() + " is damaged");
        assertThatThrownBy(() -> get(wheel.publish(store))).hasCauseInstanceOf(BrokenFileException.class);
        assertThat(onTheirWay()).isZero();
        Files.copy(
                root().resolve("meta/demo/" + sdist.filename() + ".json"), root().resolve("meta/demo/x.tar.gz.json"));
        assertThat(files(DEMO)).containsExactly(sdist.file());
    }

    @Test
    @DisplayName("a damaged status is not taken for none")
    void damagedStatus() throws Exception {
        Files.createDirectories(root().resolve("meta/demo"));
        Files.write(root().resolve("meta/demo/.status.json"), new byte[] {'{'});
        assertThatThrownBy(() -> get(store.read(DEMO))).hasCauseInstanceOf(BrokenFileException.class);
    }

    @Test
    @DisplayName("I a disk that takes no bytes fails the upload and keeps nothing of it")
    void noBytes() throws Exception {
        Files.createDirectories(root());
        Path inTheWay = Files.createFile(root().resolve("incoming"));
        IncomingFile incoming = get(store.receive());
        assertThatThrownBy(() -> get(incoming.write(Buffer.buffer("x")))).hasCauseInstanceOf(IOException.class);
        assertThatThrownBy(() -> get(incoming.end())).hasCauseInstanceOf(IllegalStateException.class);
        get(incoming.discard());
        Files.delete(inTheWay);
        assertThat(get(wheel.publish(store))).isEqualTo(new Publication.Done());
    }

    @Test
    @DisplayName("I a disk that fails when an upload is half-way in place: undone, and it can be repeated")
    void undone() throws Exception {
        for (String name : List.of("packages", "packages/demo")) {
            Path inTheWay = root().resolve(name);
            Files.createDirectories(inTheWay.getParent());
            Files.createFile(inTheWay);
            assertThatThrownBy(() -> get(wheel.publish(store)))
                    .hasCauseInstanceOf(IOException.class)
                    .hasMessageContaining(inTheWay + " is in the way");
            assertThat(onTheirWay()).isZero();
            Files.delete(inTheWay);
            assertThat(get(store.read(DEMO)).everUploaded()).isFalse();
        }
        // A directory takes the place of the bytes: companions are in place by then, and are taken back.
        Files.createDirectories(bytes().resolve("inside"));
        assertThatThrownBy(() -> get(wheel.publish(store))).hasCauseInstanceOf(IOException.class);
        assertThat(get(store.read(DEMO)).everUploaded()).isFalse();
        try (Stream<Path> left = Files.list(bytes().getParent())) {
            assertThat(left).containsExactly(bytes());
        }
        Files.delete(bytes().resolve("inside"));
        Files.delete(bytes());
        assertThat(get(wheel.publish(store))).isEqualTo(new Publication.Done());
        assertWhole(wheel);
    }

    @Test
    @DisplayName("what is no directory is refused at the start")
    void notADirectory() throws Exception {
        Files.createDirectories(root().getParent());
        Files.createFile(root());
        assertThatThrownBy(this::opened)
                .hasCauseInstanceOf(IOException.class)
                .hasMessageContaining("is not a directory");
    }
}
