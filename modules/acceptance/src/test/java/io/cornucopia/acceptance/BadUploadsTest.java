package io.cornucopia.acceptance;

import static io.cornucopia.testkit.Conditions.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cornucopia.testkit.BasicCredentials;
import io.cornucopia.testkit.Content;
import io.cornucopia.testkit.Conversation;
import io.cornucopia.testkit.GoldenFile;
import io.cornucopia.testkit.GoldenSdist;
import io.cornucopia.testkit.GoldenWheel;
import io.cornucopia.testkit.HttpProbe;
import io.cornucopia.testkit.RawTar;
import io.cornucopia.testkit.RawZip;
import io.cornucopia.testkit.UploadForm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The upload half of section I: whatever comes, it is refused with a reason, nothing is kept of it, and the next request on the
 * connection is answered.
 */
class BadUploadsTest {
    private static final String STEM = "acme_bad-1.0";
    private static final String WHEEL = STEM + "-py3-none-any.whl";
    private static final String INFO = STEM + ".dist-info/";
    private static final String SDIST = STEM + ".tar.gz";
    private static final String METADATA = "Metadata-Version: 2.1\nName: acme-bad\nVersion: 1.0\n";
    private static final String WHEEL_FILE =
            "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n";
    private static final GoldenFile GOOD = GoldenWheel.of("acme-bad", "1.0").build();
    private static final Content ZEROS = Content.repeated(new byte[1 << 16], 300L << 20);

    @TempDir
    static Path directory;

    private static PrivateIndex index;

    @BeforeAll
    static void start() throws IOException {
        index = PrivateIndex.alone(
                Files.createDirectory(directory.resolve("index")), List.of("-Xmx128m"), "upload.max_file_size", "8MiB");
        index.publish(GoldenWheel.of("acme-first", "1.0").build());
    }

    @AfterAll
    static void stop() {
        List<String> errors = index.node().stderr();
        index.close();
        assertThat(errors)
                .noneMatch(
                        line -> line.contains("Exception") || line.startsWith("\tat ") || line.contains("OutOfMemory"));
    }

    private static RawZip wheel() {
        return new RawZip()
                .entry(RawZip.stored("acme_bad/__init__.py", "\n"))
                .entry(RawZip.stored(INFO + "METADATA", METADATA))
                .entry(RawZip.stored(INFO + "WHEEL", WHEEL_FILE))
                .entry(RawZip.stored(INFO + "RECORD", INFO + "RECORD,,\n"));
    }

    private static UploadForm wheelOf(Content content) {
        return UploadForm.of(GoldenFile.of("acme-bad", WHEEL, content));
    }

    private static UploadForm wheelOf(RawZip zip) {
        return wheelOf(zip.build());
    }

    private static UploadForm sdistOf(RawTar tar) {
        return UploadForm.of(GoldenFile.of("acme-bad", SDIST, Content.ofBytes(tar.gzipped())));
    }

    private static RawTar sdist() {
        return new RawTar().file(STEM + "/PKG-INFO", METADATA).file(STEM + "/acme_bad.py", "\n");
    }

    private static UploadForm named(String filename) {
        return UploadForm.of(GoldenFile.of("acme-bad", filename, GOOD.content()));
    }

    private static Arguments bad(String what, UploadForm form, Integer... statuses) {
        return Arguments.of(what, form, statuses.length == 0 ? List.of(400) : List.of(statuses));
    }

    static Stream<Arguments> forms() {
        UploadForm good = UploadForm.of(GOOD);
        UploadForm many = UploadForm.empty();
        return Stream.of(
                bad("a form without parts", UploadForm.empty()),
                bad("no file", good.without("content")),
                bad("a file that is a field", good.without("content").field("content", "x")),
                bad("two files", good.file("acme_bad-1.1-py3-none-any.whl", GOOD.content())),
                bad("a file of zero length", wheelOf(Content.ofText(""))),
                bad("two names", good.field("name", "acme-other")),
                bad("a field of 30 MB", good.field("description", "x".repeat(30_000_000)), 400, 413),
                bad("a part's name of 1 MB", good.field("x".repeat(1_000_000), "x"), 400, 413, 431),
                bad("10^5 fields", many(many)));
    }

    private static UploadForm many(UploadForm start) {
        // One text that holds the parts of many fields: the boundary is the form's own.
        String part = "\r\n--" + boundary() + "\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\nv";
        return start.field("f", "v" + part.repeat(100_000));
    }

    private static String boundary() {
        String type = UploadForm.empty().contentType();
        return type.substring(type.indexOf('=') + 1);
    }

    static Stream<Arguments> archives() {
        return Stream.of(
                bad("no archive", wheelOf(Content.random(1, 5_000))),
                bad("a cut archive", wheelOf(GOOD.content().part(0, GOOD.size() - 30))),
                bad("an archive without dist-info", wheelOf(new RawZip().entry(RawZip.stored("a.py", "\n")))),
                bad(
                        "no METADATA",
                        wheelOf(new RawZip()
                                .entry(RawZip.stored(INFO + "WHEEL", WHEEL_FILE))
                                .entry(RawZip.stored(INFO + "RECORD", "")))),
                bad(
                        "no WHEEL",
                        wheelOf(new RawZip()
                                .entry(RawZip.stored(INFO + "METADATA", METADATA))
                                .entry(RawZip.stored(INFO + "RECORD", "")))),
                bad(
                        "no RECORD",
                        wheelOf(new RawZip()
                                .entry(RawZip.stored(INFO + "METADATA", METADATA))
                                .entry(RawZip.stored(INFO + "WHEEL", WHEEL_FILE)))),
                bad(
                        "two dist-infos",
                        wheelOf(wheel().entry(RawZip.stored("acme_bad-2.0.dist-info/METADATA", METADATA)))),
                bad("two METADATAs", wheelOf(wheel().entry(RawZip.stored(INFO + "METADATA", METADATA)))),
                bad("a bomb beside", wheelOf(wheel().entry(RawZip.deflated("acme_bad/zeros", ZEROS)))),
                bad("a METADATA that is a bomb", wheelOf(bomb(ZEROS.length()))),
                bad("a METADATA that is a bomb and says it is small", wheelOf(bomb(100))),
                bad(
                        "ZIP64 sizes that lie",
                        wheelOf(wheel().entry(
                                        RawZip.stored("acme_bad/data", "x").extra(RawZip.zip64(1L << 60, 1L << 60))))),
                bad(
                        "sizes that lie",
                        wheelOf(wheel().entry(
                                        RawZip.stored("acme_bad/data", "x").sized(1_000_000_000)))),
                bad(
                        "an encrypted entry",
                        wheelOf(wheel().entry(
                                        RawZip.stored("acme_bad/data", "x").flagged(RawZip.ENCRYPTED)))),
                bad(
                        "a symbolic link",
                        wheelOf(wheel().entry(RawZip.stored("acme_bad/link", "/etc/passwd")
                                .external(RawZip.SYMLINK)))),
                bad("a path that leaves", wheelOf(wheel().entry(RawZip.stored("../../evil.py", "\n")))),
                bad("an absolute path", wheelOf(wheel().entry(RawZip.stored("/etc/evil.py", "\n")))),
                bad(
                        "a zip that is a tar as well",
                        wheelOf(wheel().prefix(new RawTar().file("a.py", "\n").plain()))),
                bad(
                        "an sdist that is not zipped",
                        UploadForm.of(GoldenFile.of("acme-bad", SDIST, Content.ofBytes(sdist().plain())))),
                bad("an sdist with two tops", sdistOf(sdist().file("other/x", "\n"))),
                bad("an sdist without PKG-INFO", sdistOf(new RawTar().file(STEM + "/x.py", "\n"))),
                bad("an sdist with a path that leaves", sdistOf(sdist().file(STEM + "/../../evil", "\n"))),
                bad("an sdist with a link that leaves", sdistOf(sdist().symlink(STEM + "/link", "/etc/passwd"))),
                bad("an sdist that is a bomb", sdistOf(sdist().file(STEM + "/zeros", new byte[200 << 20]))),
                bad(
                        "a cut sdist",
                        UploadForm.of(cut(GoldenSdist.of("acme-bad", "1.0").build()))),
                bad(
                        "the METADATA of another project",
                        wheelOf(new RawZip()
                                .entry(RawZip.stored(INFO + "METADATA", METADATA.replace("acme-bad", "acme-good")))
                                .entry(RawZip.stored(INFO + "WHEEL", WHEEL_FILE))
                                .entry(RawZip.stored(INFO + "RECORD", "")))));
    }

    private static GoldenFile cut(GoldenFile file) {
        return file.withContent(file.content().part(0, file.size() / 2));
    }

    private static RawZip bomb(long said) {
        return new RawZip()
                .entry(RawZip.deflated(INFO + "METADATA", ZEROS).sized(said))
                .entry(RawZip.stored(INFO + "WHEEL", WHEEL_FILE))
                .entry(RawZip.stored(INFO + "RECORD", ""));
    }

    static Stream<Arguments> names() {
        UploadForm good = UploadForm.of(GOOD);
        return Stream.of(
                bad("a path in the filename", named("../../" + WHEEL)),
                bad("a Windows path in the filename", named("..\\\\" + WHEEL)),
                bad("NUL in the filename", named("acme_bad-1.0\0-py3-none-any.whl")),
                bad(
                        "a filename of 10 kB",
                        named("acme_bad-1.0-py3-none-" + "a".repeat(10_000) + ".whl"),
                        400,
                        413,
                        431),
                bad("a filename of 300 bytes", named("acme_bad-1.0-py3-none-" + "a".repeat(280) + ".whl")),
                bad("Turkish I in the filename", named("acme_bad\u0130-1.0-py3-none-any.whl")),
                bad("an unknown ending", named("acme_bad-1.0.exe")),
                bad("no ending", named("acme_bad")),
                bad("an empty filename", named("")),
                bad("a name of 10 kB", good.with("name", "a".repeat(10_000))),
                bad("Turkish I in the name", good.with("name", "acme-b\u0130d")),
                bad("a dash for a name", good.with("name", "-")),
                bad("a dot for a name", good.with("name", ".")),
                bad("a path for a name", good.with("name", "../acme-bad")),
                bad("markup for a name", good.with("name", "<script>alert(1)</script>")),
                bad("non-ASCII digits in the version", good.with("version", "\u0661.0")));
    }

    @ParameterizedTest(name = "{0}: {2}, nothing stored, and the connection goes on")
    @MethodSource({"forms", "archives", "names"})
    void refused(String what, UploadForm form, List<Integer> statuses) {
        List<String> before = index.stored();
        try (Conversation conversation = index.owner().connect()) {
            HttpProbe.Response response = conversation.post("/legacy/", form);
            assertThat(response.status()).as(what + ": " + response.text()).isIn(statuses);
            assertThat(response.text()).isNotBlank().doesNotContain("Exception", "io.cornucopia", "io.netty");
            assertThat(response.reason()).doesNotContain("\n", "\r");
            assertThat(conversation.get("/health").text()).isEqualTo("{\"status\":\"ok\"}");
        }
        index.assertStored(before);
        assertThat(index.files("acme-bad")).isEmpty();
    }

    @Test
    @DisplayName("what a form says with a line break too many, or leaves out, is read from the file or refused")
    void sloppy() {
        List<GoldenFile> files = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            files.add(GoldenWheel.of("acme-sloppy", "1." + i).build());
        }
        List<UploadForm> forms = List.of(
                UploadForm.of(files.get(0)).with("name", "acme-sloppy\n"),
                UploadForm.of(files.get(1)).with("version", "1.1\n"),
                UploadForm.of(files.get(2)).without("name"),
                UploadForm.of(files.get(3)).without("version"));
        for (int i = 0; i < files.size(); i++) {
            HttpProbe.Response response = index.upload(forms.get(i));
            assertThat(response.status()).as(response.text()).isIn(200, 400);
            if (response.status() == 200) {
                index.assertServed(files.get(i));
            } else {
                assertThat(index.files("acme-sloppy"))
                        .doesNotContainKey(files.get(i).filename());
            }
        }
    }

    static Stream<Arguments> bodies() {
        UploadForm good = UploadForm.of(GOOD);
        byte[] body = good.body().bytes();
        return Stream.of(
                Arguments.of("no boundary", "multipart/form-data", body),
                Arguments.of("another boundary", "multipart/form-data; boundary=other", body),
                Arguments.of("a boundary of 5 kB", "multipart/form-data; boundary=" + "b".repeat(5_000), body),
                Arguments.of("no form", "application/json", "{}".getBytes(StandardCharsets.UTF_8)),
                Arguments.of(
                        "a form of fields alone",
                        "application/x-www-form-urlencoded",
                        "name=acme-bad".getBytes(StandardCharsets.UTF_8)),
                Arguments.of(
                        "a form that ends in the middle", good.contentType(), Arrays.copyOf(body, body.length - 200)),
                Arguments.of(
                        "noise", good.contentType(), Content.random(3, 100_000).bytes()));
    }

    @ParameterizedTest(name = "{0}: 400 or 415, nothing stored, and the connection goes on")
    @MethodSource("bodies")
    void noForm(String what, String type, byte[] body) {
        List<String> before = index.stored();
        try (Conversation conversation =
                index.owner().header("Content-Type", type).connect()) {
            HttpProbe.Response response = conversation.send("POST", "/legacy/", Content.ofBytes(body));
            assertThat(response.status()).as(what + ": " + response.text()).isIn(400, 415);
            assertThat(response.text()).isNotBlank().doesNotContain("Exception", "io.cornucopia", "io.netty");
            assertThat(conversation.get("/health").status()).isEqualTo(200);
        }
        index.assertStored(before);
    }

    @Test
    @DisplayName("a client that goes away in the middle leaves nothing")
    void aborted() {
        List<String> before = index.stored();
        UploadForm form = wheelOf(Content.random(5, 6 << 20));
        try (Conversation conversation = index.owner().connect()) {
            conversation.write(("POST /legacy/ HTTP/1.1\r\nHost: localhost\r\nAuthorization: "
                            + BasicCredentials.of("__token__", PrivateIndex.TOKEN) + "\r\nContent-Type: "
                            + form.contentType() + "\r\nContent-Length: "
                            + form.body().length() + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            conversation.write(form.body().slice(0, 3 << 20).getBytes());
            await("it arrives", Duration.ofSeconds(20), () -> !index.incoming().isEmpty());
        }
        index.assertStored(before);
        assertThat(index.get("/health").status()).isEqualTo(200);
    }

    @Test
    @DisplayName("what an uploader says in its metadata is text, not markup, or is refused")
    void injection() {
        GoldenFile hostile = GoldenWheel.of("acme-markup", "1.0")
                .requiresPython(">=3\"><script>alert(1)</script>")
                .build();
        HttpProbe.Response response = index.upload(UploadForm.of(hostile));
        assertThat(response.status()).as(response.text()).isIn(200, 400);
        GoldenFile other = GoldenWheel.of("acme-markup", "2.0").build();
        index.publish(other);
        HttpProbe.Response yanked = index.owner()
                .header("Content-Type", "application/json")
                .send(
                        "PUT",
                        "/api/projects/acme-markup/releases/2.0/yank",
                        "{\"reason\":\"\\\"><script>alert(2)</script>\\r\\nSet-Cookie: x=y\"}"
                                .getBytes(StandardCharsets.UTF_8));
        assertThat(yanked.status()).as(yanked.text()).isBetween(200, 400);
        HttpProbe.Response html = index.probe().header("Accept", "text/html").get("/simple/acme-markup/");
        assertThat(html.status()).isEqualTo(200);
        assertThat(html.text()).contains(other.filename()).doesNotContain("<script");
        assertThat(html.allHeaders("Set-Cookie")).isEmpty();
    }

    @Test
    @DisplayName("a full disk: 500, nothing listed, nothing left, and when there is room uploads go on")
    void fullDisk() throws Exception {
        Path here = Files.createDirectory(directory.resolve("full"));
        Path store = Files.createDirectories(here.resolve("store"));
        String refusal = run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", store.toString());
        assumeTrue(refusal.isEmpty(), () -> "no small disk can be mounted here: " + refusal);
        try (PrivateIndex small = PrivateIndex.alone(here, List.of())) {
            small.publish(GoldenWheel.of("acme-disk", "1.0").payload(1 << 20).build());
            List<String> before = small.stored();
            GoldenFile large =
                    GoldenWheel.of("acme-disk", "2.0").payload(6 << 20).build();
            HttpProbe.Response response = small.upload(UploadForm.of(large));
            assertThat(response.status()).as(response.text()).isEqualTo(500);
            assertThat(response.text()).isNotBlank();
            small.assertStored(before);
            assertThat(small.files("acme-disk")).containsOnlyKeys("acme_disk-1.0-py3-none-any.whl");
            assertThat(small.get("/health/ready").status()).isEqualTo(200);
            small.publish(GoldenWheel.of("acme-disk", "3.0").payload(1 << 20).build());
        } finally {
            run("umount", "-l", store.toString());
        }
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() == 0 ? "" : String.join(" ", command) + ": " + output.strip();
    }
}
