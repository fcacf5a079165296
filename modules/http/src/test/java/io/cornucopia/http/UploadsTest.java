package io.cornucopia.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.cornucopia.access.Permission;
import io.cornucopia.bus.Failure;
import io.cornucopia.bus.PageAnswer.Origin;
import io.cornucopia.bus.UploadQuery;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class UploadsTest {
    private static final int MAX_FILE_SIZE = 1 << 20;
    private static final byte[] BYTES = bytes(100_000);

    @TempDir
    private Path directory;

    private Site site;
    private String token;

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    @BeforeEach
    void start() {
        site = site(true, MAX_FILE_SIZE);
    }

    private Site site(boolean enabled, long maxFileSize) {
        Site made = new Site(
                directory,
                "/prefix",
                HttpSettings.Readers.ANONYMOUS,
                new HttpSettings.Upload(enabled, maxFileSize),
                Optional.empty());
        token = made.token("secret", Map.of(Permission.UPLOAD, List.of("demo")));
        return made;
    }

    @AfterEach
    void stop() {
        site.close();
    }

    private static void post(RawClient client, String path, byte[] body, String... headers) throws IOException {
        List<String> all = new ArrayList<>(List.of(headers));
        all.add("Content-Length: " + body.length);
        client.send("POST", path, all.toArray(String[]::new));
        client.send(body);
    }

    private RawClient.Answer post(byte[] body, String... headers) throws IOException {
        try (RawClient client = new RawClient(site.port())) {
            post(client, "/legacy/", body, headers);
            RawClient.Answer answer = client.read(false);
            // Whatever was wrong with the one, the next is answered.
            client.send("GET", "/health");
            assertThat(client.read(false).status()).isEqualTo(200);
            return answer;
        }
    }

    private void nothingIsLeft() {
        Awaitility.await().untilAsserted(() -> {
            assertThat(site.store.received).allMatch(file -> file.discarded);
            if (!site.store.received.isEmpty()) {
                assertThat(site.store.files()).isZero();
            }
        });
        assertThat(site.uploads).isEmpty();
    }

    @ParameterizedTest
    @DisplayName("G1 G7 an upload is taken with and without the slash, a query and the prefix, and not redirected")
    @ValueSource(
            strings = {"/legacy/", "/legacy", "/legacy/?a=b", "/legacy?:action=x", "/prefix/legacy/", "/prefix/legacy"})
    void paths(String path) throws IOException {
        try (RawClient client = new RawClient(site.port())) {
            post(client, path, Form.of(BYTES).end(), Form.TYPE, token);
            RawClient.Answer answer = client.read(false);
            assertThat(answer.text()).isEqualTo("File " + Form.WHEEL + " uploaded successfully");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("content-type")).isEqualTo("text/plain; charset=utf-8");
        }
        UploadQuery upload = site.uploads.get(0);
        assertThat(upload.filename()).isEqualTo(Form.WHEEL);
        assertThat(upload.received().sha256()).isEqualTo(Site.digest(BYTES).hex());
        assertThat(upload.received().length()).isEqualTo(BYTES.length);
        assertThat(upload.actor().principal().name()).isEqualTo("secret-token");
        assertThat(upload.actor().address()).isEqualTo("127.0.0.1");
        assertThat(upload.fields())
                .containsEntry(":action", List.of("file_upload"))
                .containsEntry("name", List.of("demo"))
                .doesNotContainKey("content");
        assertThat(upload.content().path()).hasBinaryContent(BYTES);
    }

    @Test
    @DisplayName("G2 parts come in any order, repeat, and hold what they like")
    void parts() throws IOException {
        List<Form> forms = new ArrayList<>();
        byte[] tricky = ("--" + Form.BOUNDARY.substring(1) + "\r\n--" + Form.BOUNDARY.substring(0, 8) + "\r\n\r\n\n--")
                .getBytes(StandardCharsets.UTF_8);
        forms.add(new Form()
                .file("content", Form.WHEEL, tricky)
                .field("requires_dist", "a")
                .field("name", "")
                .field("requires_dist", "b; extra == \"ü\""));
        forms.add(new Form()
                .raw("a preamble\r\n")
                .field("requires_dist", "a")
                .file("gpg_signature", Form.WHEEL + ".asc", "signed".getBytes(StandardCharsets.UTF_8))
                .part("FORM-DATA; Filename=" + Form.WHEEL + "; NAME=content", tricky)
                .field("name", "")
                .field("requires_dist", "b; extra == \"ü\""));
        for (Form form : forms) {
            assertThat(post(form.end(), Form.TYPE, token).status()).isEqualTo(200);
        }
        assertThat(site.uploads).hasSize(2).allSatisfy(upload -> {
            assertThat(upload.fields())
                    .containsEntry("requires_dist", List.of("a", "b; extra == \"ü\""))
                    .containsEntry("name", List.of(""));
            assertThat(upload.content().path()).hasBinaryContent(tricky);
        });
        assertThat(site.uploads.get(1).fields()).containsEntry("gpg_signature", List.of("signed"));
    }

    @Test
    @DisplayName("G2 a form is read the same in pieces of one byte")
    void pieces() throws IOException {
        byte[] form = Form.of("\r\n--0123\r\n".getBytes(StandardCharsets.UTF_8)).end();
        StringBuilder chunked = new StringBuilder();
        for (byte b : form) {
            chunked.append("1\r\n").append((char) (b & 0xff)).append("\r\n");
        }
        try (RawClient client = new RawClient(site.port())) {
            client.send("POST", "/legacy/", "Transfer-Encoding: chunked", Form.TYPE, token);
            client.send(chunked + "0\r\n\r\n");
            assertThat(client.read(false).status()).isEqualTo(200);
        }
        assertThat(site.uploads.get(0).content().path()).hasContent("\r\n--0123\r\n");
    }

    @Test
    @DisplayName("G11 a description of 1 MiB, 500 requires_dist and the parts in reverse order pass")
    void large() throws IOException {
        String description = "d".repeat(1 << 20);
        Form form = new Form().file("content", Form.WHEEL, BYTES).field("description", description);
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            form.field("requires_dist", "dependency-" + i);
            expected.add("dependency-" + i);
        }
        assertThat(post(form.end(), Form.TYPE, token).status()).isEqualTo(200);
        assertThat(site.uploads.get(0).fields())
                .containsEntry("description", List.of(description))
                .containsEntry("requires_dist", expected);
    }

    static Stream<Arguments> broken() {
        byte[] content = {1, 2, 3};
        Form many = new Form();
        for (int i = 0; i < 100_000; i++) {
            many.field("f", "");
        }
        Form large = new Form();
        for (int i = 0; i < 3; i++) {
            large.field("f" + i, "x".repeat(6 << 20));
        }
        return Stream.of(
                Arguments.of(
                        "no form", "{}".getBytes(StandardCharsets.UTF_8), "multipart/form-data", "application/json"),
                Arguments.of("no boundary", Form.of(content).end(), "boundary", "multipart/form-data"),
                Arguments.of(
                        "another boundary",
                        Form.of(content).end(),
                        "does not occur",
                        "multipart/form-data; boundary=x"),
                Arguments.of(
                        "two files",
                        Form.of(content).file("content", "b-1.0.zip", content).end(),
                        "two files",
                        ""),
                Arguments.of(
                        "a file elsewhere",
                        Form.of(content).file("x", "b.zip", content).end(),
                        "second file",
                        ""),
                Arguments.of("no file", new Form().field("name", "demo").end(), "\"content\" is missing", ""),
                Arguments.of("no parts", new Form().end(), "\"content\" is missing", ""),
                Arguments.of("content is text", new Form().field("content", "x").end(), "has no filename", ""),
                Arguments.of(
                        "an empty filename",
                        new Form().file("content", "", content).end(),
                        "has no filename",
                        ""),
                Arguments.of("a zero-length file", Form.of(new byte[0]).end(), "is empty", ""),
                Arguments.of(
                        "a path",
                        new Form().file("content", "../a-1.0.zip", content).end(),
                        "../a-1.0.zip",
                        ""),
                Arguments.of(
                        "a NUL",
                        new Form().file("content", "a\0-1.0.zip", content).end(),
                        "filename",
                        ""),
                Arguments.of(
                        "a long name",
                        new Form().file("content", "a".repeat(256), content).end(),
                        "filename",
                        ""),
                Arguments.of("100 000 fields", many.end(), "too many fields", ""),
                Arguments.of(
                        "a large field",
                        new Form().field("f", "x".repeat(9 << 20)).end(),
                        "is too large",
                        ""),
                Arguments.of("large fields", large.end(), "too large", ""),
                Arguments.of("no end", Form.of(content).unfinished(), "ends in the middle", ""),
                Arguments.of(
                        "no end of the file",
                        Arrays.copyOf(Form.of(content).unfinished(), 200),
                        "ends in the middle",
                        ""),
                Arguments.of("no name", new Form().part("form-data", content).end(), "Content-Disposition", ""),
                Arguments.of(
                        "a head of nothing",
                        new Form().raw("--" + Form.BOUNDARY + "\r\n\r\nx\r\n").end(),
                        "Content-Disposition",
                        ""),
                Arguments.of(
                        "a long head",
                        new Form()
                                .part("form-data; name=" + "x".repeat(20_000), content)
                                .end(),
                        "too long",
                        ""),
                Arguments.of(
                        "base64",
                        new Form()
                                .part(
                                        "form-data; name=\"content\"; filename=\"a-1.zip\"\r\nContent-Transfer-Encoding: base64",
                                        content)
                                .end(),
                        "Content-Transfer-Encoding",
                        ""),
                Arguments.of(
                        "a long epilogue",
                        Form.of(content)
                                .raw("--" + Form.BOUNDARY + "--" + "x".repeat(100_000))
                                .unfinished(),
                        "too much",
                        ""),
                Arguments.of("nothing", new byte[0], "does not occur", ""));
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("I G9 what no upload can be made of is one clear 400, and nothing is left of it")
    @MethodSource
    void broken(String what, byte[] form, String message, String type) throws IOException {
        RawClient.Answer answer = post(form, type.isEmpty() ? Form.TYPE : "Content-Type: " + type, token);
        assertThat(answer.text()).contains(message);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.reason()).isEqualTo(Refusal.reason(answer.text()));
        nothingIsLeft();
    }

    @Test
    @DisplayName("G10 a file that turns out too large is refused as soon as it is seen, and the client reads why")
    void tooLarge() throws IOException {
        RawClient.Answer answer = post(Form.of(bytes(20 << 20)).end(), Form.TYPE, token);
        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.text()).startsWith("File too large").contains(Integer.toString(MAX_FILE_SIZE));
        assertThat(answer.reason()).isEqualTo(answer.text());
        assertThat(answer.header("connection")).isNull();
        nothingIsLeft();
        assertThat(post(Form.of(bytes(MAX_FILE_SIZE)).end(), Form.TYPE, token).status())
                .isEqualTo(200);
    }

    @Test
    @DisplayName("G10 G11 a length that is far too large is refused without being asked for")
    void farTooLarge() throws IOException {
        try (RawClient client = new RawClient(site.port())) {
            client.send("POST", "/legacy/", "Content-Length: 99999999999", "Expect: 100-continue", Form.TYPE, token);
            RawClient.Answer answer = client.read(false);
            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.text()).startsWith("File too large");
            assertThat(answer.header("connection")).isEqualTo("close");
            assertThat(client.isEnded()).isTrue();
        }
        nothingIsLeft();
    }

    @Test
    @DisplayName("G10 of what nobody wants only so much is read, and then the connection is cut")
    void endless() throws IOException {
        try (RawClient client = new RawClient(site.port())) {
            client.send("POST", "/legacy/", "Transfer-Encoding: chunked", Form.TYPE);
            assertThat(client.read(false).status()).isEqualTo(401);
            byte[] chunk = ("100000\r\n" + "x".repeat(1 << 20) + "\r\n").getBytes(StandardCharsets.US_ASCII);
            int sent = 0;
            try {
                while (sent < 1000) {
                    client.send(chunk);
                    sent++;
                }
            } catch (IOException e) {
                assertThat(sent).isGreaterThan(60);
            }
            assertThat(sent).isLessThan(200);
        }
    }

    @Test
    @DisplayName("G11 a client that asks first is told to go on, once it is known who it is")
    void expect() throws IOException {
        byte[] form = Form.of(BYTES).end();
        try (RawClient client = new RawClient(site.port())) {
            client.send("POST", "/legacy/", "Content-Length: " + form.length, "Expect: 100-continue", Form.TYPE, token);
            assertThat(client.line()).isEqualTo("HTTP/1.1 100 Continue");
            assertThat(client.line()).isEmpty();
            client.send(form);
            assertThat(client.read(false).status()).isEqualTo(200);
        }
        try (RawClient client = new RawClient(site.port())) {
            client.send("POST", "/legacy/", "Content-Length: " + form.length, "Expect: 100-continue", Form.TYPE);
            RawClient.Answer answer = client.read(false);
            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.header("connection")).isEqualTo("close");
            assertThat(client.isEnded()).isTrue();
        }
    }

    @Test
    @DisplayName(
            "G12 without good credentials 401 with a challenge, the same whichever they are; Bearer and any user name do")
    void credentials() throws IOException {
        byte[] form = Form.of(BYTES).end();
        List<RawClient.Answer> answers = List.of(
                post(form, Form.TYPE),
                post(form, Form.TYPE, Site.basic("__token__", "wrong")),
                post(form, Form.TYPE, "Authorization: Bearer wrong"),
                post(form, Form.TYPE, "Authorization: nonsense"));
        assertThat(answers).allSatisfy(answer -> {
            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.header("www-authenticate")).isEqualTo("Basic realm=\"Cornucopia\", charset=\"UTF-8\"");
            assertThat(answer.text()).isEqualTo(answers.get(0).text()).contains("__token__");
            assertThat(answer.reason()).isEqualTo(answer.text());
        });
        nothingIsLeft();
        assertThat(post(form, Form.TYPE, "Authorization: Bearer secret").status())
                .isEqualTo(200);
        assertThat(post(form, Form.TYPE, Site.basic("me", "secret")).status()).isEqualTo(200);
    }

    @Test
    @DisplayName("G12 a token that may upload nothing is 403")
    void mayNot() throws IOException {
        String reader = site.token("reader", Map.of(Permission.READ, List.of("*")));
        RawClient.Answer answer = post(Form.of(BYTES).end(), Form.TYPE, reader);
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.text()).isEqualTo("The token reader-token may not upload");
        nothingIsLeft();
    }

    @Test
    @DisplayName("G12 when uploads are off it is 403, whoever asks")
    void off() throws IOException {
        site.close();
        site = site(false, MAX_FILE_SIZE);
        for (String header : List.of(token, "X-Nothing: here")) {
            RawClient.Answer answer = post(Form.of(BYTES).end(), Form.TYPE, header);
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.reason()).startsWith("Uploads are off");
        }
        nothingIsLeft();
    }

    @ParameterizedTest
    @DisplayName("G7 G9 a failure is told by status, reason phrase and body alike")
    @CsvSource({"409,conflict", "403,forbidden", "400,invalid", "403,quarantined", "500,internal"})
    void failures(int status, String kind) throws IOException {
        String message = "File already exists: \u00fc\u2028\r\nX-Evil: yes " + "x".repeat(300);
        site.refusal = Optional.of(
                switch (kind) {
                    case "conflict" -> new Failure.Conflict(message);
                    case "forbidden" -> new Failure.Forbidden(message);
                    case "invalid" -> new Failure.Invalid(message);
                    case "quarantined" -> new Failure.Quarantined(message);
                    default -> new Failure.Internal(message);
                });
        RawClient.Answer answer = post(Form.of(BYTES).end(), Form.TYPE, token, "Accept: */*");
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.text()).isEqualTo(message);
        assertThat(answer.headers())
                .doesNotContainKey("x-evil")
                .containsEntry("content-type", "text/plain; charset=utf-8");
        assertThat(answer.reason()).startsWith("File already exists: ").hasSizeLessThanOrEqualTo(200);
    }

    @ParameterizedTest
    @DisplayName("G9 who asks for JSON gets it, with status and reason together as its code")
    @ValueSource(strings = {"application/json", "application/json;q=0.9, text/plain;q=0.8, text/html;q=0.7"})
    void json(String accept) throws IOException {
        site.refusal = Optional.of(new Failure.Conflict("File already exists"));
        RawClient.Answer answer = post(Form.of(BYTES).end(), Form.TYPE, token, "Accept: " + accept);
        assertThat(answer.header("content-type")).isEqualTo("application/json");
        assertThat(new JsonObject(answer.text()))
                .isEqualTo(new JsonObject()
                        .put("message", "File already exists")
                        .put("code", "409 File already exists")
                        .put("title", "Conflict"));
    }

    @Test
    @DisplayName("I a client that leaves in the middle leaves nothing behind")
    void abort() throws IOException {
        try (RawClient client = new RawClient(site.port())) {
            client.send("POST", "/legacy/", "Content-Length: 900000", Form.TYPE, token);
            client.send(Form.of(BYTES).unfinished());
            Awaitility.await().until(() -> site.store.received.stream().anyMatch(file -> file.length() > 90_000));
        }
        Awaitility.await().until(() -> site.store.received.get(0).discarded);
        nothingIsLeft();
    }

    @Test
    @DisplayName("I a full disk during an upload is 500, and nothing is left")
    void fullDisk() throws IOException {
        site.store.isFull = true;
        RawClient.Answer answer = post(Form.of(BYTES).end(), Form.TYPE, token);
        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.text()).contains("could not be stored");
        nothingIsLeft();
    }

    @Test
    @DisplayName("a slow store holds up the client, so that memory does not grow with the file")
    void backPressure() throws Exception {
        site.close();
        int mebibytes = 200;
        site = site(true, (long) mebibytes << 20);
        Promise<Void> gate = Promise.promise();
        site.store.open = gate.future();
        byte[] begin = new Form()
                .raw("--" + Form.BOUNDARY + "\r\nContent-Disposition: form-data; name=content; filename=" + Form.WHEEL
                        + "\r\n\r\n")
                .unfinished();
        byte[] end = new Form().raw("\r\n").end();
        AtomicInteger sent = new AtomicInteger();
        try (RawClient client = new RawClient(site.port())) {
            long length = begin.length + ((long) mebibytes << 20) + end.length;
            client.send("POST", "/legacy/", "Content-Length: " + length, Form.TYPE, token);
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
                try {
                    client.send(begin);
                    for (int i = 0; i < mebibytes; i++) {
                        client.send(bytes(1 << 20));
                        sent.incrementAndGet();
                    }
                    client.send(end);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            int[] before = {-1};
            Awaitility.await().pollInterval(Duration.ofSeconds(1)).until(() -> before[0] == (before[0] = sent.get()));
            assertThat(sent.get()).isLessThan(mebibytes / 4);
            assertThat(sending).isNotDone();
            gate.complete();
            assertThat(client.read(false).status()).isEqualTo(200);
            assertThat(site.uploads.get(0).received().length()).isEqualTo((long) mebibytes << 20);
        }
    }

    @Test
    @DisplayName("what is on its way in when the server drains is taken")
    void drain() throws IOException {
        Promise<Void> publishing = Promise.promise();
        site.published = publishing.future();
        byte[] form = Form.of(BYTES).end();
        try (RawClient client = new RawClient(site.port())) {
            client.send("POST", "/legacy/", "Content-Length: " + form.length, Form.TYPE, token);
            client.send(Arrays.copyOf(form, 50_000));
            Awaitility.await().until(() -> !site.store.received.isEmpty());
            site.readiness.drain();
            Future<?> drained =
                    Future.all(site.verticles.stream().map(HttpVerticle::drain).toList());
            client.send(Arrays.copyOfRange(form, 50_000, form.length));
            Awaitility.await().until(() -> !site.uploads.isEmpty());
            assertThat(drained.isComplete()).isFalse();
            publishing.complete();
            RawClient.Answer answer = client.read(false);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("connection")).isEqualTo("close");
            drained.await();
        }
    }

    @Test
    @DisplayName("G1 other methods are 405 with Allow: POST")
    void methods() throws IOException {
        for (String method : List.of("GET", "HEAD", "PUT")) {
            RawClient.Answer answer = RawClient.request(site.port(), method, "/legacy/");
            assertThat(answer.status()).isEqualTo(405);
            assertThat(answer.header("allow")).isEqualTo("POST");
        }
    }

    @Test
    @DisplayName("G13 /legacy/+simple/{name}/ is the page, HTML unless asked otherwise")
    void legacySimple() throws IOException {
        site.page("demo", 1, Origin.OWN, "r1");
        for (String path :
                List.of("/legacy/+simple/demo/", "/legacy/%2Bsimple/demo/", "/prefix/legacy/+simple/demo/")) {
            RawClient.Answer answer = site.get(path, "Accept: */*");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("content-type")).isEqualTo("text/html; charset=utf-8");
            assertThat(answer.body()).isEqualTo(site.get("/simple/demo/").body());
        }
        assertThat(site.get("/legacy/+simple/De_Mo?x=y").header("location"))
                .isEqualTo("/prefix/legacy/+simple/de-mo/?x=y");
        assertThat(site.get("/legacy/+simple/nothing/").status()).isEqualTo(404);
        assertThat(site.get("/legacy/+simple/").status()).isEqualTo(404);
        assertThat(site.get("/legacy/other/demo/").status()).isEqualTo(404);
    }

    @Test
    @DisplayName("a long body sent to the wrong place does not keep its sender from reading so")
    void wrongPlace() throws IOException {
        try (RawClient client = new RawClient(site.port())) {
            post(client, "/simple/", Form.of(bytes(5 << 20)).end(), Form.TYPE, token);
            assertThat(client.read(false).status()).isEqualTo(405);
            client.send("GET", "/health");
            assertThat(client.read(false).status()).isEqualTo(200);
        }
    }

    @Test
    @DisplayName("G12 no line of the access log has a token in it")
    void log() throws IOException {
        post(Form.of(BYTES).end(), Form.TYPE, token);
        Awaitility.await()
                .until(() -> site.log.toString(StandardCharsets.US_ASCII).contains("POST /legacy/ 200"));
        assertThat(site.log.toString(StandardCharsets.US_ASCII))
                .doesNotContain("secret")
                .doesNotContain("Basic");
    }

    @Test
    @DisplayName("I names of headers and fields that repeat or are odd do no harm")
    void odd() throws IOException {
        List<String> names = new ArrayList<>(Collections.nCopies(100, "__proto__"));
        Form form = new Form();
        names.forEach(name -> form.field(name, "x"));
        form.field("", "nameless").file("content", Form.WHEEL, BYTES);
        assertThat(post(form.end(), Form.TYPE, token).status()).isEqualTo(200);
        assertThat(site.uploads.get(0).fields().get("__proto__")).hasSize(100);
    }
}
