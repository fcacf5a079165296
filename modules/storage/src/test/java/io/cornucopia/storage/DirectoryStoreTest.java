package io.cornucopia.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cornucopia.core.UploadDocument;
import io.cornucopia.core.UploadedFile;
import io.cornucopia.storage.UploadStore.Publication;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("the directory of uploads")
class DirectoryStoreTest extends UploadStoreSuite {
    private static final String NAME = "acme-1.0-py3-none-any.whl";
    private static final byte[] METADATA = "Metadata-Version: 2.1\n".getBytes(java.nio.charset.StandardCharsets.UTF_8);

    @TempDir
    Path temporary;

    private final byte[] bytes = random(5_000);
    private final UploadedFile file = file(NAME, bytes);

    @Override
    UploadStore start() {
        return new DirectoryStore(vertx, directory());
    }

    private Path directory() {
        return temporary.resolve("data");
    }

    @Override
    long leftovers() {
        return filesBelow("incoming");
    }

    private long filesBelow(String name) {
        Path path = directory().resolve(name);
        if (!Files.exists(path)) {
            return 0;
        }
        try (Stream<Path> all = Files.walk(path)) {
            return all.filter(each -> !each.equals(path)).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    @DisplayName("nothing is made on the disk before the first upload")
    void untouched() {
        await(store.projects());
        await(store.read(ACME));
        IncomingFile incoming = await(store.receive());
        await(incoming.discard());
        assertThat(directory()).doesNotExist();
    }

    /** As a process leaves it that was killed while its upload was being prepared. */
    private Path abandoned(boolean described) throws IOException {
        Path stage = directory().resolve("incoming").resolve(UUID.randomUUID().toString());
        Files.createDirectories(stage);
        Files.createFile(stage.resolveSibling(stage.getFileName() + ".lock"));
        Files.write(stage.resolve("bytes"), bytes);
        if (described) {
            Files.write(stage.resolve("bytes.metadata"), METADATA);
            Files.write(
                    stage.resolve("description.json"), UploadDocument.of(file).write());
            Files.createDirectories(directory().resolve("meta/acme"));
            Files.createDirectories(directory().resolve("packages/acme"));
        }
        return stage;
    }

    private void link(Path stage) throws IOException {
        Files.createLink(directory().resolve("meta/acme/" + NAME + ".json"), stage.resolve("description.json"));
    }

    private void restart() {
        store = start();
        await(store.open());
    }

    @Test
    @DisplayName("killed before it was decided: swept, and the name is free")
    void killedBefore() throws Exception {
        abandoned(false);
        abandoned(true);
        restart();
        assertThat(await(store.read(ACME)).files()).isEmpty();
        assertThat(leftovers()).isZero();
        assertThat(publish(file, bytes, Map.of(Companion.CORE_METADATA, Buffer.buffer(METADATA))))
                .isInstanceOf(Publication.Done.class);
    }

    @Test
    @DisplayName("killed when it was decided and nothing was moved: not listed until the next start finishes it")
    void killedAfterTheLink() throws Exception {
        Path stage = abandoned(true);
        link(stage);
        assertThat(await(store.read(ACME)).files())
                .as("its bytes are not there")
                .isEmpty();
        assertThat(await(store.open(ACME, NAME))).isEmpty();
        restart();
        assertWhole();
    }

    @Test
    @DisplayName("killed when only what lies beside the file was moved: not listed until the next start finishes it")
    void killedBetweenTheMoves() throws Exception {
        Path stage = abandoned(true);
        link(stage);
        Files.move(stage.resolve("bytes.metadata"), directory().resolve("packages/acme/" + NAME + ".metadata"));
        assertThat(await(store.read(ACME)).files()).isEmpty();
        restart();
        assertWhole();
    }

    @Test
    @DisplayName("killed when all was moved and the rest was not swept: listed, and swept at the next start")
    void killedBeforeTheSweep() throws Exception {
        Path stage = abandoned(true);
        link(stage);
        Files.move(stage.resolve("bytes.metadata"), directory().resolve("packages/acme/" + NAME + ".metadata"));
        Files.move(stage.resolve("bytes"), directory().resolve("packages/acme/" + NAME));
        assertThat(await(store.read(ACME)).files()).containsExactly(file);
        restart();
        assertWhole();
    }

    @Test
    @DisplayName("the loser of a name that a killed process had won does not touch the winner's file")
    void loserAfterKill() throws Exception {
        Path stage = abandoned(true);
        link(stage);
        byte[] others = random(4_000);
        assertThat(publish(file(NAME, others), others, Map.of())).isEqualTo(new Publication.Exists(file));
        restart();
        assertWhole();
    }

    private void assertWhole() {
        assertThat(await(store.read(ACME)).files()).containsExactly(file);
        try (StoredFile stored = await(store.open(ACME, NAME)).orElseThrow()) {
            assertThat(read(stored)).isEqualTo(bytes);
        }
        try (StoredFile stored =
                await(store.open(ACME, NAME, Companion.CORE_METADATA)).orElseThrow()) {
            assertThat(read(stored)).isEqualTo(METADATA);
        }
        assertThat(leftovers()).isZero();
    }

    @Test
    @DisplayName("a process that starts leaves alone what another is working on")
    void notSwept() {
        IncomingFile incoming = await(store.receive());
        await(incoming.write(Buffer.buffer(bytes)));
        await(start().open());
        await(incoming.end());
        assertThat(await(store.publish(incoming, file, Map.of(Companion.CORE_METADATA, Buffer.buffer(METADATA)))))
                .isInstanceOf(Publication.Done.class);
        assertWhole();
    }

    @Test
    @DisplayName("killed in the middle of a deletion: gone, and the name is burned")
    void killedInDeletion() throws Exception {
        publish(file, bytes, Map.of());
        Files.write(
                directory().resolve("meta/acme/" + NAME + ".json"),
                UploadDocument.tombstone(file, NOON).write());
        restart();
        assertThat(await(store.read(ACME)).files()).isEmpty();
        assertThat(await(store.open(ACME, NAME))).isEmpty();
        assertThat(publish(file, bytes, Map.of())).isInstanceOf(Publication.Burned.class);
    }

    @Test
    @DisplayName("a file that has lost bytes on the disk is not served")
    void shortFile() throws Exception {
        publish(file, bytes, Map.of());
        Files.write(directory().resolve("packages/acme/" + NAME), List.of("short"));
        assertThatThrownBy(() -> await(store.open(ACME, NAME)))
                .hasCauseInstanceOf(IOException.class)
                .hasMessageContaining("restore it from a backup");
    }

    @Test
    @DisplayName("a description that cannot be read hides its file alone, and keeps its name")
    void brokenDescription() throws Exception {
        publish(file, bytes, Map.of());
        byte[] others = random(100);
        publish(file("acme-2.0.tar.gz", others), others, Map.of());
        Files.writeString(directory().resolve("meta/acme/" + NAME + ".json"), "{\"name\":");
        assertThat(await(store.read(ACME)).files())
                .extracting(UploadedFile::filename)
                .containsExactly("acme-2.0.tar.gz");
        assertThatThrownBy(() -> publish(file, bytes, Map.of())).hasCauseInstanceOf(IOException.class);
        assertThat(leftovers()).isZero();
    }
}
