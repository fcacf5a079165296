package io.cornucopia.acceptance;

import static io.cornucopia.testkit.Conditions.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.cornucopia.testkit.FakeUpstream;
import io.cornucopia.testkit.Fault;
import io.cornucopia.testkit.GoldenFile;
import io.cornucopia.testkit.HttpProbe;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Section I, whatever upstream sends: the running program answers clearly, stands, and stores nothing
 * that is wrong. The single cases are tried out beside the modules; here they meet the whole.
 */
class BadAnswersTest {
    private static final String JSON = "application/vnd.pypi.simple.v1+json";
    private static final Duration WITHIN = Duration.ofSeconds(10);
    private static final String GOOD = "good-1.0-py3-none-any.whl";

    @TempDir
    Path directory;

    private final GoldenFile file = GoldenFile.blob("good", GOOD, 50_000, 1);
    private FakeUpstream upstream;
    private Mirror mirror;

    @BeforeEach
    void start() {
        upstream = FakeUpstream.start().put(file);
        mirror = Mirror.over(
                upstream,
                directory,
                "upstream.max_retries",
                "0",
                "upstream.read_timeout",
                "2s",
                "cache.negative_ttl",
                "0s");
    }

    /** After whatever it was: it serves, and nothing went wrong inside. */
    @AfterEach
    void stands() {
        assertThat(mirror.get("/health").text()).isEqualTo("{\"status\":\"ok\"}");
        assertThat(mirror.get("/packages/" + GOOD).body()).isEqualTo(file.bytes());
        await("no partial file", WITHIN, () -> mirror.cached("partial").isEmpty());
        assertThat(mirror.node().stderr()).noneMatch(line -> line.contains("Exception") || line.startsWith("\tat "));
        mirror.close();
        upstream.close();
    }

    private static String deep(int levels) {
        return "[".repeat(levels) + "]".repeat(levels);
    }

    static Stream<Arguments> pages() {
        String meta = "{\"meta\":{\"api-version\":\"1.1\"},\"name\":\"bad\",";
        return Stream.of(
                page("cut off", JSON, meta + "\"files\":[{\"filename\":\"bad-1"),
                page("nothing at all", JSON, ""),
                page("deep", JSON, meta + "\"files\":[],\"x\":" + deep(100_000) + "}"),
                page("a list", JSON, "[]"),
                page("no files", JSON, meta + "\"versions\":[]}"),
                page("files that are none", JSON, meta + "\"files\":{\"a\":1}}"),
                page(
                        "another version of the API",
                        JSON,
                        "{\"meta\":{\"api-version\":\"2.0\"},\"name\":\"bad\",\"files\":[]}"),
                page("another project", JSON, "{\"meta\":{\"api-version\":\"1.1\"},\"name\":\"good\",\"files\":[]}"),
                page("HTML under a JSON type", JSON, "<!DOCTYPE html><html><body>hi</body></html>"),
                page(
                        "a login page",
                        "text/html",
                        "<html><body><form action=/login><input name=user></form></body></html>"),
                page("an image", "image/png", "\u0089PNG"),
                page("a file that is no text", JSON, "\u0000\u0001\u0002"));
    }

    private static Arguments page(String name, String type, String body) {
        return Arguments.of(name, type, body);
    }

    @ParameterizedTest(
            name = "upstream sends as a page: {0}. That is upstream's failure, not a missing project, and not kept")
    @MethodSource("pages")
    void hostilePages(String name, String type, String body) {
        upstream.rawPage("bad", 200, type, body.getBytes(StandardCharsets.ISO_8859_1), Map.of());
        HttpProbe.Response response = mirror.get("/simple/bad/");
        assertThat(response.status()).as(response.text()).isIn(500, 502, 503);
        assertThat(response.text()).contains("bad");
        assertThat(mirror.cached("meta")).noneMatch(path -> path.contains("bad"));

        upstream.put(GoldenFile.blob("bad", "bad-1.0.tar.gz", 100, 2)).properPage("bad");
        // A failure is believed for a moment, so that many who ask do not hammer upstream.
        await(
                "it is served once upstream is well",
                WITHIN,
                () -> mirror.get("/packages/bad-1.0.tar.gz").status() == 200);
    }

    @Test
    @DisplayName("a page that unpacks to gigabytes is refused before it takes memory")
    void bomb() throws IOException {
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bomb)) {
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 1_500; i++) {
                gzip.write(zeros);
            }
        }
        upstream.rawPage("bad", 200, JSON, bomb.toByteArray(), Map.of("Content-Encoding", "gzip"));
        assertThat(mirror.get("/simple/bad/").status()).isIn(500, 502, 503);
        assertThat(mirror.node().stderr()).noneMatch(line -> line.contains("OutOfMemory"));
    }

    @Test
    @DisplayName("files that are not that project's, unsafe names, and URLs to where nobody allowed are left out")
    void hostileFiles() {
        try (FakeUpstream inside = FakeUpstream.start()) {
            List<String> files = List.of(
                    entry("bad-1.0.tar.gz", upstream.origin() + "/files/bad/bad-1.0.tar.gz"),
                    entry("good-9.0.tar.gz", upstream.origin() + "/files/good/good-9.0.tar.gz"),
                    entry("../../bad-2.0.tar.gz", upstream.origin() + "/x"),
                    entry("bad-3.0.tar.gz", "javascript:alert(1)"),
                    entry("bad-4.0.tar.gz", "file:///etc/passwd"),
                    entry("bad-5.0.tar.gz", inside.origin() + "/secret"),
                    entry("bad-6.0.tar.gz", "http://169.254.169.254/latest/meta-data/"),
                    entry("bad-7.0\\\" onload=alert(1).tar.gz", upstream.origin() + "/y"));
            upstream.put(GoldenFile.blob("bad", "bad-1.0.tar.gz", 100, 2));
            upstream.rawPage(
                    "bad",
                    200,
                    JSON,
                    ("{\"meta\":{\"api-version\":\"1.1\"},\"name\":\"bad\",\"files\":[" + String.join(",", files)
                                    + "]}")
                            .getBytes(StandardCharsets.UTF_8),
                    Map.of());
            String html = mirror.get("/simple/bad/").text();
            assertThat(html)
                    .contains("bad-1.0.tar.gz")
                    .doesNotContain(
                            "good-9.0", "bad-2.0", "javascript:", "file:", "secret", "169.254", "onload=alert(1)>");
            for (String version : List.of("3.0", "4.0", "5.0", "6.0")) {
                assertThat(mirror.get("/packages/bad-" + version + ".tar.gz").status())
                        .as(version)
                        .isIn(404, 500, 502);
            }
            assertThat(mirror.get("/packages/good-9.0.tar.gz").status()).isEqualTo(404);
            assertThat(inside.requests()).isEmpty();
        }
    }

    private static String entry(String filename, String url) {
        return "{\"filename\":\"" + filename + "\",\"url\":\"" + url + "\",\"hashes\":{}}";
    }

    @Test
    @DisplayName("what upstream says in a page is text, not markup")
    void injection() {
        upstream.put(GoldenFile.blob("bad", "bad-1.0.tar.gz", 100, 2)
                .withYanked("\"><script>alert(1)</script>")
                .withRequiresPython(">=3\"><script>alert(2)</script>"));
        upstream.project("bad").status("deprecated", "\"><script>alert(3)</script>\r\nSet-Cookie: x=y");
        HttpProbe.Response html = mirror.probe().header("Accept", "text/html").get("/simple/bad/");
        assertThat(html.status()).isEqualTo(200);
        assertThat(html.text()).doesNotContain("<script");
        assertThat(html.allHeaders("Set-Cookie")).isEmpty();
    }

    @Test
    @DisplayName("a redirect to loopback that was not configured is not followed, for a page and for a file")
    void redirects() {
        try (FakeUpstream inside = FakeUpstream.start().put(GoldenFile.blob("bad", "bad-1.0.tar.gz", 100, 2))) {
            upstream.put(GoldenFile.blob("bad", "bad-1.0.tar.gz", 100, 2));
            assertThat(mirror.get("/simple/bad/").status()).isEqualTo(200);
            upstream.fault("^/simple/worse/", new Fault.Redirect(inside.url() + "bad/", 302));
            upstream.fault("^/files/.*bad", new Fault.Redirect(inside.origin() + "/secret", 302));
            HttpProbe.Response page = mirror.get("/simple/worse/");
            assertThat(page.status()).isIn(500, 502, 503);
            assertThat(page.text()).contains("upstream.file_hosts");
            assertThat(mirror.get("/packages/bad-1.0.tar.gz").status()).isEqualTo(500);
            assertThat(inside.requests()).isEmpty();
        }
    }

    @Test
    @DisplayName("changed bytes under the same name are refused as long as the page promises the old ones")
    void changedBytes() {
        upstream.put(GoldenFile.blob("bad", "bad-1.0.tar.gz", 100_000, 2));
        assertThat(mirror.get("/simple/bad/").status()).isEqualTo(200);
        upstream.put(GoldenFile.blob("bad", "bad-1.0.tar.gz", 100_000, 3));
        try {
            HttpProbe.Response response = mirror.get("/packages/bad-1.0.tar.gz");
            assertThat(response.status() >= 400 || response.truncated()).isTrue();
        } catch (UncheckedIOException e) {
            // Nothing at all came: no body that looks complete either.
            assertThat(e).hasMessageContaining("bad-1.0.tar.gz");
        }
        assertThat(mirror.cached("packages")).noneMatch(path -> path.contains("bad"));
    }
}
