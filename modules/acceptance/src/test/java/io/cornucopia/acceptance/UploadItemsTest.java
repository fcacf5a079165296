package io.cornucopia.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cornucopia.testkit.BasicCredentials;
import io.cornucopia.testkit.Content;
import io.cornucopia.testkit.Conversation;
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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Section G against the running program, as clients meet it. Every test has a project of its own. */
class UploadItemsTest {
    @TempDir
    static Path directory;

    private static PrivateIndex index;

    @BeforeAll
    static void start() throws IOException {
        index = PrivateIndex.alone(
                Files.createDirectory(directory.resolve("index")), List.of(), "upload.max_file_size", "1MiB");
    }

    @AfterAll
    static void stop() {
        index.close();
    }

    private static HttpProbe.Response post(String target, HttpProbe probe, UploadForm form) {
        return probe.header("Content-Type", form.contentType()).send("POST", target, form.body());
    }

    private static void assertDone(HttpProbe.Response response) {
        assertThat(response.status()).as(response.text()).isEqualTo(200);
    }

    private static void assertRefused(HttpProbe.Response response, int status, String... words) {
        assertThat(response.status()).as(response.text()).isEqualTo(status);
        assertThat(response.text()).contains(words);
    }

    @ParameterizedTest(name = "G1 uploads are taken at {0}, without a redirect")
    @ValueSource(strings = {"/legacy/", "/legacy", "/legacy/?x=1", "/legacy?:action=file_upload"})
    void paths(String target) {
        GoldenFile file = GoldenWheel.of("acme-paths", "1." + target.length()).build();
        assertDone(post(target, index.owner(), UploadForm.of(file)));
        index.assertServed(file);
    }

    @Test
    @DisplayName("G2 fields come in any order, more than once, empty, UNKNOWN, or are none that anybody knows")
    void fields() {
        GoldenFile file = GoldenSdist.of("acme-fields", "1.0").build();
        UploadForm form = UploadForm.of(file)
                .without("protocol_version")
                .field("classifiers", "Programming Language :: Python")
                .field("classifiers", "Typing :: Typed")
                .field("license", "UNKNOWN")
                .field("md5_digest", "")
                .field("blake2_256_digest", "UNKNOWN")
                .field("from_the_future", "yes")
                .reversed();
        assertDone(index.upload(form));
        index.assertServed(file);
        assertRefused(
                index.upload(UploadForm.of(GoldenWheel.of("acme-fields", "2.0").build())
                        .with(":action", "submit")),
                400,
                "submit");
        assertRefused(
                index.upload(UploadForm.of(GoldenWheel.of("acme-fields", "2.0").build())
                        .with("protocol_version", "2")),
                400,
                "2");
    }

    @Test
    @DisplayName(
            "G3 every digest that is given has to match, whatever its case, and a wrong one, or none at all, is 400")
    void digests() {
        GoldenFile file = GoldenWheel.of("acme-digests", "1.0").build();
        String md5 = hex("MD5", file.bytes());
        List<String> before = index.stored();
        UploadForm bare = UploadForm.of(file).without("sha256_digest");
        assertRefused(index.upload(bare), 400, "digest");
        assertRefused(index.upload(bare.field("sha256_digest", "0".repeat(64))), 400, "sha256");
        assertRefused(index.upload(UploadForm.of(file).field("md5_digest", "0".repeat(32))), 400, "md5");
        assertRefused(index.upload(UploadForm.of(file).field("blake2_256_digest", "0".repeat(64))), 400, "blake2");
        assertRefused(index.upload(bare.field("sha256_digest", "no digest")), 400, "sha256");
        index.assertStored(before);
        assertDone(index.upload(bare.field("md5_digest", md5)
                .field("sha256_digest", file.sha256().toUpperCase(Locale.ROOT))));
        index.assertServed(file);
    }

    private static String hex(String algorithm, byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    @DisplayName("G4 what the form leaves out is read from the file")
    void leftOut() {
        for (GoldenFile file : List.of(
                GoldenWheel.of("acme-left-out", "1.0").requiresPython(">=3.9").build(),
                GoldenSdist.of("acme-left-out", "1.0").requiresPython(">=3.9").build())) {
            assertDone(index.upload(UploadForm.empty()
                    .field(":action", "file_upload")
                    .field("name", "acme-left-out")
                    .field("version", "1.0")
                    .field("sha256_digest", file.sha256())
                    .file(file.filename(), file.content())));
            index.assertServed(file);
            assertThat(index.files("acme-left-out")
                            .get(file.filename())
                            .get("requires-python")
                            .asText())
                    .isEqualTo(">=3.9");
        }
    }

    @Test
    @DisplayName(
            "G5 name and version are the filename's, as names and versions are compared, and local versions are allowed")
    void names() {
        GoldenFile file = GoldenWheel.of("acme-names", "1.0").build();
        assertDone(index.upload(UploadForm.of(file).with("name", "Acme.Names").with("version", "1")));
        GoldenFile local = GoldenWheel.of("acme-names", "1.0+ours.1").build();
        assertDone(index.upload(UploadForm.of(local)));
        index.assertServed(local);
        GoldenFile next = GoldenWheel.of("acme-names", "2.0").build();
        assertRefused(index.upload(UploadForm.of(next).with("name", "acme-other")), 400, "acme-other");
        assertRefused(index.upload(UploadForm.of(next).with("version", "2.1")), 400, "2.1");
        assertRefused(index.upload(UploadForm.of(next).with("version", "two")), 400, "two");
    }

    @Test
    @DisplayName("G6 a file that is not the archive that its name claims is 400")
    void archives() {
        GoldenFile wheel = GoldenWheel.of("acme-archives", "1.0").build();
        GoldenFile sdist = GoldenSdist.of("acme-archives", "1.0").build();
        List<String> before = index.stored();
        assertRefused(index.upload(UploadForm.of(wheel.withContent(sdist.content()))), 400, "acme_archives");
        assertRefused(index.upload(UploadForm.of(sdist.withContent(wheel.content()))), 400, "acme_archives");
        GoldenFile other = GoldenWheel.of("acme-archives", "9.0").build();
        assertRefused(index.upload(UploadForm.of(wheel.withContent(other.content()))), 400, "9.0");
        index.assertStored(before);
    }

    @Test
    @DisplayName("G7 a file is listed at once, and the same filename again is 409, with the same bytes or others")
    void again() {
        GoldenFile file = GoldenWheel.of("acme-again", "1.0").build();
        HttpProbe.Response first = index.upload(UploadForm.of(file));
        assertDone(first);
        assertThat(first.text()).contains("File " + file.filename() + " uploaded successfully");
        index.assertServed(file);
        GoldenFile changed = GoldenWheel.of("acme-again", "1.0").payload(10).build();
        for (GoldenFile second : List.of(file, changed)) {
            HttpProbe.Response refused = index.upload(UploadForm.of(second));
            assertRefused(refused, 409, "File already exists");
            assertThat(refused.reason()).contains("File already exists");
        }
        index.assertServed(file);
    }

    @Test
    @DisplayName("G8 a deleted filename can never be used again")
    void burned() {
        GoldenFile file = GoldenWheel.of("acme-burned", "1.0").build();
        index.publish(file);
        HttpProbe.Response deleted = index.owner().send("DELETE", "/api/projects/acme-burned/files/" + file.filename());
        assertThat(deleted.status()).as(deleted.text()).isBetween(200, 204);
        assertThat(index.files("acme-burned")).isEmpty();
        assertThat(index.get("/packages/" + file.filename()).status()).isEqualTo(404);
        HttpProbe.Response again = index.upload(UploadForm.of(file));
        assertThat(again.status()).as(again.text()).isIn(400, 409);
        assertThat(again.text()).contains(file.filename());
        assertThat(index.files("acme-burned")).isEmpty();
    }

    @Test
    @DisplayName("G9 a failure says the same in reason phrase and body, as text and as the JSON that uv shows")
    void failures() {
        GoldenFile file = GoldenWheel.of("acme-failures", "1.0").build();
        index.publish(file);
        HttpProbe.Response text = index.upload(UploadForm.of(file));
        assertThat(text.text().strip()).startsWith(text.reason());
        HttpProbe.Response json = PrivateIndex.post(
                index.owner().header("Accept", "application/json;q=0.9, text/plain;q=0.8, text/html;q=0.7"),
                UploadForm.of(file));
        assertThat(json.status()).isEqualTo(409);
        assertThat(json.header("Content-Type")).contains("application/json");
        JsonNode body = PrivateIndex.json(json);
        assertThat(body.get("code").asText()).isEqualTo("409 " + json.reason());
        assertThat(body.get("message").asText()).isNotBlank();
        assertThat(body.get("title").asText()).isNotBlank();

        HttpProbe.Response split = index.upload(
                UploadForm.of(GoldenWheel.of("acme-failures", "2.0").build())
                        .with("version", "2.0\r\nSet-Cookie: a=b\r\n\r\n<script>\u0130"));
        assertThat(split.status()).isEqualTo(400);
        assertThat(split.allHeaders("Set-Cookie")).isEmpty();
        assertThat(split.complete()).isTrue();
    }

    @Test
    @DisplayName("G10 too large is said as soon as it is seen, and the client that goes on sending can read it")
    void tooLarge() throws IOException {
        GoldenFile large =
                GoldenFile.of("acme-too-large", "acme_too_large-1.0-py3-none-any.whl", Content.random(1, 8 << 20));
        List<String> before = index.stored();
        HttpProbe.Response whole = index.upload(UploadForm.of(large));
        assertThat(whole.status()).as(whole.text()).isIn(400, 413);
        assertThat(whole.text()).contains("File too large");
        assertThat(whole.reason()).contains("File too large");
        assertThat(whole.text()).containsPattern("1 ?MiB|1048576");

        // Half a body, and no more: the answer is there all the same.
        UploadForm form = UploadForm.of(large);
        try (Conversation conversation = index.owner().connect()) {
            conversation.write(("POST /legacy/ HTTP/1.1\r\nHost: localhost\r\nAuthorization: "
                            + BasicCredentials.of("__token__", PrivateIndex.TOKEN) + "\r\nContent-Type: "
                            + form.contentType() + "\r\nContent-Length: "
                            + form.body().length() + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            conversation.write(form.body().slice(0, 4 << 20).getBytes());
            assertThat(conversation.read().text()).contains("File too large");
        }
        index.assertStored(before);
    }

    @Test
    @DisplayName(
            "G11 Expect: 100-continue is answered, before the body for those who may and with 401 for those who may not")
    void expects() {
        GoldenFile file = GoldenWheel.of("acme-expects", "1.0").build();
        UploadForm form = UploadForm.of(file);
        assertDone(PrivateIndex.post(index.owner().header("Expect", "100-continue"), form));
        index.assertServed(file);
        String head = "POST /legacy/ HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Type: "
                + form.contentType() + "\r\nContent-Length: " + form.body().length() + "\r\n";
        try (Conversation conversation = index.probe().connect()) {
            conversation.write((head + "\r\n").getBytes(StandardCharsets.US_ASCII));
            assertThat(conversation.read().status()).isEqualTo(401);
        }
    }

    @Test
    @DisplayName("G12 missing and wrong credentials are 401 with a challenge, and Bearer is as good as Basic")
    void credentials() {
        UploadForm form =
                UploadForm.of(GoldenWheel.of("acme-credentials", "1.0").build());
        List<String> before = index.stored();
        for (HttpProbe probe : List.of(
                index.probe(),
                index.with("wrong"),
                index.probe().header("Authorization", "Bearer wrong"),
                index.probe().header("Authorization", "Basic !!!"))) {
            HttpProbe.Response refused = PrivateIndex.post(probe, form);
            assertThat(refused.status()).as(refused.text()).isEqualTo(401);
            assertThat(refused.header("WWW-Authenticate")).contains("Basic realm=\"Cornucopia\", charset=\"UTF-8\"");
            assertThat(refused.text()).isNotBlank().doesNotContain("wrong\"", PrivateIndex.TOKEN);
        }
        index.assertStored(before);
        assertDone(PrivateIndex.post(index.probe().header("Authorization", "Bearer " + PrivateIndex.TOKEN), form));
    }

    @ParameterizedTest(name = "G13 {0} answers with the HTML page")
    @ValueSource(strings = {"/legacy/+simple/acme-hatched/", "/legacy/%2Bsimple/acme-hatched/"})
    void hatch(String path) {
        GoldenFile file = GoldenWheel.of("acme-hatched", "1." + path.length()).build();
        index.publish(file);
        HttpProbe.Response page = index.probe().header("Accept", "*/*").get(path);
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.header("Content-Type").orElse("")).contains("html");
        assertThat(page.text()).contains(">" + file.filename() + "<");
    }

    @Test
    @DisplayName("E6 a wheel's METADATA is served byte for byte as .metadata, and the page says its digest")
    void metadata() {
        GoldenFile file = GoldenWheel.of("acme-metadata", "1.0")
                .requires("golden-lib>=1", "ümläüt; extra == 'x'")
                .build();
        index.publish(file);
        HttpProbe.Response served = index.get("/packages/" + file.filename() + ".metadata");
        assertThat(served.body()).isEqualTo(file.metadata().orElseThrow());
        JsonNode listed = index.files("acme-metadata").get(file.filename());
        assertThat(listed.at("/core-metadata/sha256").asText()).isEqualTo(hex("SHA-256", served.body()));
        assertThat(listed.get("upload-time").asText()).matches("\\d{4}-\\d\\d-\\d\\dT.*Z");
        assertThat(listed.get("size").asLong()).isEqualTo(file.size());
    }
}
