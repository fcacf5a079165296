package io.cornucopia.acceptance;

import static io.cornucopia.testkit.Conditions.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.cornucopia.testkit.FakeUpstream;
import io.cornucopia.testkit.GoldenFile;
import io.cornucopia.testkit.HttpProbe;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Section I, whatever clients send: the running program answers clearly, and stands. */
class BadRequestsTest {
    private static final String GOOD = "good-1.0-py3-none-any.whl";
    private static final GoldenFile FILE = GoldenFile.blob("good", GOOD, 50_000, 1);

    @TempDir
    private static Path directory;

    private static FakeUpstream upstream;
    private static Mirror mirror;

    @BeforeAll
    static void start() {
        upstream = FakeUpstream.start().put(FILE);
        mirror = Mirror.over(upstream, directory);
    }

    @AfterAll
    static void stop() {
        mirror.close();
        upstream.close();
    }

    /** After whatever it was: it serves, and nothing went wrong inside. */
    @AfterEach
    void stands() {
        assertThat(mirror.get("/health").text()).isEqualTo("{\"status\":\"ok\"}");
        assertThat(mirror.get("/packages/" + GOOD).body()).isEqualTo(FILE.bytes());
        await(
                "no partial file",
                Duration.ofSeconds(10),
                () -> mirror.cached("partial").isEmpty());
        assertThat(mirror.node().stderr()).noneMatch(line -> line.contains("Exception") || line.startsWith("\tat "));
    }

    static Stream<Arguments> requests() {
        String long5k = "a".repeat(5_000);
        return Stream.of(
                        request("/simple/../../etc/passwd", 404),
                        request("/simple/%2e%2e/%2e%2e/etc/passwd", 404),
                        request("/packages/..%2f..%2fetc%2fpasswd", 404),
                        request("/packages/%252e%252e%252fetc%252fpasswd", 404),
                        request("/packages/..%5c..%5cwindows", 404),
                        request("/packages/" + GOOD + "%00.txt", 404),
                        request("/packages/" + "a".repeat(300) + "-1.0.tar.gz", 404),
                        request("/packages/a%0d%0aSet-Cookie:x-1.0.tar.gz", 404),
                        request("/packages/\u00ff\u00fe-1.0.tar.gz", 400, 404),
                        request("/packages/", 404),
                        request("/packages", 404),
                        request("/simple/-/", 404),
                        request("/simple/./", 404),
                        request("/simple/_/", 404),
                        request("/simple/a%0a/", 404),
                        request("/simple/%C4%B0stanbul/", 404),
                        request("/simple/%D9%A3/", 404),
                        request("/simple/" + long5k + "/", 404, 414),
                        request("/simple/" + "a".repeat(20_000) + "/", 404, 414),
                        request("/simple/%zz/", 400, 404),
                        request("/simple/good/?format=" + long5k, 406, 400, 414),
                        request("//simple//good/", 301, 404, 400),
                        request("*", 400, 404),
                        request("http://elsewhere.example/simple/", 200, 400, 404))
                .map(each -> each);
    }

    private static Arguments request(String target, Integer... statuses) {
        return Arguments.of(target, List.of(statuses));
    }

    @ParameterizedTest(name = "GET {0} is one of {1}")
    @MethodSource("requests")
    void paths(String target, List<Integer> statuses) {
        HttpProbe.Response response = mirror.get(target);
        assertThat(response.status()).as(response.text()).isIn(statuses);
        assertThat(response.complete()).isTrue();
        if (response.status() >= 400) {
            assertThat(response.text()).isNotBlank().doesNotContain("Exception");
        }
        assertThat(response.allHeaders("Set-Cookie")).isEmpty();
    }

    @Test
    @DisplayName("headers that no client sends: each is answered, none with 5xx")
    void headers() {
        Map<String, String> hostile = Map.of(
                "Accept",
                "text/html;q=NaN, " + "x/".repeat(5_000),
                "Accept-Encoding",
                "gzip;q=1e999, " + "a,".repeat(2_000),
                "Range",
                "bytes=" + "0-1,".repeat(500) + "2-3",
                "If-None-Match",
                "\"".repeat(1_000),
                "If-Modified-Since",
                "Thu, 99 Foo 99999 99:99:99 GMT",
                "If-Range",
                "W/\"\u0000\"",
                "Expect",
                "the-unexpected");
        hostile.forEach((name, value) -> {
            for (String path : List.of("/simple/", "/simple/good/", "/packages/" + GOOD)) {
                HttpProbe.Response response = mirror.probe().header(name, value).get(path);
                assertThat(response.status()).as(name + " on " + path).isLessThan(500);
            }
        });
        for (String range :
                List.of("bytes=-0", "bytes=99999999999999999999-", "bytes=9-1", "lines=1-2", "bytes=50000-")) {
            HttpProbe.Response response = mirror.probe().header("Range", range).get("/packages/" + GOOD);
            assertThat(response.status()).as(range).isIn(200, 416);
        }
    }

    @Test
    @DisplayName("other methods are 405 and say which are allowed; bytes that are no request are refused")
    void methods() throws IOException {
        for (String method : List.of("PUT", "DELETE", "PATCH", "POST", "TRACE", "BREW")) {
            HttpProbe.Response response = mirror.probe().send(method, "/simple/good/", new byte[100]);
            assertThat(response.status()).as(method).isEqualTo(405);
            assertThat(response.header("Allow")).contains("GET, HEAD");
        }
        for (byte[] noise : List.of(
                new byte[1_000],
                "GET\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
                "GET / HTTP/9.9\r\n\r\n".getBytes(StandardCharsets.US_ASCII))) {
            try (Socket socket = new Socket("127.0.0.1", mirror.node().port())) {
                socket.setSoTimeout(20_000);
                socket.getOutputStream().write(noise);
                socket.shutdownOutput();
                socket.getInputStream().readAllBytes();
            } catch (IOException e) {
                // A reset is as good an answer to noise as a status.
                assertThat(e.getMessage()).containsIgnoringCase("reset");
            }
        }
    }

    @Test
    @DisplayName("clients that say half a request and wait do not keep others waiting")
    void slowClients() throws IOException {
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 100; i++) {
                Socket socket = new Socket("127.0.0.1", mirror.node().port());
                socket.getOutputStream().write("GET /simple/ HT".getBytes(StandardCharsets.US_ASCII));
                slow.add(socket);
            }
            assertThat(mirror.get("/simple/good/").status()).isEqualTo(200);
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }
}
