package io.cornucopia.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.cornucopia.bus.Failure;
import io.cornucopia.bus.FileAnswer;
import io.cornucopia.bus.FileQuery;
import io.cornucopia.core.ProjectName;
import io.cornucopia.storage.FileFacts;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FilesTest {
    private static final String WHEEL = "demo-1.0-py3-none-any.whl";
    private static final String PATH = "/packages/" + WHEEL;
    private static final String DATE = "Mon, 06 May 2024 07:08:09 GMT";
    private static final byte[] BYTES = bytes(1000);
    private static final byte[] MEGABYTE = bytes(1024 * 1024);

    @TempDir
    private Path directory;

    private Site site;

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    @BeforeEach
    void start() {
        site = new Site(directory, "");
        site.files.put(WHEEL, BYTES);
    }

    @AfterEach
    void stop() {
        try {
            Awaitility.await()
                    .until(() -> site.handedOut.stream()
                            .noneMatch(file -> file.channel().isOpen()));
        } finally {
            site.close();
        }
    }

    private static String etag(byte[] bytes) {
        return '"' + Site.digest(bytes).hex() + '"';
    }

    @Test
    @DisplayName("E1 E2 D2 D4 D5 a file with its headers, as it is, and HEAD alike")
    void whole() throws IOException {
        RawClient.Answer answer = site.get(PATH, "Accept-Encoding: gzip");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(BYTES);
        assertThat(answer.headers())
                .containsEntry("content-type", "application/zip")
                .containsEntry("content-length", "1000")
                .containsEntry("content-disposition", "attachment; filename=\"" + WHEEL + "\"")
                .containsEntry("cache-control", "public, immutable, max-age=31536000")
                .containsEntry("etag", etag(BYTES))
                .containsEntry("last-modified", DATE)
                .containsEntry("accept-ranges", "bytes")
                .containsEntry("x-content-type-options", "nosniff")
                .containsKey("date")
                .doesNotContainKey("content-encoding");
        RawClient.Answer head = site.head(PATH, "Accept-Encoding: gzip");
        assertThat(head.status()).isEqualTo(200);
        head.headers().put("date", answer.header("date"));
        assertThat(head.headers()).isEqualTo(answer.headers());
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("E3 a range is answered with 206, for GET and HEAD")
    @CsvSource({
        "0-0,0,1",
        "10-19,10,20",
        "990-,990,1000",
        "-10,990,1000",
        "-5000,0,1000",
        "0-99999999999999999999,0,1000"
    })
    void range(String range, int from, int to) throws IOException {
        RawClient.Answer answer = site.get(PATH, "Range: bytes=" + range);
        assertThat(answer.status()).isEqualTo(206);
        assertThat(answer.body()).isEqualTo(Arrays.copyOfRange(BYTES, from, to));
        assertThat(answer.headers())
                .containsEntry("content-range", "bytes " + from + "-" + (to - 1) + "/1000")
                .containsEntry("content-length", Integer.toString(to - from))
                .containsEntry("etag", etag(BYTES));
        RawClient.Answer head = site.head(PATH, "Range: bytes=" + range);
        assertThat(head.status()).isEqualTo(206);
        assertThat(head.header("content-length")).isEqualTo(Integer.toString(to - from));
    }

    @ParameterizedTest
    @DisplayName("E3 I an unsatisfiable range is 416 with the length")
    @ValueSource(strings = {"1000-", "5000-6000", "-0", "99999999999999999999-"})
    void unsatisfiable(String range) throws IOException {
        RawClient.Answer answer = site.get(PATH, "Range: bytes=" + range);
        assertThat(answer.status()).isEqualTo(416);
        assertThat(answer.header("content-range")).isEqualTo("bytes */1000");
        assertThat(answer.body()).isEmpty();
    }

    @ParameterizedTest
    @DisplayName("E3 I malformed and several ranges are answered with all of it")
    @ValueSource(strings = {"bytes=a-b", "bytes=9-1", "lines=1-2", "bytes=", "bytes=0-1,5-6", "bytes=0-1,"})
    void malformed(String range) throws IOException {
        RawClient.Answer answer = site.get(PATH, "Range: " + range);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(BYTES);
    }

    @Test
    @DisplayName("E3 I hundreds of ranges are answered with all of it")
    void hundreds() throws IOException {
        assertThat(site.get(PATH, "Range: bytes=" + "0-1,".repeat(800) + "1-2").status())
                .isEqualTo(200);
    }

    @Test
    @DisplayName("E3 If-Range by tag or date, on a mismatch all of it")
    void ifRange() throws IOException {
        for (String match : List.of(etag(BYTES), DATE)) {
            assertThat(site.get(PATH, "Range: bytes=1-2", "If-Range: " + match).status())
                    .isEqualTo(206);
        }
        for (String mismatch : List.of("\"x\"", "W/" + etag(BYTES), "Mon, 06 May 2024 07:08:10 GMT", "?")) {
            RawClient.Answer answer = site.get(PATH, "Range: bytes=1-2", "If-Range: " + mismatch);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo(BYTES);
        }
    }

    @Test
    @DisplayName("D2 a file that the client has is 304, the tag outranks the date")
    void notModified() throws IOException {
        RawClient.Answer known = site.get(PATH, "If-None-Match: " + etag(BYTES), "Range: bytes=0-1");
        assertThat(known.status()).isEqualTo(304);
        assertThat(known.headers())
                .containsEntry("etag", etag(BYTES))
                .containsEntry("last-modified", DATE)
                .containsEntry("cache-control", "public, immutable, max-age=31536000")
                .containsKey("date");
        assertThat(site.get(PATH, "If-Modified-Since: " + DATE).status()).isEqualTo(304);
        assertThat(site.get(PATH, "If-Modified-Since: " + DATE, "If-None-Match: \"x\"")
                        .status())
                .isEqualTo(200);
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("E5 types")
    @CsvSource({
        "a-1.whl,application/zip",
        "a-1.zip,application/zip",
        "a-1.egg,application/zip",
        "a-1.tar.gz,application/gzip",
        "a-1.tgz,application/gzip",
        "a-1.tar.bz2,application/x-bzip2",
        "a-1.tar.xz,application/x-xz",
        "a-1.whl.metadata,text/plain; charset=utf-8",
        "a-1.whl.asc,application/pgp-signature",
        "a-1.exe,application/octet-stream",
    })
    void types(String filename, String type) throws IOException {
        site.files.put(filename, BYTES);
        assertThat(site.get("/packages/" + filename).header("content-type")).isEqualTo(type);
    }

    @Test
    @DisplayName("E6 metadata and signatures are asked for beside their file")
    void beside() throws IOException {
        site.files.putAll(Map.of(WHEEL + ".metadata", bytes(10), WHEEL + ".asc", bytes(20)));
        assertThat(site.get(PATH + ".metadata").body()).isEqualTo(bytes(10));
        assertThat(site.get(PATH + ".asc").body()).isEqualTo(bytes(20));
        assertThat(site.get(PATH + ".asc.asc").status()).isEqualTo(404);
        assertThat(site.fileQueries)
                .containsExactly(
                        new FileQuery(WHEEL, FileQuery.Part.CORE_METADATA, FileQuery.Purpose.BYTES),
                        new FileQuery(WHEEL, FileQuery.Part.SIGNATURE, FileQuery.Purpose.BYTES),
                        new FileQuery(WHEEL + ".asc", FileQuery.Part.SIGNATURE, FileQuery.Purpose.BYTES));
    }

    @Test
    @DisplayName("E7 provenance, 404 if there is none or it is another project's")
    void provenance() throws IOException {
        site.files.put(WHEEL + ".provenance", "{}".getBytes(StandardCharsets.UTF_8));
        RawClient.Answer answer = site.get("/integrity/demo/1.0/" + WHEEL + "/provenance");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).isEqualTo("{}");
        assertThat(answer.header("content-type")).isEqualTo("application/vnd.pypi.integrity.v1+json");
        assertThat(site.get("/integrity/other/1.0/" + WHEEL + "/provenance").status())
                .isEqualTo(404);
        assertThat(site.get("/integrity/demo/1.0/x.whl/provenance").status()).isEqualTo(404);
        assertThat(site.get("/integrity/demo/1.0/" + WHEEL).status()).isEqualTo(404);
        assertThat(site.get("/integrity/demo/1.0/..%2Fx/provenance").status()).isEqualTo(404);
    }

    @ParameterizedTest
    @DisplayName("A4 I unfit filenames are 404 and nobody is asked")
    @ValueSource(
            strings = {
                "..",
                ".",
                "%2e%2e",
                "..%2f..%2fetc%2fpasswd",
                "%252e%252e%252f",
                "a%00.whl",
                "a%0d%0aX:y.whl",
                "a%5cb",
                "a\\b",
                "%",
                "%c0%ae",
                "a/b.whl",
                "",
                ".hidden",
                "a%22b.whl",
                "%ff.whl",
                "\u00e9.whl"
            })
    void unfit(String filename) throws IOException {
        assertThat(site.get("/packages/" + filename).status()).isEqualTo(404);
        assertThat(site.get("/packages/" + "a".repeat(252) + ".whl").status()).isEqualTo(404);
        assertThat(site.fileQueries).isEmpty();
    }

    @Test
    @DisplayName("C13 both spellings of + and ! are served, decoded once")
    void spellings() throws IOException {
        site.files.put("a-1!1+cu-py3-none-any.whl", BYTES);
        for (String name : List.of("a-1!1+cu-py3-none-any.whl", "a-1%211%2Bcu-py3-none-any.whl")) {
            assertThat(site.get("/packages/" + name).status()).isEqualTo(200);
        }
        assertThat(site.get("/packages/a-1%25211%252Bcu-py3-none-any.whl").status())
                .isEqualTo(404);
    }

    @Test
    @DisplayName("A5 failures: 404, 500 for upstream and digest, 503 offline, 403 quarantined")
    void failures() throws IOException {
        site.failures.putAll(Map.of(
                "u.whl", new Failure.UpstreamFailed("down"),
                "d.whl", new Failure.DigestMismatch("wrong bytes"),
                "o.whl", new Failure.Offline("offline"),
                "q.whl", new Failure.Quarantined("locked")));
        assertThat(site.get("/packages/n.whl").text()).isEqualTo("{\"error\":\"not found\"}");
        assertThat(site.get("/packages/u.whl").status()).isEqualTo(500);
        assertThat(site.get("/packages/d.whl").text()).isEqualTo("{\"error\":\"wrong bytes\"}");
        assertThat(site.get("/packages/o.whl").status()).isEqualTo(503);
        RawClient.Answer head = site.head("/packages/q.whl");
        assertThat(head.status()).isEqualTo(403);
        assertThat(head.headers()).containsEntry("cache-control", "no-store").containsKey("content-length");
    }

    @Test
    @DisplayName("E4 HEAD of a cold file whose size is known sends its head")
    void coldHead() throws IOException {
        FileFacts facts = new FileFacts(
                WHEEL, OptionalLong.of(12345), Optional.of(Site.digest(BYTES)), Optional.of(Site.MODIFIED));
        site.answers.put(WHEEL, Future.succeededFuture(new FileAnswer.Known(new ProjectName("demo"), facts)));
        RawClient.Answer answer = site.head(PATH);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.headers())
                .containsEntry("content-length", "12345")
                .containsEntry("etag", etag(BYTES))
                .containsEntry("accept-ranges", "bytes");
        assertThat(site.fileQueries).containsExactly(new FileQuery(WHEEL, FileQuery.Part.FILE, FileQuery.Purpose.HEAD));
    }

    @Test
    @DisplayName("an open file is sent without asking")
    void open() throws IOException {
        site.open(WHEEL, MEGABYTE);
        assertThat(site.get(PATH).body()).isEqualTo(MEGABYTE);
        assertThat(site.fileQueries).isEmpty();
        site.openFiles.forget(WHEEL);
    }
}
