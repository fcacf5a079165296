package io.cornucopia.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;

class GoldenFileTest {

    @Test
    void aWheelIsNamedAndFilledAsItShould() throws IOException {
        GoldenFile wheel = GoldenWheel.of("Foo.Bar-baz", "1.0")
                .requires("dep>=1")
                .requiresPython(">=3.8")
                .payload(1000)
                .build();

        assertThat(wheel.project()).isEqualTo("foo-bar-baz");
        assertThat(wheel.filename()).isEqualTo("foo_bar_baz-1.0-py3-none-any.whl");
        assertThat(wheel.version()).isEqualTo("1.0");
        Map<String, byte[]> entries = unzipped(wheel.bytes());
        assertThat(entries.get("foo_bar_baz-1.0.dist-info/METADATA"))
                .isEqualTo(wheel.metadata().orElseThrow())
                .asString(StandardCharsets.UTF_8)
                .contains("Requires-Dist: dep>=1\n", "Requires-Python: >=3.8\n");
        String record = new String(entries.get("foo_bar_baz-1.0.dist-info/RECORD"), StandardCharsets.UTF_8);
        entries.forEach((path, bytes) -> {
            if (!path.endsWith("RECORD")) {
                assertThat(record).contains(path + ",sha256=" + Sha256.urlSafe(bytes) + "," + bytes.length + "\n");
            }
        });
    }

    @Test
    void theSameInputGivesTheSameBytes() {
        assertThat(GoldenWheel.of("a", "1").payload(500).build().sha256())
                .isEqualTo(GoldenWheel.of("a", "1").payload(500).build().sha256());
        assertThat(GoldenSdist.of("a", "1").build().sha256())
                .isEqualTo(GoldenSdist.of("a", "1").build().sha256())
                .isNotEqualTo(GoldenSdist.of("a", "2").build().sha256());
    }

    @Test
    void aVersionIsReadFromTheName() {
        assertThat(GoldenFile.blob("a", "a-b-1.2.tar.gz", 1, 1).version()).isEqualTo("1.2");
        assertThat(GoldenFile.blob("a", "a-1.2-1-py3-none-any.whl", 1, 1).version())
                .isEqualTo("1.2");
    }

    private static Map<String, byte[]> unzipped(byte[] archive) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(archive))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                entries.put(entry.getName(), zip.readAllBytes());
            }
        }
        return entries;
    }
}
