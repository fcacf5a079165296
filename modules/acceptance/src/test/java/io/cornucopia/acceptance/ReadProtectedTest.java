package io.cornucopia.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.cornucopia.testkit.ClientTools;
import io.cornucopia.testkit.ClientTools.Outcome;
import io.cornucopia.testkit.FakeUpstream;
import io.cornucopia.testkit.GoldenFile;
import io.cornucopia.testkit.GoldenSdist;
import io.cornucopia.testkit.GoldenWheel;
import io.cornucopia.testkit.HttpProbe;
import io.cornucopia.testkit.UploadForm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code access.read: token}: whoever comes without one learns nothing. */
class ReadProtectedTest {
    private static final String READER = "a-token-that-may-read-everything-4c1";
    private static final String ACME_READER = "a-token-that-may-read-acme-77d";

    @TempDir
    static Path directory;

    private static final GoldenFile OURS =
            GoldenWheel.of("acme-tools", "1.0").requires("golden-lib").build();
    private static final GoldenFile OUR_SOURCE =
            GoldenSdist.of("acme-tools", "1.0").build();
    private static final GoldenFile THEIRS = GoldenWheel.of("golden-lib", "1.5").build();
    private static FakeUpstream upstream;
    private static PrivateIndex index;

    @BeforeAll
    static void start() throws IOException {
        upstream = FakeUpstream.start().put(THEIRS);
        index = PrivateIndex.over(
                upstream,
                Files.createDirectory(directory.resolve("index")),
                "access.read",
                "token",
                "access.tokens.reader.hash",
                "sha256:" + sha256(READER),
                "access.tokens.reader.read",
                "*",
                "access.tokens.acme-reader.hash",
                "sha256:" + sha256(ACME_READER),
                "access.tokens.acme-reader.read",
                "acme-*");
        index.publish(OURS, OUR_SOURCE);
        assertThat(index.with(READER).get("/packages/" + THEIRS.filename()).status())
                .isEqualTo(200);
    }

    @AfterAll
    static void stop() {
        if (index != null) {
            index.close();
            upstream.close();
        }
    }

    static String sha256(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static String withCredentials(String token) {
        return index.simpleUrl().replace("http://", "http://__token__:" + token + "@");
    }

    private static Path empty(String name) throws IOException {
        return Files.createDirectory(directory.resolve(name));
    }

    private static void assertInstalled(Outcome outcome, Path project) {
        assertThat(outcome.exit()).as(outcome.output()).isZero();
        assertThat(Installer.installed(project)).contains("acme_tools-1.0", "golden_lib-1.5");
        assertThat(outcome.output()).doesNotContain(READER);
    }

    @ParameterizedTest(name = "{0} installs with the token in the URL")
    @EnumSource(names = {"PIP", "UV"})
    void url(Installer installer) throws IOException {
        Path project = empty(installer + "-url");
        assertInstalled(
                installer.install(Clients.tools(), project, withCredentials(READER), List.of("acme-tools")), project);
    }

    @ParameterizedTest(name = "{0} installs with the token in ~/.netrc")
    @EnumSource(names = {"PIP", "UV"})
    void netrc(Installer installer) throws IOException {
        Path project = empty(installer + "-netrc");
        Path netrc = ClientTools.homeOf(project).resolve(".netrc");
        Files.writeString(netrc, "machine 127.0.0.1\nlogin __token__\npassword " + READER + "\n");
        assertThat(netrc.toFile().setReadable(false, false) && netrc.toFile().setReadable(true, true))
                .isTrue();
        assertInstalled(installer.install(Clients.tools(), project, index.simpleUrl(), List.of("acme-tools")), project);
    }

    @Test
    @DisplayName("poetry installs with the token as http-basic of its source")
    void poetry() throws IOException {
        Path project = empty("poetry");
        assertInstalled(
                Installer.POETRY.install(
                        Clients.tools(),
                        project,
                        index.simpleUrl(),
                        List.of("acme-tools"),
                        Map.of(
                                "POETRY_HTTP_BASIC_MIRROR_USERNAME",
                                "__token__",
                                "POETRY_HTTP_BASIC_MIRROR_PASSWORD",
                                READER)),
                project);
    }

    @ParameterizedTest(name = "{0} without a token installs nothing")
    @EnumSource(names = {"PIP", "UV", "POETRY"})
    void without(Installer installer) throws IOException {
        Outcome outcome = installer.install(
                Clients.tools(), empty(installer + "-without"), index.simpleUrl(), List.of("acme-tools"));
        assertThat(outcome.exit()).as(outcome.output()).isNotZero();
    }

    static Stream<String> existing() {
        return Stream.of(
                "/simple/acme-tools/",
                "/simple/acme-tools",
                "/simple/Acme_Tools/",
                "/simple/golden-lib/",
                "/simple/acme-tools/?format=" + PrivateIndex.JSON,
                "/packages/" + OURS.filename(),
                "/packages/" + OURS.filename() + ".metadata",
                "/packages/" + OUR_SOURCE.filename(),
                "/packages/" + THEIRS.filename(),
                "/packages/" + THEIRS.filename() + ".metadata",
                "/integrity/acme-tools/1.0/" + OURS.filename() + "/provenance",
                "/legacy/+simple/acme-tools/",
                "/legacy/%2Bsimple/acme-tools/",
                "/pypi/acme-tools/json",
                "/api/projects/acme-tools");
    }

    @ParameterizedTest(name = "{0}: without credentials the same 401 whether it exists or not")
    @MethodSource("existing")
    void nothingLeaks(String path) {
        String unknown =
                path.replace("acme", "nobody").replace("Acme", "Nobody").replace("golden", "nobodys");
        for (String method : List.of("GET", "HEAD", "PUT", "DELETE")) {
            for (Map.Entry<String, String> header : Map.of(
                            "Accept", "*/*",
                            "Range", "bytes=0-9",
                            "If-None-Match", "\"" + OURS.sha256() + "\"",
                            "If-Modified-Since", "Thu, 01 Jan 2037 00:00:00 GMT")
                    .entrySet()) {
                HttpProbe probe = index.probe().header(header.getKey(), header.getValue());
                HttpProbe.Response here = probe.send(method, path);
                HttpProbe.Response there = probe.send(method, unknown);
                if (method.equals("GET") || method.equals("HEAD")) {
                    // A path of a route that is not here at all is nobody's secret.
                    assertThat(here.status())
                            .as(method + " " + path)
                            .isIn(
                                    path.startsWith("/pypi/") || path.startsWith("/api/")
                                            ? List.of(401, 404, 405)
                                            : List.of(401));
                }
                assertThat(here.status()).as(method + " " + path).isNotEqualTo(200);
                assertThat(shape(here, path)).as(method + " " + path).isEqualTo(shape(there, unknown));
            }
        }
        HttpProbe.Response got = index.get(path);
        if (got.status() == 401) {
            assertThat(got.header("WWW-Authenticate")).contains("Basic realm=\"Cornucopia\", charset=\"UTF-8\"");
            assertThat(got.header("Cache-Control").orElse("")).doesNotContain("public");
        }
    }

    /** All that an answer says, but for when it was said and for what was asked. */
    private static String shape(HttpProbe.Response response, String path) {
        return response.status() + " " + response.reason() + "\n"
                + response.headers().stream()
                        .filter(line -> !line.getKey().toLowerCase(Locale.ROOT).equals("date"))
                        .map(line -> line.getKey() + ": " + line.getValue().replace(path, "{path}"))
                        .toList()
                + "\n"
                + response.text().replace(path, "{path}");
    }

    @ParameterizedTest(name = "{0} is 401 without credentials")
    @ValueSource(strings = {"/simple/", "/simple/-/", "/simple/../simple/", "/packages/acme.txt"})
    void closed(String path) {
        assertThat(index.get(path).status()).isIn(401, 404);
        assertThat(index.get(path).text()).doesNotContain("acme-tools");
        if (path.equals("/simple/")) {
            assertThat(index.get(path).status()).isEqualTo(401);
        }
    }

    @Test
    @DisplayName("health is open, and a reader's answers are private to it")
    void privately() {
        assertThat(index.get("/health").status()).isEqualTo(200);
        assertThat(index.get("/health/ready").status()).isEqualTo(200);
        for (String path : List.of(
                "/simple/",
                "/simple/acme-tools/",
                "/simple/golden-lib/",
                "/packages/" + OURS.filename(),
                "/packages/" + OURS.filename() + ".metadata",
                "/packages/" + THEIRS.filename())) {
            HttpProbe.Response response = index.with(READER).get(path);
            assertThat(response.status()).as(path).isEqualTo(200);
            assertThat(response.header("Cache-Control").orElse(""))
                    .as(path)
                    .contains("private")
                    .doesNotContain("public");
            HttpProbe.Response bearer =
                    index.probe().header("Authorization", "Bearer " + READER).get(path);
            assertThat(bearer.body()).as(path).isEqualTo(response.body());
        }
    }

    @Test
    @DisplayName("a token reads the projects that it names, and learns nothing of others")
    void someProjects() {
        assertThat(index.with(ACME_READER).get("/simple/acme-tools/").status()).isEqualTo(200);
        assertThat(index.with(ACME_READER).get("/packages/" + OURS.filename()).status())
                .isEqualTo(200);
        for (String path : List.of(
                "/simple/golden-lib/",
                "/packages/" + THEIRS.filename(),
                "/packages/" + THEIRS.filename() + ".metadata")) {
            String unknown = path.replace("golden", "nobodys");
            HttpProbe.Response here = index.with(ACME_READER).get(path);
            assertThat(here.status()).as(path).isIn(403, 404);
            assertThat(index.with(ACME_READER).get(unknown).status())
                    .as(unknown)
                    .isEqualTo(here.status());
        }
        HttpProbe.Response upload = PrivateIndex.post(
                index.with(READER),
                UploadForm.of(GoldenWheel.of("acme-tools", "2.0").build()));
        assertThat(upload.status()).as(upload.text()).isEqualTo(403);
    }

    @Test
    @DisplayName("credentials reach neither upstream nor a log")
    void kept() throws IOException {
        assertThat(index.with(READER).get("/simple/golden-lib/").status()).isEqualTo(200);
        assertThat(upstream.requests())
                .noneMatch(seen -> seen.headers().containsKey("authorization")
                        || seen.toString().contains(READER));
        String all = Files.readString(index.node().workDir().resolve("stdout.log"))
                + Files.readString(index.node().workDir().resolve("stderr.log"))
                + index.audit();
        assertThat(all).doesNotContain(READER, PrivateIndex.TOKEN, ACME_READER);
    }
}
