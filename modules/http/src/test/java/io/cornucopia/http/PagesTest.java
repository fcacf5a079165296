package io.cornucopia.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.cornucopia.bus.Addresses;
import io.cornucopia.bus.EverythingChanged;
import io.cornucopia.bus.Failure;
import io.cornucopia.bus.PageAnswer.Origin;
import io.cornucopia.bus.ProjectChanged;
import io.cornucopia.core.ProjectName;
import io.vertx.core.Promise;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PagesTest {
    private static final String JSON = "application/vnd.pypi.simple.v1+json";
    private static final String HTML = "application/vnd.pypi.simple.v1+html";

    @TempDir
    private Path directory;

    private Site site;

    @BeforeEach
    void start() {
        site = new Site(directory, "/pypi");
        site.page("demo", 40, Origin.UPSTREAM, "r1");
    }

    @AfterEach
    void stop() {
        site.close();
    }

    @Test
    @DisplayName("A1 the root list is answered in the wanted form")
    void root() throws IOException {
        RawClient.Answer answer = site.get("/simple/", "Accept: " + JSON, "Accept-Encoding: gzip");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).isEqualTo("root JSON gzip=true");
        assertThat(answer.headers())
                .containsEntry("content-type", JSON)
                .containsEntry("content-encoding", "gzip")
                .containsEntry("vary", "Accept, Accept-Encoding")
                .containsEntry("etag", "\"root-JSON-gzip\"")
                .containsEntry("cache-control", "public, max-age=60")
                .containsKeys("date", "age");
        RawClient.Answer again = site.get("/pypi/simple/", "If-None-Match: \"root-TEXT_HTML\"");
        assertThat(again.status()).isEqualTo(304);
        RawClient.Answer head = site.head("/simple/");
        assertThat(head.header("content-length")).isEqualTo("25");
        Awaitility.await()
                .until(() ->
                        site.handedOut.stream().noneMatch(file -> file.channel().isOpen()));
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @DisplayName("A3 one redirect to the normal form, with the query and the prefix")
    @CsvSource({
        "/simple,                    /pypi/simple/",
        "/pypi/simple,               /pypi/simple/",
        "/simple?a=b,                /pypi/simple/?a=b",
        "/simple/demo,               /pypi/simple/demo/",
        "/pypi/simple/demo,          /pypi/simple/demo/",
        "/simple/De_.mo,             /pypi/simple/de-mo/",
        "/simple/De_mo/?format=%2B&x, /pypi/simple/de-mo/?format=%2B&x",
        "/simple/DEMO/,              /pypi/simple/demo/",
    })
    void redirect(String path, String location) throws IOException {
        for (String method : List.of("GET", "HEAD")) {
            RawClient.Answer answer = RawClient.request(site.port(), method, path);
            assertThat(answer.status()).isEqualTo(301);
            assertThat(answer.header("location")).isEqualTo(location);
            assertThat(answer.headers()).containsKey("date");
        }
        assertThat(site.pageQueries).hasValue(0);
    }

    @ParameterizedTest
    @DisplayName("A4 I a name that is not valid is 404 at once")
    @ValueSource(
            strings = {
                "/simple/-/",
                "/simple/./",
                "/simple/../",
                "/simple/a%2Fb/",
                "/simple/%2e%2e/",
                "/simple/a%252fb/",
                "/simple/demo%00/",
                "/simple/demo%0A/",
                "/simple/%C4%B0/",
                "/simple/%D9%A1/",
                "/simple/a\\b/",
                "/simple/a+b/",
                "/simple/%/",
                "/simple/%zz/",
                "/simple/%ff/",
                "/simple//",
                "/simple/a/b/",
                "/simple/demo//",
                "/nowhere",
                "/simple/../packages/x.whl",
                "/simple/\u00e9/",
                "/simple/_demo/"
            })
    void invalid(String path) throws IOException {
        RawClient.Answer answer = site.get(path);
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.text()).isEqualTo("{\"error\":\"not found\"}");
        assertThat(answer.headers()).containsEntry("cache-control", "no-store").containsKey("date");
        assertThat(site.pageQueries).hasValue(0);
    }

    @Test
    @DisplayName("I names of 5 kB, paths of 10 kB, headers of 20 kB and bytes that are no request")
    void oversized() throws IOException {
        assertThat(site.get("/simple/" + "a".repeat(5000) + "/").status()).isEqualTo(404);
        assertThat(site.get("/simple/" + "a".repeat(10_000) + "/").status()).isEqualTo(414);
        assertThat(site.get("/simple/demo/", "X: " + "a".repeat(20_000)).status())
                .isEqualTo(431);
        assertThat(site.get("/simple/demo/", "Accept: " + "a/b,".repeat(2500)).status())
                .isIn(406, 200);
        assertThat(site.get("/simple/demo/", "Accept: text/html;q=NaN").status())
                .isIn(200, 406);
        try (RawClient client = new RawClient(site.port())) {
            client.send("\u0000\u0001\u0002 nonsense\r\n\r\n");
            RawClient.Answer answer = client.read(false);
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.headers()).containsKey("date");
            assertThat(client.isEnded()).isTrue();
        }
        assertThat(site.get("/simple/demo/").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @DisplayName("I a query cannot break out of a Location")
    @ValueSource(strings = {"a\u000b", "a\u0000", "\u00e9", "a\rX:y"})
    void unfitQuery(String query) throws IOException {
        RawClient.Answer answer = site.get("/simple/Demo?" + query);
        // The HTTP decoder takes some of them for the blank that ends the path.
        assertThat(answer.status()).isIn(301, 400, 404);
        assertThat(answer.headers()).doesNotContainKey("x");
        if (answer.status() == 301) {
            assertThat(answer.header("location")).matches("/pypi/simple/demo/[\\x21-\\x7e]*");
        }
    }

    @Test
    @DisplayName("A5 an unknown project is 404, an upstream that fails is 5xx and never 404 or 504")
    void failures() throws IOException {
        site.failures.putAll(Map.of(
                "broken", new Failure.UpstreamFailed("upstream is down", Optional.of(Duration.ofMillis(2500))),
                "offline", new Failure.Offline("not here"),
                "mismatch", new Failure.DigestMismatch("wrong"),
                "bug", new Failure.Internal("oops"),
                "locked", new Failure.Quarantined("locked away")));
        RawClient.Answer unknown = site.get("/simple/unknown/");
        assertThat(unknown.status()).isEqualTo(404);
        assertThat(unknown.text()).isEqualTo("{\"error\":\"not found\"}");
        assertThat(unknown.headers())
                .containsEntry("cache-control", "no-store")
                .containsEntry("content-type", "application/json");
        RawClient.Answer broken = site.get("/simple/broken/");
        assertThat(broken.status()).isEqualTo(502);
        assertThat(broken.text()).isEqualTo("{\"error\":\"upstream is down\"}");
        assertThat(broken.headers()).containsEntry("retry-after", "3").containsEntry("cache-control", "no-store");
        assertThat(site.get("/simple/offline/").status()).isEqualTo(503);
        assertThat(site.get("/simple/mismatch/").status()).isEqualTo(500);
        assertThat(site.get("/simple/bug/").status()).isEqualTo(500);
        assertThat(site.get("/simple/locked/").status()).isEqualTo(403);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @DisplayName("B1 B2 B3 B4 B5 B9 B10 the form of the answer follows Accept")
    @CsvSource(
            delimiter = '|',
            value = {
                "Accept: " + JSON + ", " + HTML + ";q=0.1, text/html;q=0.01 | " + JSON,
                "Accept: " + HTML + " | " + HTML,
                "X: none | text/html; charset=utf-8",
                "Accept: */* | text/html; charset=utf-8",
                "Accept: text/html,application/xhtml+xml,*/*;q=0.8 | text/html; charset=utf-8",
                "Accept: application/vnd.pypi.simple.latest+json | " + JSON,
            })
    void negotiated(String header, String type) throws IOException {
        RawClient.Answer answer = site.get("/simple/demo/", header);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.headers())
                .containsEntry("content-type", type)
                .containsEntry("vary", "Accept, Accept-Encoding");
    }

    @ParameterizedTest
    @DisplayName("B6 B10 nothing acceptable is 406 with the types in a text")
    @ValueSource(strings = {"application/json", "application/vnd.pypi.simple.v2+json", "image/png"})
    void notAcceptable(String accept) throws IOException {
        for (String path : List.of("/simple/demo/", "/simple/")) {
            RawClient.Answer answer = site.get(path, "Accept: " + accept);
            assertThat(answer.status()).isEqualTo(406);
            assertThat(answer.header("content-type")).startsWith("text/plain");
            assertThat(answer.header("vary")).isEqualTo("Accept, Accept-Encoding");
            assertThat(answer.text()).contains(JSON).contains(HTML).contains("text/html");
        }
    }

    @Test
    @DisplayName("B7 several Accept lines are one")
    void severalLines() throws IOException {
        assertThat(site.get("/simple/demo/", "Accept: text/html;q=0.1", "Accept: " + JSON)
                        .header("content-type"))
                .isEqualTo(JSON);
    }

    @ParameterizedTest
    @DisplayName("B8 ?format= overrides Accept, however its plus is written")
    @CsvSource({
        "application/vnd.pypi.simple.v1%2Bjson,200",
        "application/vnd.pypi.simple.v1+json,200",
        "application/vnd.pypi.simple.v1%20json,200",
        "application/json,406",
        "%zz,406"
    })
    void format(String format, int status) throws IOException {
        RawClient.Answer answer = site.get("/simple/demo/?a=b&format=" + format, "Accept: text/html");
        assertThat(answer.status()).isEqualTo(status);
        if (status == 200) {
            assertThat(answer.header("content-type")).isEqualTo(JSON);
        }
    }

    @Test
    @DisplayName("D1 D2 D3 D5 validators, freshness and HEAD")
    void validators() throws IOException {
        RawClient.Answer answer = site.get("/simple/demo/", "Accept: " + JSON);
        assertThat(answer.headers())
                .containsEntry("cache-control", "public, max-age=600")
                .containsEntry("x-pypi-last-serial", "4711")
                .containsKey("date");
        assertThat(Integer.parseInt(answer.header("age"))).isBetween(60, 70);
        assertThat(answer.header("etag")).matches("\"[0-9a-f]{32}J\"");

        RawClient.Answer head = site.head("/simple/demo/", "Accept: " + JSON);
        assertThat(head.header("content-length")).isEqualTo(Integer.toString(answer.body().length));
        assertThat(head.headers().keySet()).isEqualTo(answer.headers().keySet());
        assertThat(head.header("etag")).isEqualTo(answer.header("etag"));

        RawClient.Answer known =
                site.get("/simple/demo/", "Accept: " + JSON, "If-None-Match: W/" + answer.header("etag"));
        assertThat(known.status()).isEqualTo(304);
        for (String name : List.of("etag", "cache-control", "vary")) {
            assertThat(known.header(name)).isEqualTo(answer.header(name));
        }
        assertThat(known.headers()).containsKeys("age", "date");
    }

    @Test
    @DisplayName("D2 tags differ by type and coding")
    void tags() throws IOException {
        String json = site.get("/simple/demo/", "Accept: " + JSON).header("etag");
        String coded = site.get("/simple/demo/", "Accept: " + JSON, "Accept-Encoding: gzip")
                .header("etag");
        String html = site.get("/simple/demo/", "Accept: " + HTML).header("etag");
        String text = site.get("/simple/demo/").header("etag");
        assertThat(List.of(json, coded, html, text)).doesNotHaveDuplicates();
        assertThat(coded).endsWith("J-gzip\"");
        assertThat(html.replace('H', 'T')).isEqualTo(text);
    }

    @Test
    @DisplayName("D3 a project with files of our own is asked for every time")
    void own() throws IOException {
        site.page("own", 1, Origin.OWN, "r1");
        assertThat(site.get("/simple/own/").header("cache-control")).isEqualTo("max-age=0, must-revalidate");
    }

    @Test
    @DisplayName("D4 pages are coded where it pays and is wanted")
    void coded() throws IOException {
        RawClient.Answer plain = site.get("/simple/demo/", "Accept-Encoding: gzip;q=0");
        RawClient.Answer coded = site.get("/simple/demo/", "Accept-Encoding: br, gzip");
        assertThat(plain.headers()).doesNotContainKey("content-encoding");
        assertThat(coded.header("content-encoding")).isEqualTo("gzip");
        assertThat(new GZIPInputStream(new ByteArrayInputStream(coded.body())).readAllBytes())
                .isEqualTo(plain.body());
        assertThat(site.head("/simple/demo/", "Accept-Encoding: gzip").header("content-length"))
                .isEqualTo(Integer.toString(coded.body().length));
    }

    @Test
    @DisplayName("C15 links lead here, under the prefix, with + escaped")
    void links() throws IOException {
        assertThat(site.get("/simple/demo/", "Accept: " + JSON).text())
                .contains("/pypi/packages/demo-1.0%2Blocal-py3-none-any.whl")
                .contains("/pypi/integrity/demo/1.0%2Blocal/demo-1.0%2Blocal-py3-none-any.whl/provenance")
                .doesNotContain("files.example")
                .doesNotContain("pypi.example");
    }

    @Test
    @DisplayName("a fresh page costs no hop, a change drops it, and an old one is asked for")
    void freshness() throws IOException {
        site.get("/simple/demo/");
        site.get("/simple/demo/");
        assertThat(site.pageQueries).hasValue(1);
        site.get("/simple/demo/", "Accept: " + JSON);
        assertThat(site.pageQueries).hasValue(2);

        String before = site.get("/simple/demo/").header("etag");
        site.page("demo", 41, Origin.UPSTREAM, "r2");
        Addresses.PROJECT_CHANGED.publish(site.vertx, new ProjectChanged(new ProjectName("demo")));
        Awaitility.await().until(() -> !site.get("/simple/demo/").header("etag").equals(before));

        Instant now = Instant.now();
        site.page("old", 1, Origin.UPSTREAM, "r1", now.minusSeconds(7200), now.minusSeconds(6600));
        int asked = site.pageQueries.get();
        assertThat(Integer.parseInt(site.get("/simple/old/").header("age"))).isGreaterThanOrEqualTo(7200);
        site.get("/simple/old/");
        assertThat(site.pageQueries).hasValue(asked + 2);
    }

    @Test
    @DisplayName("when news may have been missed, everything that is rendered is dropped")
    void everythingChanged() throws IOException {
        String before = site.get("/simple/demo/").header("etag");
        site.get("/simple/demo/");
        site.page("demo", 41, Origin.UPSTREAM, "r2");
        assertThat(site.get("/simple/demo/").header("etag")).isEqualTo(before);
        Addresses.EVERYTHING_CHANGED
                .publish(site.vertx, new EverythingChanged())
                .await();
        assertThat(site.get("/simple/demo/").header("etag")).isNotEqualTo(before);
    }

    @Test
    @DisplayName("a node that was asleep answers nothing from memory until it has caught up")
    void asleep() throws Exception {
        site.get("/simple/demo/");
        Promise<Void> caughtUp = Promise.promise();
        site.announcements.caughtUp = caughtUp.future();
        List<String> paths = List.of("/simple/demo/", "/simple/", "/packages/demo-1.0.tar.gz");
        List<CompletableFuture<Integer>> answers = paths.stream()
                .map(path -> CompletableFuture.supplyAsync(() -> {
                    try {
                        return site.get(path).status();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }))
                .toList();
        Awaitility.await().until(() -> site.announcements.waiting.get() == paths.size());
        assertThat(answers).noneMatch(CompletableFuture::isDone);
        assertThat(site.get("/health/live").status()).isEqualTo(200);
        caughtUp.complete();
        for (CompletableFuture<Integer> answer : answers) {
            assertThat(answer.get(20, TimeUnit.SECONDS)).isGreaterThanOrEqualTo(200);
        }
        assertThat(answers.get(0).get()).isEqualTo(200);
    }

    @Test
    @DisplayName("I other methods are 405 with Allow, unknown paths 404")
    void methods() throws IOException {
        for (String path : List.of("/simple/demo/", "/simple/", "/packages/a.whl", "/health", "/")) {
            for (String method : List.of("POST", "PUT", "DELETE", "OPTIONS", "BREW")) {
                RawClient.Answer answer = RawClient.request(site.port(), method, path, "Content-Length: 0");
                assertThat(answer.status()).isEqualTo(405);
                assertThat(answer.header("allow")).isEqualTo("GET, HEAD");
            }
        }
        assertThat(RawClient.request(site.port(), "POST", "/nowhere", "Content-Length: 0")
                        .status())
                .isEqualTo(404);
    }

    @Test
    @DisplayName("pipelined requests are answered in order on one connection")
    void pipelined() throws IOException {
        try (RawClient client = new RawClient(site.port())) {
            client.send("GET", "/simple/demo/", "Accept: " + JSON);
            client.send("GET", "/health");
            client.send("GET", "/simple/demo/");
            assertThat(client.read(false).header("content-type")).isEqualTo(JSON);
            assertThat(client.read(false).text()).isEqualTo("{\"status\":\"ok\"}");
            assertThat(client.read(false).header("content-type")).startsWith("text/html");
        }
    }
}
