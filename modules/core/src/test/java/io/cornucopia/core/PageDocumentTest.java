package io.cornucopia.core;

import static io.cornucopia.core.Samples.bare;
import static io.cornucopia.core.Samples.full;
import static io.cornucopia.core.Samples.page;
import static io.cornucopia.core.Samples.stream;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageDocumentTest {
    @Property(tries = 500)
    void what_was_written_is_read_back_equal(@ForAll("pages") ProjectPage page) throws Exception {
        byte[] written = PageDocument.write(page);
        assertThat(PageDocument.read(new ByteArrayInputStream(written))).isEqualTo(page);
        assertThat(PageDocument.write(page)).isEqualTo(written);
    }

    @Test
    void one_file_a_line() {
        assertThat(Samples.text(PageDocument.write(page(full("demo-1.0.zip"), bare("demo-2.0.zip"))))
                        .lines()
                        .filter(line -> line.contains("\"filename\"")))
                .hasSize(2);
    }

    @Test
    @DisplayName("I a document that was cut off anywhere is refused")
    void truncated() {
        byte[] whole = PageDocument.write(page(full("demo-1.0.zip")));
        // The last byte is the line feed after the object.
        for (int length = 0; length < whole.length - 1; length++) {
            byte[] part = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> PageDocument.read(new ByteArrayInputStream(part)))
                    .isInstanceOf(MalformedPageException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"name\":\"demo\"}",
                "{\"files\":[]}",
                "{\"name\":\"-\",\"files\":[]}",
                "{\"name\":\"demo\",\"files\":[{}]}",
                "{\"name\":\"demo\",\"files\":[1]}",
                "{\"name\":\"demo\",\"files\":[{\"filename\":\"f\",\"url\":\"u\",\"upload-time\":\"now\"}]}",
                "{\"meta\":{\"api-version\":\"2\"},\"name\":\"demo\",\"files\":[]}"
            })
    void refused(String document) {
        assertThatThrownBy(() -> PageDocument.read(stream(document))).isInstanceOf(MalformedPageException.class);
    }

    @Provide
    Arbitrary<ProjectPage> pages() {
        Arbitrary<ProjectStatus> statuses = Combinators.combine(
                        Arbitraries.of(ProjectStatus.Marker.class), texts().optional())
                .as(ProjectStatus::new);
        return Combinators.combine(
                        Arbitraries.of("demo", "a-b", "x").map(Samples::name),
                        statuses,
                        counts(),
                        texts().list().ofMaxSize(4),
                        files().list().ofMaxSize(4))
                .as(ProjectPage::new);
    }

    private static Arbitrary<DistributionFile> files() {
        Arbitrary<Where> wheres =
                Combinators.combine(texts(), texts(), digests()).as(Where::new);
        Arbitrary<Optional<CoreMetadata>> metadata = digests()
                .map(digests -> new CoreMetadata(digests.stream().findFirst()))
                .optional();
        Arbitrary<Optional<Instant>> times = Arbitraries.longs()
                .between(-62_000_000_000_000_000L, 250_000_000_000_000_000L)
                .map(micros ->
                        Instant.EPOCH.plusNanos(micros % 1_000_000 * 1000).plusSeconds(micros / 1_000_000))
                .optional();
        return Combinators.combine(
                        wheres,
                        counts(),
                        texts().optional(),
                        times,
                        texts().map(Yank::new).optional(),
                        metadata,
                        texts().optional(),
                        Arbitraries.of(true, false).optional())
                .as((where, size, python, time, yank, core, provenance, signature) -> new DistributionFile(
                        where.filename(),
                        where.url(),
                        where.digests(),
                        size,
                        python,
                        time,
                        yank,
                        core,
                        provenance,
                        signature));
    }

    private record Where(String filename, String url, List<Digest> digests) {}

    private static Arbitrary<List<Digest>> digests() {
        return Arbitraries.subsetOf(HashAlgorithm.values()).map(algorithms -> {
            List<Digest> digests = new ArrayList<>();
            algorithms.stream()
                    .sorted()
                    .forEach(algorithm -> digests.add(new Digest(algorithm, "a".repeat(algorithm.hexLength()))));
            return digests;
        });
    }

    private static Arbitrary<OptionalLong> counts() {
        return Arbitraries.longs()
                .between(0, 999_999_999_999_999_999L)
                .optional()
                .map(count -> count.map(OptionalLong::of).orElse(OptionalLong.empty()));
    }

    private static Arbitrary<String> texts() {
        return Arbitraries.strings()
                .withCharRange('\0', '\ud7ff')
                .withChars('"', '\\', '\n', '<', '\ufffd', '\u2028')
                .ofMaxLength(12)
                .map(text -> text.endsWith("<") ? text + "😀" : text);
    }
}
