package io.cornucopia.fetcher;

import static io.cornucopia.fetcher.Bench.await;
import static io.cornucopia.fetcher.Bench.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cornucopia.bus.Failure;
import io.cornucopia.bus.FileAnswer;
import io.cornucopia.bus.FileQuery.Part;
import io.cornucopia.bus.FileQuery.Purpose;
import io.cornucopia.core.CoreMetadata;
import io.cornucopia.core.Digest;
import io.cornucopia.core.DistributionFile;
import io.cornucopia.core.HashAlgorithm;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.ProjectStatus;
import io.cornucopia.storage.StoredFile;
import io.cornucopia.testkit.Fault;
import io.cornucopia.testkit.GoldenFile;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that were uploaded here, and upstream's of the same name. */
class OwnFilesTest {
    private static final String FILENAME = "thing-1.0-py3-none-any.whl";
    private static final byte[] OURS = "ours, and not what upstream has".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] METADATA = "Metadata-Version: 2.1\n".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    Path directory;

    private final GoldenFile theirs = GoldenFile.blob("thing", FILENAME, 2_000_000, 5);
    private Bench bench;

    @BeforeEach
    void start() {
        bench = new Bench(directory);
        bench.upstream.put(theirs);
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    private static DistributionFile described(
            Digest sha256, Optional<Digest> metadata, boolean signed, boolean proven) {
        String url = "cornucopia:/thing/" + FILENAME;
        return new DistributionFile(
                FILENAME,
                url,
                List.of(sha256),
                OptionalLong.of(OURS.length),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                metadata.map(digest -> new CoreMetadata(Optional.of(digest))),
                proven ? Optional.of(url + ".provenance") : Optional.empty(),
                Optional.of(signed));
    }

    private DistributionFile upload() throws IOException {
        Digest sha256 = bench.uploads.put(FILENAME, OURS);
        Digest metadata = bench.uploads.put(FILENAME + ".metadata", METADATA);
        DistributionFile file = described(sha256, Optional.of(metadata), false, false);
        bench.listOwn(file, ProjectStatus.ACTIVE);
        return file;
    }

    /** A file that arrived is kept, and kept open, a moment after the last of those who follow it has its end. */
    private void awaitOpen(String name) {
        await().until(() -> bench.openBytes(name).isPresent());
    }

    @Test
    @DisplayName(
            "E6 a file of ours and its METADATA come from the store of uploads, and are open for the next who asks")
    void ours() throws IOException {
        upload();

        assertThat(await(bench.fetch(FILENAME, Part.FILE)).getBytes()).isEqualTo(OURS);
        assertThat(await(bench.fetch(FILENAME, Part.CORE_METADATA)).getBytes()).isEqualTo(METADATA);
        assertThat(bench.openBytes(FILENAME)).map(Buffer::getBytes).contains(OURS);
        assertThat(bench.openBytes(FILENAME + ".metadata"))
                .map(Buffer::getBytes)
                .contains(METADATA);
        assertThat(bench.upstream.requests()).isEmpty();
        assertThat(bench.kept()).isEmpty();
    }

    @Test
    @DisplayName("E5 HEAD tells of the bytes that a GET sends")
    void head() throws IOException {
        upload();
        FileAnswer.Bytes head = (FileAnswer.Bytes) await(bench.ask(FILENAME, Part.FILE, Purpose.HEAD));

        assertThat(((StoredFile) head.handle()).size()).isEqualTo(OURS.length);
        assertThat(head.project()).isEqualTo(Bench.PROJECT);
        head.handle().close();
    }

    @Test
    @DisplayName("E7 what was not uploaded beside a file is not found, without a look at the store")
    void beside() throws IOException {
        Digest sha256 = bench.uploads.put(FILENAME, OURS);
        bench.uploads.put(FILENAME + ".asc", METADATA);
        bench.uploads.put(FILENAME + ".provenance", METADATA);
        bench.listOwn(described(sha256, Optional.empty(), false, false), ProjectStatus.ACTIVE);
        for (Part part : List.of(Part.CORE_METADATA, Part.SIGNATURE, Part.PROVENANCE)) {
            assertThat(failure(bench.fetch(FILENAME, part))).isInstanceOf(Failure.NotFound.class);
        }
        assertThat(bench.uploads.opened).isEmpty();

        bench.listOwn(described(sha256, Optional.empty(), true, true), ProjectStatus.ACTIVE);
        assertThat(await(bench.fetch(FILENAME, Part.SIGNATURE)).getBytes()).isEqualTo(METADATA);
        assertThat(await(bench.fetch(FILENAME, Part.PROVENANCE)).getBytes()).isEqualTo(METADATA);
        assertThat(bench.upstream.requests()).isEmpty();
    }

    @Test
    @DisplayName("a file of ours that is lost or changed is an error, and never upstream's instead")
    void lost() throws IOException {
        DistributionFile file =
                described(new Digest(HashAlgorithm.SHA256, "0".repeat(64)), Optional.empty(), false, false);
        bench.listOwn(file, ProjectStatus.ACTIVE);
        assertThat(failure(bench.fetch(FILENAME, Part.FILE)))
                .isInstanceOf(Failure.Internal.class)
                .extracting(Failure::message)
                .asString()
                .contains(FILENAME, "not in the store");

        bench.uploads.put(FILENAME, OURS);
        assertThat(failure(bench.fetch(FILENAME, Part.FILE)))
                .isInstanceOf(Failure.Internal.class)
                .extracting(Failure::message)
                .asString()
                .contains("not what its description says");
        assertThat(bench.openBytes(FILENAME)).isEmpty();
        assertThat(bench.upstream.requests()).isEmpty();
    }

    @Test
    @DisplayName("a file that was deleted between being listed and being opened is not found")
    void deletedMeanwhile() {
        DistributionFile file =
                described(new Digest(HashAlgorithm.SHA256, "0".repeat(64)), Optional.empty(), false, false);
        bench.listOwn(file, ProjectStatus.ACTIVE);
        bench.afterNextQuestion(() -> bench.listFailure(new Failure.NotFound("deleted")));

        assertThat(failure(bench.fetch(FILENAME, Part.FILE))).isInstanceOf(Failure.NotFound.class);
    }

    @Test
    @DisplayName("A6 files of a quarantined project of ours are refused")
    void quarantined() throws IOException {
        DistributionFile file = upload();
        await(bench.fetch(FILENAME, Part.FILE));
        bench.listOwn(file, new ProjectStatus(ProjectStatus.Marker.QUARANTINED, Optional.of("malware")));
        bench.announce(Bench.PROJECT);

        assertThat(bench.openBytes(FILENAME)).isEmpty();
        assertThat(failure(bench.fetch(FILENAME, Part.FILE))).isInstanceOf(Failure.Quarantined.class);
    }

    @Test
    @DisplayName("a file of upstream's that is cached and open is gone from the moment its project is ours")
    void transition() throws IOException {
        bench.list(bench.described(theirs));
        assertThat(await(bench.fetch(theirs)).getBytes()).isEqualTo(theirs.bytes());
        awaitOpen(FILENAME);

        upload();
        bench.announce(Bench.PROJECT);

        assertThat(bench.openBytes(FILENAME)).isEmpty();
        assertThat(await(bench.fetch(FILENAME, Part.FILE)).getBytes()).isEqualTo(OURS);
        bench.listFailure(new Failure.NotFound("nobody lists it"));
        bench.announce(Bench.PROJECT);
        assertThat(failure(bench.fetch(FILENAME, Part.FILE)))
                .as("although it is in the cache")
                .isInstanceOf(Failure.NotFound.class);
        assertThat(bench.openBytes(FILENAME)).isEmpty();
    }

    @Test
    @DisplayName("a file that is arriving from upstream when its project becomes ours is not kept open")
    void overtakenDownload() throws Exception {
        bench.list(bench.described(theirs));
        bench.upstream.fault("/files/", new Fault.Times(1, new Fault.Stall(1_000_000)));
        Future<Buffer> early = bench.fetch(theirs);
        await().until(() -> bench.upstream.bytesRequests(FILENAME) == 1);

        upload();
        bench.announce(Bench.PROJECT);
        assertThat(await(bench.fetch(FILENAME, Part.FILE)).getBytes()).isEqualTo(OURS);
        bench.announce(Bench.PROJECT);
        assertThat(await(early).getBytes()).as("for who asked before").isEqualTo(theirs.bytes());
        await().untilAsserted(() -> assertThat(bench.kept()).containsExactly(FILENAME));

        assertThat(bench.openBytes(FILENAME)).isEmpty();
        assertThat(await(bench.fetch(FILENAME, Part.FILE)).getBytes()).isEqualTo(OURS);
    }

    @Test
    @DisplayName("a file on disk whose page was asked before its project became ours is not kept open")
    void overtakenFile() {
        bench.list(bench.described(theirs));
        await(bench.fetch(theirs));
        awaitOpen(FILENAME);
        bench.announce(Bench.PROJECT);
        assertThat(bench.openBytes(FILENAME)).isEmpty();
        bench.afterNextQuestion(() -> bench.announce(Bench.PROJECT));

        assertThat(await(bench.fetch(theirs)).getBytes()).isEqualTo(theirs.bytes());
        assertThat(bench.openBytes(FILENAME)).isEmpty();
        await(bench.fetch(theirs));
        assertThat(bench.openBytes(FILENAME)).as("of who asked after it").isPresent();
    }

    @Test
    @DisplayName("an open file of another project whose name may be read as ours is forgotten as well")
    void ambiguous() {
        GoldenFile file = GoldenFile.blob("thing", "thing-1-1.tar.gz", 1_000, 5);
        bench.upstream.put(file);
        bench.list(bench.described(file));
        await(bench.fetch(file));
        awaitOpen("thing-1-1.tar.gz");

        bench.announce(new ProjectName("thing-1"));

        assertThat(bench.openBytes("thing-1-1.tar.gz")).isEmpty();
    }
}
