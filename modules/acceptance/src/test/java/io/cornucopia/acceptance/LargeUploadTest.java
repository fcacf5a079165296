package io.cornucopia.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cornucopia.testkit.Content;
import io.cornucopia.testkit.GoldenFile;
import io.cornucopia.testkit.GoldenWheel;
import io.cornucopia.testkit.HttpProbe;
import io.cornucopia.testkit.RawZip;
import io.cornucopia.testkit.UploadForm;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Large forms and large files, in a small heap. */
class LargeUploadTest {
    private static final long GIB = 1L << 30;

    @TempDir
    Path directory;

    private PrivateIndex index;

    @BeforeEach
    void start() {
        index = PrivateIndex.alone(directory, List.of("-Xmx256m"));
    }

    @AfterEach
    void stop() {
        index.close();
    }

    @Test
    @DisplayName("G2 G11 a form with a description of 1 MiB, 500 requires_dist, and its parts in reverse order passes")
    void largeForm() {
        GoldenFile file = GoldenWheel.of("acme-form", "1.0").build();
        UploadForm form = UploadForm.of(file)
                .without("content")
                .field("description", "x".repeat(1 << 20))
                .field("summary", "")
                .field("author", "UNKNOWN")
                .field("a-field-of-the-future", "ignored");
        for (int i = 0; i < 500; i++) {
            form = form.field("requires_dist", "dependency-" + i + ">=1");
        }
        form = form.file(file.filename(), file.content()).reversed();
        HttpProbe.Response response = index.upload(form);
        assertThat(response.status()).as(response.text()).isEqualTo(200);
        index.assertServed(file);
    }

    @Test
    @DisplayName("a wheel of 1 GiB is uploaded and downloaded in a heap of 256 MB")
    void largeFile() {
        Content payload = Content.repeated(Content.random(1, 1 << 20).bytes(), GIB);
        byte[] metadata = "Metadata-Version: 2.1\nName: acme-large\nVersion: 1.0\nRequires-Python: >=3.9\n"
                .getBytes(StandardCharsets.UTF_8);
        Content archive = new RawZip()
                .entry(RawZip.stored("acme_large/payload.bin", payload))
                .entry(RawZip.stored("acme_large-1.0.dist-info/METADATA", Content.ofBytes(metadata)))
                .entry(RawZip.stored(
                        "acme_large-1.0.dist-info/WHEEL",
                        "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"))
                .entry(RawZip.stored("acme_large-1.0.dist-info/RECORD", "acme_large-1.0.dist-info/RECORD,,\n"))
                .build();
        GoldenFile file = GoldenFile.of("acme-large", "acme_large-1.0-py3-none-any.whl", archive);
        long start = System.nanoTime();
        HttpProbe.Response response =
                PrivateIndex.post(index.owner().timeout(Duration.ofMinutes(3)), UploadForm.of(file));
        System.out.printf(
                "LARGE %d bytes uploaded in %d ms, digest and all%n",
                file.size(), (System.nanoTime() - start) / 1_000_000);
        assertThat(response.status()).as(response.text()).isEqualTo(200);
        JsonNode listed = index.files("acme-large").get(file.filename());
        assertThat(listed.get("size").asLong()).isEqualTo(file.size());
        assertThat(listed.get("requires-python").asText()).isEqualTo(">=3.9");
        assertThat(index.get("/packages/" + file.filename() + ".metadata").body())
                .isEqualTo(metadata);
        index.assertServed(file);
        assertThat(index.node().stderr()).noneMatch(line -> line.contains("OutOfMemory"));
    }
}
