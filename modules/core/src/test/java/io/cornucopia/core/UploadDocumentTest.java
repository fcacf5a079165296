package io.cornucopia.core;

import static io.cornucopia.core.Samples.DEMO;
import static io.cornucopia.core.Samples.MD5;
import static io.cornucopia.core.Samples.OTHER_SHA;
import static io.cornucopia.core.Samples.SHA;
import static io.cornucopia.core.Samples.sha256;
import static io.cornucopia.core.Samples.stream;
import static io.cornucopia.core.Samples.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

class UploadDocumentTest {
    private static final UploadedFile FULL = new UploadedFile(
            DEMO,
            "1.0",
            "demo-1.0-py3-none-any.whl",
            1234,
            List.of(sha256(SHA), new Digest(HashAlgorithm.MD5, MD5)),
            Optional.of(">=3.8"),
            Instant.parse("2023-04-05T06:07:08.123456Z"),
            Optional.of(new Yank("broken \"build\"")),
            Optional.of(sha256(OTHER_SHA)),
            true,
            true,
            "ci");

    @Property(tries = 500)
    void what_was_written_is_read_back_equal(@ForAll("documents") UploadDocument document) throws Exception {
        byte[] written = document.write();
        assertThat(UploadDocument.read(new ByteArrayInputStream(written))).isEqualTo(document);
        assertThat(document.write()).isEqualTo(written);
    }

    @Test
    @DisplayName("a field a line, named as on a simple page")
    void readable() {
        assertThat(text(UploadDocument.of(FULL).write())).isEqualTo("""
                        {
                          "name" : "demo",
                          "version" : "1.0",
                          "filename" : "demo-1.0-py3-none-any.whl",
                          "size" : 1234,
                          "hashes" : {
                            "sha256" : "%s",
                            "md5" : "%s"
                          },
                          "requires-python" : ">=3.8",
                          "upload-time" : "2023-04-05T06:07:08.123456Z",
                          "yanked" : "broken \\"build\\"",
                          "core-metadata" : {
                            "sha256" : "%s"
                          },
                          "gpg-sig" : true,
                          "provenance" : true,
                          "uploader" : "ci"
                        }
                        """.formatted(SHA, MD5, OTHER_SHA));
    }

    @Test
    @DisplayName("a tombstone tells what it was, and is no live file")
    void tombstone() throws Exception {
        Instant deleted = Instant.parse("2024-01-01T00:00:00Z");
        UploadDocument read = UploadDocument.read(
                new ByteArrayInputStream(UploadDocument.tombstone(FULL, deleted).write()));
        assertThat(read.live()).isEmpty();
        assertThat(read.deleted()).contains(deleted);
        assertThat(read.file()).isEqualTo(FULL);
        assertThat(UploadDocument.of(FULL).live()).contains(FULL);
    }

    @Test
    @DisplayName("I a description that was cut off anywhere is refused")
    void truncated() {
        byte[] whole = UploadDocument.of(FULL).write();
        // The last byte is the line feed after the object.
        for (int length = 0; length < whole.length - 1; length++) {
            byte[] part = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> UploadDocument.read(new ByteArrayInputStream(part)))
                    .isInstanceOf(MalformedPageException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"name", "version", "filename", "size", "hashes", "upload-time", "uploader"})
    @DisplayName("I a description that lacks something is refused")
    void lacking(String field) {
        String lacking = text(UploadDocument.of(FULL).write()).replace("\"" + field + "\"", "\"other\"");
        assertThatThrownBy(() -> UploadDocument.read(stream(lacking))).isInstanceOf(MalformedPageException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"name\" : \"demo\"|\"name\" : \"-\"",
                "\"filename\" : \"demo|\"filename\" : \"../demo",
                "\"size\" : 1234|\"size\" : \"1234\"",
                "\"size\" : 1234|\"size\" : -1",
                "\"sha256\"|\"sha265\"",
                "2023-04-05|today",
                "\"uploader\" : \"ci\"|\"uploader\" : \"ci\", \"deleted\" : true",
                "{|[",
            })
    @DisplayName("I a description with something wrong in it is refused")
    void wrong(String change) {
        String[] parts = change.split("\\|", -1);
        String changed = text(UploadDocument.of(FULL).write()).replace(parts[0], parts[1]);
        assertThatThrownBy(() -> UploadDocument.read(stream(changed))).isInstanceOf(MalformedPageException.class);
    }

    @Test
    @DisplayName("what a later version adds is passed over")
    void later() throws Exception {
        String later = text(UploadDocument.of(FULL).write()).replaceFirst("\\{", "{\"later\": [{\"x\": 1}],");
        assertThat(UploadDocument.read(stream(later)).file()).isEqualTo(FULL);
    }

    @Provide
    Arbitrary<UploadDocument> documents() {
        Arbitrary<Instant> times = Arbitraries.longs()
                .between(0, 250_000_000_000_000_000L)
                .map(micros -> Instant.EPOCH.plusSeconds(micros / 1_000_000).plusNanos(micros % 1_000_000 * 1000));
        Arbitrary<Long> sizes = Arbitraries.longs().between(0, 999_999_999_999_999_999L);
        Arbitrary<Boolean> flags = Arbitraries.of(true, false);
        return Combinators.combine(
                        texts(),
                        sizes,
                        texts().optional(),
                        times,
                        texts().map(Yank::new).optional(),
                        Arbitraries.just(sha256(OTHER_SHA)).optional(),
                        Combinators.combine(flags, flags, texts(), places().optional())
                                .as(Rest::new),
                        times.optional())
                .as((version, size, python, time, yank, metadata, rest, deleted) -> new UploadDocument(
                        new UploadedFile(
                                DEMO,
                                version,
                                "demo-1.0.tar.gz",
                                size,
                                FULL.digests(),
                                python,
                                time,
                                yank,
                                metadata,
                                rest.hasSignature(),
                                rest.hasProvenance(),
                                rest.uploader()),
                        deleted,
                        rest.place()));
    }

    private static Arbitrary<UploadPlace> places() {
        return Arbitraries.maps(Arbitraries.of(".metadata", ".asc", ".provenance"), Arbitraries.just(sha256(OTHER_SHA)))
                .map(beside -> new UploadPlace("0a1b-2c", beside));
    }

    @Test
    @DisplayName("a bucket's place is written beside the rest, and an id that is none is refused")
    void place() throws Exception {
        UploadDocument document = UploadDocument.of(FULL, new UploadPlace("0a1b-2c", Map.of(".asc", sha256(SHA))));
        String written = text(document.write());
        assertThat(written).contains("\"upload\" : \"0a1b-2c\"", "\".asc\" : \"" + SHA + "\"");
        for (String id : List.of("../x", "", "a/b", "0".repeat(65))) {
            assertThatThrownBy(() -> UploadDocument.read(stream(written.replace("0a1b-2c", id))))
                    .as(id)
                    .isInstanceOf(MalformedPageException.class);
        }
    }

    private record Rest(boolean hasSignature, boolean hasProvenance, String uploader, Optional<UploadPlace> place) {}

    private static Arbitrary<String> texts() {
        return Arbitraries.strings()
                .withCharRange('\0', '\ud7ff')
                .withChars('"', '\\', '\n', '<', '\ufffd', '\u2028')
                .ofMaxLength(12);
    }
}
