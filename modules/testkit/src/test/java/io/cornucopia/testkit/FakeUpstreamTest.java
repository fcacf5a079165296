package io.cornucopia.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FakeUpstreamTest {

    private static final String JSON = "application/vnd.pypi.simple.v1+json";
    private static final String PIP = JSON + ", application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01";

    private final FakeUpstream upstream = FakeUpstream.start();
    private final HttpProbe probe = HttpProbe.at(upstream.port());
    private final HttpProbe pip = probe.header("Accept", PIP);
    private final GoldenFile wheel = GoldenWheel.of("golden", "1.0")
            .requiresPython(">=3.8")
            .uploadTime(Instant.parse("2024-05-06T07:08:09.123456Z"))
            .yanked("it <broke>")
            .build();
    private final GoldenFile blob = GoldenFile.blob("golden", "golden-2.0-py3-none-any.whl", 300_000, 42);
    private final String blobPath = URI.create(upstream.fileUrl(blob)).getPath();

    @AfterEach
    void close() {
        upstream.close();
    }

    @Test
    void likeTheRealOneItSpeaksJsonWithEverything() {
        upstream.put(wheel, blob).provenance(wheel.filename(), "{\"version\":1}");
        upstream.project("golden").status("archived", "done with it");

        HttpProbe.Response response = pip.get("/simple/golden/");

        assertThat(response.header("Content-Type")).hasValue(JSON);
        JsonObject page = new JsonObject(response.text());
        assertThat(page.getJsonObject("meta").getString("api-version")).isEqualTo("1.4");
        assertThat(page.getJsonArray("versions"))
                .isEqualTo(new JsonArray().add("1.0").add("2.0"));
        assertThat(page.getJsonObject("project-status"))
                .isEqualTo(new JsonObject().put("status", "archived").put("reason", "done with it"));
        JsonObject file = page.getJsonArray("files").getJsonObject(0);
        String metadataHash = Sha256.hex(wheel.metadata().orElseThrow());
        assertThat(file.getString("upload-time")).isEqualTo("2024-05-06T07:08:09.123456Z");
        assertThat(file.getString("yanked")).isEqualTo("it <broke>");
        assertThat(file.getJsonObject("core-metadata").getString("sha256")).isEqualTo(metadataHash);
        assertThat(file.getJsonObject("hashes").getString("sha256")).isEqualTo(wheel.sha256());
        String path = URI.create(file.getString("url")).getPath();
        assertThat(probe.get(path).body()).isEqualTo(wheel.bytes());
        assertThat(Sha256.hex(probe.get(path + ".metadata").body())).isEqualTo(metadataHash);
        assertThat(probe.get(URI.create(file.getString("provenance")).getPath()).text())
                .isEqualTo("{\"version\":1}");
    }

    @Test
    void whatDidNotChangeIsNotSentAgain() {
        upstream.put(wheel);
        String etag = pip.get("/simple/golden/").header("ETag").orElseThrow();
        HttpProbe conditional = pip.header("If-None-Match", etag);

        assertThat(conditional.get("/simple/golden/").status()).isEqualTo(304);
        upstream.put(blob);
        assertThat(conditional.get("/simple/golden/").status()).isEqualTo(200);
        upstream.remove("golden", blob.filename());
        assertThat(probe.get(blobPath).status()).isEqualTo(404);
    }

    @Test
    void withoutAWishItSpeaksHtml() {
        upstream.put(wheel);
        assertThat(probe.get("/simple/golden/").text())
                .contains("<meta name=\"pypi:repository-version\" content=\"1.4\">")
                .contains("href=\"" + upstream.fileUrl(wheel) + "#sha256=" + wheel.sha256() + "\"")
                .contains("data-yanked=\"it &lt;broke&gt;\"", "data-core-metadata=\"sha256=");
        assertThat(probe.header("Accept", "text/html;q=0.9, " + JSON + ";q=0.5")
                        .get("/simple/golden/")
                        .header("Content-Type"))
                .hasValue("text/html; charset=utf-8");
    }

    @Test
    void theOtherStylesHoldBack() {
        upstream.put(wheel);

        HttpProbe.Response html = pipTo(Style.HTML);
        assertThat(html.text()).contains("#sha256=", "data-requires-python=\"&gt;=3.8\"");
        assertThat(html.text()).doesNotContain("core-metadata");
        assertThat(html.header("ETag")).isPresent();

        HttpProbe.Response bare = pipTo(Style.BARE_HTML);
        assertThat(bare.text()).contains(wheel.filename()).doesNotContain("sha256=");
        assertThat(bare.header("ETag")).isEmpty();

        HttpProbe.Response directory = pipTo(Style.DIRECTORY);
        assertThat(directory.text()).contains("href=\"../\"", "href=\"" + wheel.filename() + "\"", "?C=N;O=D");
        assertThat(probe.get("/simple/golden/" + wheel.filename()).body()).isEqualTo(wheel.bytes());

        HttpProbe.Response mirror = pipTo(Style.MIRROR);
        JsonObject page = new JsonObject(mirror.text());
        assertThat(page.getJsonObject("meta").getValue("_last-serial")).isInstanceOf(String.class);
        assertThat(page.getJsonArray("files").getJsonObject(0).containsKey("core-metadata"))
                .isFalse();
        assertThat(mirror.header("ETag")).isEmpty();
        assertThat(probe.get("/simple/golden").status()).isEqualTo(308);
        assertThat(pip.get("/simple/").header("Content-Type")).hasValue("text/html; charset=utf-8");
    }

    @Test
    void theRootListsWhatIsThereAndAnyNumberOfOthers() {
        upstream.put(wheel).extraProjects(900_000);
        HttpProbe.Response root = pip.get("/simple/");
        JsonArray projects = new JsonObject(root.text()).getJsonArray("projects");
        assertThat(projects).hasSize(900_001);
        assertThat(projects.getJsonObject(0).getString("name")).isEqualTo("golden");
        assertThat(projects.getJsonObject(900_000).getString("name")).isEqualTo("extra-0899999");
        assertThat(probe.get("/simple/").text()).contains("<a href=\"/simple/extra-0899999/\">extra-0899999</a>");
    }

    @Test
    void aPageCanBeAnythingAndLinkAnywhere() {
        upstream.put(wheel).fileBase("http://files.example/packages/");
        assertThat(probe.get("/simple/golden/").text()).contains("\"http://files.example/packages/");
        byte[] body = "login".getBytes(StandardCharsets.UTF_8);
        upstream.rawPage("golden", 203, "text/plain", body, Map.of("X-Odd", "yes"));
        HttpProbe.Response raw = pip.get("/simple/golden/");
        assertThat(raw.status()).isEqualTo(203);
        assertThat(raw.text()).isEqualTo("login");
        assertThat(raw.header("x-odd")).hasValue("yes");
        upstream.properPage("golden");
        assertThat(pip.get("/simple/golden/").status()).isEqualTo(200);
        upstream.rawRoot("text/x-root", Content.ofText("root"));
        assertThat(pip.get("/simple/").text()).isEqualTo("root");
    }

    @Test
    void rangesAreWhatTheStandardSays() {
        upstream.put(blob);
        byte[] bytes = blob.bytes();
        assertRange("bytes=0-9", 206, Arrays.copyOfRange(bytes, 0, 10), "bytes 0-9/300000");
        assertRange("bytes=299990-", 206, Arrays.copyOfRange(bytes, 299_990, 300_000), "bytes 299990-299999/300000");
        assertRange("bytes=-5", 206, Arrays.copyOfRange(bytes, 299_995, 300_000), "bytes 299995-299999/300000");
        assertRange("bytes=-999999", 206, bytes, "bytes 0-299999/300000");
        assertRange("bytes=300000-", 416, new byte[0], "bytes */300000");
        assertRange("bytes=-0", 416, new byte[0], "bytes */300000");
        assertRange("bytes=9-0", 200, bytes, null);
        assertRange("bytes=0-1,4-5", 200, bytes, null);

        HttpProbe ranged = probe.header("Range", "bytes=5-");
        String etag = probe.head(blobPath).header("ETag").orElseThrow();
        assertThat(ranged.header("If-Range", etag).get(blobPath).status()).isEqualTo(206);
        assertThat(ranged.header("If-Range", "\"other\"").get(blobPath).status())
                .isEqualTo(200);
        HttpProbe.Response head = probe.head(blobPath);
        assertThat(head.header("Content-Length")).hasValue("300000");
        assertThat(head.body()).isEmpty();
    }

    @Test
    void itKnowsWhatWasAskedAndSent() {
        upstream.put(blob);
        probe.head(blobPath);
        probe.header("Range", "bytes=0-99").get(blobPath);
        probe.get(blobPath);
        probe.get("/simple/none/");

        assertThat(upstream.bytesRequests(blob.filename())).isEqualTo(2);
        assertThat(upstream.bytesSent(blob.filename())).isEqualTo(300_100);
        assertThat(upstream.count("^/simple/")).isEqualTo(1);
        assertThat(upstream.requests()).extracting(Seen::status).containsExactly(200, 206, 200, 404);
        assertThat(upstream.requests().get(1).rangeHeader()).hasValue("bytes=0-99");
        upstream.resetCounts();
        assertThat(upstream.requests()).isEmpty();
    }

    @Test
    void aPlusIsCountedHoweverItIsWritten() {
        GoldenFile local = GoldenWheel.of("local", "1.0+cpu").build();
        upstream.put(local);
        String plain = URI.create(upstream.fileUrl(local)).getPath();
        assertThat(probe.get(plain).body()).isEqualTo(local.bytes());
        assertThat(probe.get(plain.replace("+", "%2B")).body()).isEqualTo(local.bytes());
        assertThat(upstream.bytesRequests(local.filename())).isEqualTo(2);
        assertThat(probe.get("/simple/%zz/").status()).isEqualTo(400);
    }

    @Test
    void ofManyProjectsEachHasItsFile() {
        List<GoldenFile> files = IntStream.range(0, 400)
                .mapToObj(i -> GoldenWheel.of("cold-frozen-well-" + i, "1.0").build())
                .toList();
        upstream.put(files.toArray(GoldenFile[]::new));
        for (GoldenFile file : files) {
            assertThat(probe.get(URI.create(upstream.fileUrl(file)).getPath()).body())
                    .as(file.filename())
                    .isEqualTo(file.bytes());
        }
    }

    @Test
    void itGoesAwayAndComesBack() {
        upstream.put(blob).down();
        assertThatThrownBy(() -> probe.get("/simple/")).isInstanceOf(UncheckedIOException.class);
        upstream.up();
        assertThat(probe.get("/simple/golden/").status()).isEqualTo(200);
    }

    @Test
    void aLargeFileIsMadeUpOnTheWay() {
        GoldenFile large = GoldenFile.blob("large", "large-1.0-py3-none-any.whl", 200_000_000, 3);
        upstream.put(large);
        HttpProbe.Digest got = probe.digest(URI.create(upstream.fileUrl(large)).getPath());
        assertThat(got.complete()).isTrue();
        assertThat(got.length()).isEqualTo(200_000_000);
        assertThat(got.sha256()).isEqualTo(large.sha256());
    }

    private HttpProbe.Response pipTo(Style style) {
        upstream.style(style);
        return pip.get("/simple/golden/");
    }

    private void assertRange(String range, int status, byte[] body, String contentRange) {
        HttpProbe.Response response = probe.header("Range", range).get(blobPath);
        assertThat(response.status()).as(range).isEqualTo(status);
        assertThat(response.body()).as(range).isEqualTo(body);
        assertThat(response.header("Content-Range").orElse(null)).as(range).isEqualTo(contentRange);
    }
}
