package io.cornucopia.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.cornucopia.access.Permission;
import io.cornucopia.bus.Addresses;
import io.cornucopia.bus.PageAnswer.Origin;
import io.cornucopia.bus.ProjectChanged;
import io.cornucopia.core.ProjectName;
import io.cornucopia.storage.StoredFile;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import java.io.IOException;
import java.net.SocketException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is answered without the parser must be what the parser would have led to, and nothing that it would not. */
class RepeaterTest {
    private static final String JSON = "Accept: application/vnd.pypi.simple.v1+json";
    private static final String PAGE = "/simple/demo/";
    private static final String WHEEL = "demo-1.0-py3-none-any.whl";
    private static final String FILE = "/packages/" + WHEEL;
    private static final byte[] BYTES = bytes(1000);
    private static final byte[] LARGE = bytes(30 * 1024 * 1024);
    /** Far below the time that the server has for draining. */
    private static final Duration AT_ONCE = Duration.ofSeconds(5);

    private static final String KNOWN = get(PAGE);
    private static final String BODY_OF_KNOWN = "Content-Length: " + KNOWN.length();

    @TempDir
    private Path directory;

    private Site site;

    @BeforeEach
    void start() {
        site = site(directory, HttpSettings.Readers.ANONYMOUS);
        site.page("demo", 40, Origin.UPSTREAM, "r1");
    }

    private static Site site(Path directory, HttpSettings.Readers readers) {
        return new Site(
                directory,
                "",
                readers,
                new HttpSettings.Upload(true, 1 << 20),
                Optional.empty(),
                AccessLog.Format.JSON);
    }

    @AfterEach
    void stop() {
        try {
            site.openFiles.forget(new ProjectName("demo"));
            Awaitility.await()
                    .until(() -> site.handedOut.stream()
                            .noneMatch(file -> file.channel().isOpen()));
        } finally {
            site.close();
        }
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static String request(String line, String... headers) {
        return line + "\r\nHost: index.test\r\n"
                + String.join(
                        "", Stream.of(headers).map(header -> header + "\r\n").toList()) + "\r\n";
    }

    private static String get(String path, String... headers) {
        return request("GET " + path + " HTTP/1.1", headers);
    }

    private double repeated() {
        return site.metrics.get("cornucopia.http.repeated").counter().count();
    }

    /** A client may read an answer before it is counted. */
    private void awaitRepeated(double count) {
        Awaitility.await().untilAsserted(() -> assertThat(repeated()).isEqualTo(count));
    }

    private double hits(String cache) {
        return site.metrics.get(cache).tag("result", "hit").counter().count();
    }

    private List<String> log() {
        return site.log
                .toString(StandardCharsets.US_ASCII)
                .lines()
                .filter(line -> !line.contains("/health"))
                .map(line -> line.replaceAll("\"ts\":\"[^\"]+\"", "").replaceAll("\"duration_ms\":[0-9.]+", ""))
                .toList();
    }

    /** By the time this returns every event loop has done what there was to do for what was sent before. */
    private void settle() throws IOException {
        for (int i = 0; i < 4; i++) {
            assertThat(site.get("/health").status()).isEqualTo(200);
        }
    }

    /** An answer to the last byte, but for the values that tell the time; its headers in whichever order. */
    private static String exact(RawClient client) throws IOException {
        String status = client.line();
        List<String> headers = new ArrayList<>();
        int length = 0;
        for (String line = client.line(); !line.isEmpty(); line = client.line()) {
            if (line.toLowerCase(Locale.ROOT).startsWith("content-length: ")) {
                length = Integer.parseInt(line.substring("content-length: ".length()));
            }
            headers.add(line.replaceAll("^(date|age): .+$", "$1"));
        }
        headers.sort(null);
        return status + '\n' + String.join("\n", headers) + "\n\n"
                + new String(client.exactly(length), StandardCharsets.ISO_8859_1);
    }

    static Stream<Named<String>> repeatable() {
        return Stream.of(
                Named.of("a page in HTML", get(PAGE)),
                Named.of("a page in JSON", get(PAGE, JSON)),
                Named.of("a page by ?format=", get(PAGE + "?format=application/vnd.pypi.simple.v1%2Bjson")),
                Named.of("a coded page", get(PAGE, JSON, "Accept-Encoding: gzip")),
                Named.of("a page of 400 kB", get("/simple/large/", JSON)),
                Named.of("a long page, coded", get("/simple/long/", JSON, "Accept-Encoding: gzip")),
                Named.of("a page that is known", get(PAGE, "If-None-Match: *")),
                Named.of("a page on a connection to be kept", get(PAGE, "Connection: keep-alive")),
                Named.of("a page, and a body of nothing", get(PAGE, "Content-Length: 0")),
                Named.of("a page, and a folded header", get(PAGE, "X: a\r\n Content-Length: 5")),
                Named.of("a file", get(FILE)),
                Named.of("a range", get(FILE, "Range: bytes=10-19")),
                Named.of("a range by its tag", get(FILE, "Range: bytes=-5", "If-Range: " + etag(BYTES))),
                Named.of("a file that is known", get(FILE, "If-None-Match: *")),
                Named.of("a file that was not modified", get(FILE, "If-Modified-Since: Mon, 06 May 2024 07:08:09 GMT")),
                Named.of("an empty file", get("/packages/empty.whl")),
                Named.of("the root list", get("/simple/", JSON)),
                Named.of("the root list, coded", get("/simple/", JSON, "Accept-Encoding: gzip")),
                Named.of("a root list that is known", get("/simple/", "If-None-Match: *")),
                Named.of("a large file", get("/packages/large.whl")));
    }

    private static String etag(byte[] bytes) {
        return '"' + Site.digest(bytes).hex() + '"';
    }

    @ParameterizedTest
    @DisplayName("what was asked before is answered alike to the last byte, counted alike, and logged alike")
    @MethodSource("repeatable")
    void same(String request) throws IOException {
        site.page("large", 1000, Origin.UPSTREAM, "r1");
        site.page("long", 4000, Origin.UPSTREAM, "r1");
        site.open(WHEEL, BYTES);
        site.open("empty.whl", new byte[0]);
        site.open("large.whl", bytes(4 * 1024 * 1024));
        String route = request.contains("/packages/") ? "file" : request.contains("/simple/ ") ? "root" : "project";
        try (StoredFile root = site.keepRoot(bytes(700_000));
                RawClient client = new RawClient(site.port())) {
            List<String> answers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                client.send(request);
                answers.add(exact(client));
            }
            assertThat(answers.get(1).equals(answers.get(0))).isTrue();
            assertThat(answers.get(2).equals(answers.get(0))).isTrue();
            Awaitility.await().untilAsserted(() -> assertThat(log()).hasSize(3));
            assertThat(repeated()).isEqualTo(2);
            assertThat(hits("cornucopia.file.cache")).isEqualTo(route.equals("file") ? 3 : 0);
            assertThat(hits("cornucopia.page.cache")).isEqualTo(route.equals("project") ? 2 : 0);
            assertThat(site.metrics
                            .get("cornucopia.http.requests")
                            .tags("route", route, "status", answers.get(0).substring(9, 12))
                            .counter()
                            .count())
                    .isEqualTo(3);
            assertThat(site.metrics
                            .get("cornucopia.http.request.duration")
                            .tag("route", route)
                            .timer()
                            .count())
                    .isEqualTo(3);
            int length = answers.get(0).length() - answers.get(0).indexOf("\n\n") - 2;
            if (request.contains("/long/")) {
                assertThat(length).as("it lies in a file").isGreaterThanOrEqualTo(PageFiles.MIN_LENGTH);
            }
            assertThat(site.metrics.get("cornucopia.http.bytes.out").counter().count())
                    .isEqualTo(3.0 * length);
            assertThat(log().stream().distinct()).hasSize(1);
            assertThat(log().get(0)).contains("\"bytes\":" + length + ",\"client\":\"127.0.0.1\"");
        }
    }

    @ParameterizedTest
    @DisplayName("what may change without a word, or says more than once who asks, is not repeated")
    @ValueSource(
            strings = {
                "GET /simple/own/ HTTP/1.1\r\n\r\n",
                "GET /simple/old/ HTTP/1.1\r\n\r\n",
                "GET /simple/ HTTP/1.1\r\n\r\n",
                "GET /simple/nowhere/ HTTP/1.1\r\n\r\n",
                "GET /simple/Demo/ HTTP/1.1\r\n\r\n",
                "GET /simple/demo/ HTTP/1.1\r\nAuthorization: Basic c2VjcmV0\r\n\r\n",
                "GET /simple/demo/ HTTP/1.1\r\nExpect: 100-continue\r\n\r\n",
                "GET /packages/" + WHEEL + " HTTP/1.1\r\nRange: bytes=5000-\r\n\r\n",
                "GET /health HTTP/1.1\r\n\r\n",
            })
    void notRepeated(String request) throws IOException {
        Instant now = Instant.now();
        site.page("own", 1, Origin.OWN, "r1");
        site.page("old", 1, Origin.UPSTREAM, "r1", now.minusSeconds(7200), now.minusSeconds(6600));
        site.open(WHEEL, BYTES);
        try (RawClient client = new RawClient(site.port())) {
            for (int i = 0; i < 3; i++) {
                client.send(request);
                client.read(false);
            }
        }
        assertThat(repeated()).isZero();
    }

    @Test
    @DisplayName("the answer to a HEAD is no answer to a GET, nor the other way round")
    void head() throws IOException {
        String head = request("HEAD " + PAGE + " HTTP/1.1");
        try (RawClient client = new RawClient(site.port())) {
            for (String request : List.of(head, head, KNOWN, KNOWN, head)) {
                client.send(request);
                RawClient.Answer answer = client.read(request.equals(head));
                assertThat(answer.status()).isEqualTo(200);
                assertThat(Integer.parseInt(answer.header("content-length"))).isPositive();
            }
        }
        assertThat(repeated()).isEqualTo(1);
    }

    @Test
    @DisplayName("a page that changed is another one at once")
    void changedPage() throws IOException {
        try (RawClient client = new RawClient(site.port())) {
            for (int revision = 1; revision <= 3; revision++) {
                site.page("demo", revision, Origin.UPSTREAM, "r" + revision);
                Addresses.PROJECT_CHANGED
                        .publish(site.vertx, new ProjectChanged(new ProjectName("demo")))
                        .await();
                // With it the page is there, and the head that is known meets another one than it knows.
                client.send(get(PAGE, JSON, "X: another head"));
                RawClient.Answer first = client.read(false);
                assertThat(first.text().split("\"filename\"", -1)).hasSize(revision + 1);
                for (int i = 0; i < 3; i++) {
                    client.send(get(PAGE, JSON));
                    RawClient.Answer answer = client.read(false);
                    assertThat(answer.text()).isEqualTo(first.text());
                    assertThat(answer.header("etag")).isEqualTo(first.header("etag"));
                }
                awaitRepeated(2.0 * revision);
            }
            // From now on it is asked for each time, and says so.
            site.page("demo", 3, Origin.OWN, "r3");
            Addresses.PROJECT_CHANGED
                    .publish(site.vertx, new ProjectChanged(new ProjectName("demo")))
                    .await();
            client.send(get(PAGE, JSON));
            assertThat(client.read(false).header("cache-control")).isEqualTo("max-age=0, must-revalidate");
        }
    }

    @Test
    @DisplayName("the root list is asked for again once it may be another one, or is given up")
    void changedRoot() throws IOException {
        try (RawClient client = new RawClient(site.port())) {
            StoredFile first = site.keepRoot(bytes(1000));
            assertThat(root(client)).isEqualTo(bytes(1000));
            assertThat(root(client)).isEqualTo(bytes(1000));
            assertThat(site.rootQueries).hasValue(1);

            site.rootHolds = false;
            assertThat(root(client)).isEqualTo(bytes(1000));
            assertThat(site.rootQueries).hasValue(2);

            site.rootHolds = true;
            assertThat(root(client)).isEqualTo(bytes(1000));
            first.close();
            try (StoredFile second = site.keepRoot(bytes(2000))) {
                assertThat(root(client)).hasSize((int) second.size());
            }
            assertThat(site.rootQueries).hasValue(3);
        }
        awaitRepeated(2);
    }

    private static byte[] root(RawClient client) throws IOException {
        client.send(get("/simple/", JSON));
        return client.read(false).body();
    }

    @Test
    @DisplayName("a file that changed is another one at once, also if only its time did")
    void changedFile() throws IOException {
        byte[] others = bytes(999);
        site.files.put(WHEEL, others);
        try (RawClient client = new RawClient(site.port())) {
            site.open(WHEEL, BYTES);
            for (int i = 0; i < 2; i++) {
                client.send(get(FILE));
                assertThat(client.read(false).body()).isEqualTo(BYTES);
            }
            site.openFiles.forget(WHEEL);
            client.send(get(FILE));
            assertThat(client.read(false).body()).isEqualTo(others);
            assertThat(site.fileQueries).hasSize(1);

            StoredFile again = site.open(WHEEL, BYTES);
            for (int i = 0; i < 2; i++) {
                client.send(get(FILE));
                assertThat(client.read(false).body()).isEqualTo(BYTES);
            }
            site.open(WHEEL, others);
            client.send(get(FILE));
            assertThat(client.read(false).body()).isEqualTo(others);

            site.open(WHEEL, BYTES);
            for (int i = 0; i < 2; i++) {
                client.send(get(FILE));
                assertThat(client.read(false).header("last-modified")).isEqualTo("Mon, 06 May 2024 07:08:09 GMT");
            }
            Path path = Files.write(directory.resolve("touched"), BYTES);
            Instant later = again.lastModified().plusSeconds(1);
            StoredFile touched = new StoredFile(
                    WHEEL, FileChannel.open(path), BYTES.length, again.sha256().orElseThrow(), later);
            site.handedOut.add(touched);
            site.openFiles.put(new ProjectName("demo"), touched, moment -> {});
            touched.close();
            client.send(get(FILE));
            assertThat(client.read(false).header("last-modified")).isEqualTo("Mon, 06 May 2024 07:08:10 GMT");
        }
        assertThat(repeated()).isEqualTo(3);
    }

    @Test
    @DisplayName("G12 nothing is repeated where readers have to show a token")
    void readProtected() throws IOException {
        try (Site guarded = site(Files.createDirectory(directory.resolve("guarded")), HttpSettings.Readers.TOKEN)) {
            guarded.page("demo", 1, Origin.UPSTREAM, "r1");
            String token = guarded.token("reader", Map.of(Permission.READ, List.of("*")));
            try (RawClient client = new RawClient(guarded.port())) {
                for (int i = 0; i < 3; i++) {
                    client.send(get(PAGE, token));
                    assertThat(client.read(false).status()).isEqualTo(200);
                    client.send(get(PAGE));
                    assertThat(client.read(false).status()).isEqualTo(401);
                }
                guarded.tokens.clear();
                client.send(get(PAGE, token));
                assertThat(client.read(false).status()).isEqualTo(401);
            }
            assertThat(guarded.metrics.get("cornucopia.http.repeated").counter().count())
                    .isZero();
        }
    }

    /** What is sent, a read of the server's each. */
    private static Named<List<String>> sent(String name, String... writes) {
        return Named.of(name, List.of(writes));
    }

    static Stream<Named<List<String>>> attacks() {
        String close = get(PAGE, "Connection: close");
        String old = request("GET " + PAGE + " HTTP/1.0");
        String oldKept = request("GET " + PAGE + " HTTP/1.0", "Connection: keep-alive");
        String long1 = get(PAGE, "X: " + "a".repeat(1500));
        String chunked = get(PAGE, "Transfer-Encoding: chunked");
        String size = Integer.toHexString(KNOWN.length()) + "\r\n";
        String webSocket = get(PAGE, "Sec-WebSocket-Key1: 1", "Sec-WebSocket-Key2: 2");
        String half = KNOWN.substring(0, 30);
        String otherHalf = KNOWN.substring(30);
        return Stream.of(
                sent("nothing odd"),
                sent("a body of POST", request("POST " + PAGE + " HTTP/1.1", BODY_OF_KNOWN), KNOWN),
                sent("a body of an upload", request("POST /legacy/ HTTP/1.1", BODY_OF_KNOWN), KNOWN),
                sent("a body of POST, in one write", request("POST " + PAGE + " HTTP/1.1", BODY_OF_KNOWN) + KNOWN),
                sent("a body of GET", get(PAGE, BODY_OF_KNOWN), KNOWN),
                sent("a body of GET, twice", get(PAGE, BODY_OF_KNOWN), KNOWN, get(PAGE, BODY_OF_KNOWN), KNOWN),
                sent("a body of GET, in one write", get(PAGE, BODY_OF_KNOWN) + KNOWN),
                sent("a body of GET, in pieces", get(PAGE, BODY_OF_KNOWN), half, otherHalf),
                sent("a body of HEAD", request("HEAD " + PAGE + " HTTP/1.1", BODY_OF_KNOWN), KNOWN),
                sent("a longer body", get(PAGE, "Content-Length: " + 3 * KNOWN.length()), KNOWN, KNOWN, KNOWN),
                sent("a body of nothing", get(PAGE, "Content-Length: 0"), get(PAGE, "Content-Length: 0")),
                sent("a length by another", get(PAGE, "Content-Length: 0", BODY_OF_KNOWN), KNOWN),
                sent("a length by the same", get(PAGE, BODY_OF_KNOWN, BODY_OF_KNOWN), KNOWN),
                sent("a list of lengths", get(PAGE, "Content-Length: 0, 0"), KNOWN),
                sent("a length with a sign", get(PAGE, "Content-Length: +5"), KNOWN),
                sent("a length with zeros", get(PAGE, "Content-Length: 000"), KNOWN),
                sent("a length behind a blank", get(PAGE, "Content-Length : 5"), KNOWN),
                sent("a folded length", get(PAGE, "Content-Length:\r\n " + KNOWN.length()), KNOWN),
                sent("a length folded away", get(PAGE, "X: a\r\n " + BODY_OF_KNOWN), KNOWN),
                sent(
                        "a first header that is folded",
                        get(PAGE).replace("Host", " " + BODY_OF_KNOWN + "\r\nHost"),
                        KNOWN),
                sent("chunks", chunked, size, KNOWN, "\r\n0\r\n\r\n"),
                sent("chunks, the first in one write", chunked + size, KNOWN, "\r\n0\r\n\r\n"),
                sent("chunks, in one write", chunked + size + KNOWN + "\r\n0\r\n\r\n"),
                sent("chunks that do not end", chunked, "0\r\n", KNOWN),
                sent("chunks and a length", get(PAGE, "Transfer-Encoding: chunked", "Content-Length: 0"), KNOWN),
                sent("chunks in capitals", get(PAGE, "TRANSFER-ENCODING: CHUNKED"), size, KNOWN, "\r\n0\r\n\r\n"),
                sent("another coding", get(PAGE, "Transfer-Encoding: identity"), KNOWN),
                sent("a coding behind a tab", get(PAGE, "Transfer-Encoding:\u000bchunked"), KNOWN),
                sent("a handshake of old WebSockets", webSocket, KNOWN),
                sent("a handshake of old WebSockets, twice", webSocket, "12345678", webSocket, KNOWN),
                sent("a handshake of WebSockets", get(PAGE, "Connection: Upgrade", "Upgrade: websocket"), KNOWN),
                sent(
                        "an upgrade to HTTP/2",
                        get(PAGE, "Connection: Upgrade", "Upgrade: h2c", "HTTP2-Settings: AA"),
                        KNOWN),
                sent("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", KNOWN),
                sent("lines that end otherwise", KNOWN.replace("\r\n", "\n"), KNOWN),
                sent("a line that ends otherwise", KNOWN.replace("\r\nHost", "\nHost"), KNOWN),
                sent("an end that is otherwise", KNOWN.substring(0, KNOWN.length() - 2) + "\n", KNOWN),
                sent("an end before the end", KNOWN.replace("\r\nHost", "\n\nHost"), KNOWN),
                sent("a return within a line", get(PAGE, "X: a\r" + BODY_OF_KNOWN), KNOWN),
                sent("two returns at the end", get(PAGE, "X: a\r"), KNOWN),
                sent("a head in two pieces", half, otherHalf, KNOWN),
                sent("a head without its last line", KNOWN.substring(0, KNOWN.length() - 2), "\r\n", KNOWN),
                sent("a head without its last byte", KNOWN.substring(0, KNOWN.length() - 1), "\n", KNOWN),
                sent("a head within a head", "GET /nowhere HTTP/1.1\r\nX: ", KNOWN),
                sent("a head within a line", "GET /nowhere", KNOWN),
                sent("two in one write", KNOWN + KNOWN),
                sent("another and one", get("/nowhere") + KNOWN),
                sent("one and another", KNOWN + get("/nowhere")),
                sent("one and a half", KNOWN + half, otherHalf),
                sent("one and an empty line", KNOWN + "\r\n", KNOWN),
                sent("an empty line before", "\r\n", KNOWN),
                sent("the end", close, KNOWN),
                sent("the end among others", get(PAGE, "Connection: keep-alive, close"), KNOWN),
                sent("the end on a second line", get(PAGE, "Connection: keep-alive", "Connection: close"), KNOWN),
                sent("one, and the end", KNOWN + close, KNOWN),
                sent("HTTP/1.0", old, KNOWN),
                sent("HTTP/1.0 that is kept", oldKept, oldKept, KNOWN),
                sent("HTTP/1.2", request("GET " + PAGE + " HTTP/1.2"), KNOWN),
                sent("no version", "GET " + PAGE + "\r\n\r\n", KNOWN),
                sent("a whole URL", request("GET http://a:b@index.test/simple/demo/ HTTP/1.1"), KNOWN),
                sent("a method in lower case", KNOWN.replace("GET", "get"), KNOWN),
                sent("more blanks", KNOWN.replace("GET ", "GET  "), KNOWN),
                sent("an expectation", get(PAGE, "Expect: 100-continue"), get(PAGE, "Expect: 100-continue")),
                sent("an expectation and a body", get(PAGE, "Expect: 100-continue", BODY_OF_KNOWN), KNOWN),
                sent("another expectation", get(PAGE, "Expect: 200-ok"), KNOWN),
                sent("a long head", long1, long1, KNOWN),
                sent("a head that is too long", get(PAGE, "X: " + "a".repeat(20_000)), KNOWN),
                sent("a path that is too long", get("/simple/" + "a".repeat(10_000) + "/"), KNOWN),
                sent("no header", "GET " + PAGE + " HTTP/1.1\r\n\r\n", "GET " + PAGE + " HTTP/1.1\r\n\r\n"),
                sent("a header without a name", get(PAGE, ": a"), KNOWN),
                sent("a header without a colon", get(PAGE, "a"), KNOWN));
    }

    @ParameterizedTest
    @DisplayName("I whatever comes in between, and however it is cut, the answers are those of the parser")
    @MethodSource("attacks")
    void attack(List<String> writes) throws IOException {
        String expected = answers("\r\n", writes);
        assertThat(repeated()).isZero();
        assertThat(answers("", writes)).isEqualTo(expected);
        assertThat(repeated()).isPositive();
    }

    /** All that is answered to {@code writes}; after an empty line at its beginning a connection is the parser's alone. */
    private String answers(String beginning, List<String> writes) throws IOException {
        StringBuilder answers = new StringBuilder();
        try (RawClient client = new RawClient(site.port())) {
            client.send(beginning + KNOWN);
            client.read(false);
            client.send(KNOWN);
            client.read(false);
            // What comes behind tells where the parser stands.
            for (String write : Stream.of(writes, List.of(KNOWN, KNOWN))
                    .flatMap(List::stream)
                    .toList()) {
                client.send(write);
                settle();
                answers.append(new String(client.available(), StandardCharsets.ISO_8859_1));
            }
        } catch (SocketException e) {
            answers.append("closed");
        }
        return answers.toString().replaceAll("(?m)^(date|age): .+\r\n", "");
    }

    @Test
    @DisplayName("I a client that reads nothing is answered so much and no more, and then everything in its order")
    void slow() throws IOException {
        int count = 40;
        site.open("large.whl", LARGE);
        List<String> requests = List.of(get(PAGE), get(PAGE, "Accept-Encoding: gzip"), get("/packages/large.whl"));
        try (RawClient client = new RawClient(site.port())) {
            List<String> first = new ArrayList<>();
            for (String request : requests) {
                client.send(request);
                first.add(exact(client));
            }
            client.send(requests.get(2));
            assertThat(client.line()).isEqualTo("HTTP/1.1 200 OK");
            double before = hits("cornucopia.page.cache");
            for (int i = 0; i < count; i++) {
                client.send(requests.get(i % 2));
                settle();
            }
            assertThat(hits("cornucopia.page.cache") - before).isLessThan(count / 2.0);
            while (!client.line().isEmpty()) {
                continue;
            }
            assertThat(Arrays.equals(client.exactly(LARGE.length), LARGE)).isTrue();
            for (int i = 0; i < count; i++) {
                assertThat(exact(client)).isEqualTo(first.get(i % 2));
            }
        }
        assertThat(repeated()).isEqualTo(1);
    }

    /** A client that was answered before, and is being sent a large file now of which it has read the head. */
    private RawClient underWay() throws IOException {
        site.open("large.whl", LARGE);
        RawClient client = new RawClient(site.port());
        client.send(KNOWN);
        client.read(false);
        client.send(get("/packages/large.whl"));
        client.read(false);
        client.send(get("/packages/large.whl"));
        for (String line = client.line(); !line.isEmpty(); line = client.line()) {
            assertThat(line).doesNotStartWith("connection:");
        }
        return client;
    }

    @Test
    @DisplayName("draining lets what is being sent finish, and what was asked behind it")
    void drain() throws IOException {
        try (RawClient client = underWay()) {
            client.send(KNOWN);
            settle();
            site.readiness.drain();
            Future<?> drained =
                    Future.all(site.verticles.stream().map(HttpVerticle::drain).toList());
            assertThat(Arrays.equals(client.exactly(LARGE.length), LARGE)).isTrue();
            assertThat(client.read(false).status()).isEqualTo(200);
            assertThat(client.isEnded()).isTrue();
            assertThat(drained.toCompletionStage()).succeedsWithin(AT_ONCE);
        }
        assertThat(repeated()).isEqualTo(1);
    }

    @Test
    @DisplayName("while the server drains the end of a connection is announced")
    void announced() throws IOException {
        try (RawClient client = new RawClient(site.port())) {
            client.send(KNOWN);
            client.read(false);
            client.send(KNOWN);
            client.read(false);
            awaitRepeated(1);
            site.readiness.drain();
            for (int i = 0; i < 2; i++) {
                client.send(KNOWN);
                assertThat(client.read(false).header("connection")).isEqualTo("close");
            }
        }
        assertThat(repeated()).isEqualTo(1);
    }

    @Test
    @DisplayName("without draining nobody is waited for")
    void cutOff() throws IOException {
        RawClient client = underWay();
        try (client) {
            Future<?> undeployed = Future.all(site.vertx.deploymentIDs().stream()
                    .map(site.vertx::undeploy)
                    .toList());
            assertThat(undeployed.toCompletionStage()).succeedsWithin(AT_ONCE);
        }
    }

    @Test
    @DisplayName("a client that leaves is counted and logged, and the file given back")
    void leaves() throws IOException {
        underWay().close();
        Awaitility.await().untilAsserted(() -> assertThat(log()).hasSize(3));
        assertThat(repeated()).isEqualTo(1);
        assertThat(log().get(2)).isEqualTo(log().get(1));
    }

    @Test
    @DisplayName("I the answers that are remembered are bounded in number, and their heads in length")
    void bounded() throws IOException {
        RepeatedAnswers answers = new RepeatedAnswers();
        int count = 3000;
        for (int i = 0; i < count; i++) {
            answers.put(numbered(i), new RepeatedAnswer(Route.FILE, "/", 200, new byte[0], Optional::empty));
        }
        assertThat(IntStream.range(0, count).filter(i -> answers.get(Unpooled.wrappedBuffer(numbered(i))) != null))
                .hasSize(2048)
                .contains(count - 1);
        try (RawClient client = new RawClient(site.port())) {
            for (int i = 0; i < 3; i++) {
                client.send(get(PAGE, "X: " + "a".repeat(1000)));
                assertThat(client.read(false).status()).isEqualTo(200);
            }
        }
        assertThat(repeated()).isZero();
    }

    private static byte[] numbered(int i) {
        return get("/simple/" + i + '/').getBytes(StandardCharsets.US_ASCII);
    }
}
