package io.cornucopia.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RawZipTest {
    @TempDir
    Path directory;

    private ZipFile open(RawZip zip) throws IOException {
        Path file = directory.resolve("archive.zip");
        Files.write(file, zip.build().bytes());
        return new ZipFile(file.toFile());
    }

    private static byte[] read(ZipFile zip, String entry) throws IOException {
        return zip.getInputStream(zip.getEntry(entry)).readAllBytes();
    }

    @Test
    @DisplayName("an honest archive is read by the JDK, stored and deflated entries, also behind other bytes")
    void honest() throws IOException {
        Content noise = Content.random(1, 3_000_000);
        Content zeros = Content.repeated(new byte[1000], 3_000_000);
        RawZip zip = new RawZip()
                .entry(RawZip.stored("stored", noise))
                .entry(RawZip.deflated("deflated", zeros))
                .prefix(new RawTar().file("a", "b").plain());
        try (ZipFile archive = open(zip)) {
            assertThat(read(archive, "stored")).isEqualTo(noise.bytes());
            assertThat(read(archive, "deflated")).isEqualTo(zeros.bytes());
        }
    }

    @Test
    @DisplayName("what an entry says of itself can be anything")
    void dishonest() throws IOException {
        RawZip.Entry entry = RawZip.deflated("bomb", Content.repeated(new byte[1000], 1_000_000));
        try (ZipFile archive = open(new RawZip().entry(entry.sized(10)))) {
            assertThat(archive.getEntry("bomb").getSize()).isEqualTo(10);
        }
        RawZip encrypted = new RawZip().entry(entry.flagged(RawZip.ENCRYPTED));
        assertThatThrownBy(() -> open(encrypted).close()).isInstanceOf(ZipException.class);
    }
}
