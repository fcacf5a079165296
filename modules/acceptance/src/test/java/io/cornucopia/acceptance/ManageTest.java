package io.cornucopia.acceptance;

import static io.cornucopia.testkit.Conditions.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cornucopia.testkit.ClientTools;
import io.cornucopia.testkit.ClientTools.Outcome;
import io.cornucopia.testkit.FakeUpstream;
import io.cornucopia.testkit.GoldenFile;
import io.cornucopia.testkit.GoldenSdist;
import io.cornucopia.testkit.GoldenWheel;
import io.cornucopia.testkit.HttpProbe;
import io.cornucopia.testkit.UploadForm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens and what is done with them, by the commands of the jar as README.md tells of them. */
class ManageTest {
    private static final Duration WITHIN = Duration.ofSeconds(20);
    private static final Pattern HASH = Pattern.compile("sha256:([0-9a-f]{64})");
    private static final Pattern DATE = Pattern.compile("expires: \"?'?(\\d{4}-\\d\\d-\\d\\d)");

    @TempDir
    Path directory;

    private final GoldenFile wheel = GoldenWheel.of("acme-tools", "1.0").build();
    private final GoldenFile sdist = GoldenSdist.of("acme-tools", "1.0").build();
    private final GoldenFile next = GoldenWheel.of("acme-tools", "2.0").build();
    private FakeUpstream upstream;
    private Path tokens;
    private PrivateIndex index;

    @BeforeEach
    void start() throws IOException {
        tokens = Files.createFile(directory.resolve("tokens.yaml"));
        upstream = FakeUpstream.start();
        index = PrivateIndex.over(
                upstream, Files.createDirectory(directory.resolve("index")), "access.token_file", tokens.toString());
    }

    @AfterEach
    void stop() {
        index.close();
        upstream.close();
    }

    private record Created(String secret, String hash, String expires) {}

    /** Makes a token by the command; its secret is the one word of the output that hashes to what is to be configured. */
    private Created create(String... arguments) {
        List<String> command = new ArrayList<>(List.of("token", "create"));
        command.addAll(List.of(arguments));
        JarCommand.Ended ended = JarCommand.run(directory, Map.of(), command);
        assertThat(ended.exit()).as(ended.toString()).isZero();
        Matcher hash = HASH.matcher(ended.out());
        assertThat(hash.find()).as(ended.out()).isTrue();
        List<String> secrets = Pattern.compile("\\s+")
                .splitAsStream(ended.out())
                .filter(word -> ReadProtectedTest.sha256(word).equals(hash.group(1)))
                .toList();
        assertThat(secrets).as("the token, once, in\n" + ended.out()).hasSize(1);
        Matcher date = DATE.matcher(ended.out());
        return new Created(secrets.get(0), hash.group(1), date.find() ? date.group(1) : "");
    }

    private void configure(String yaml) throws IOException {
        Path fresh = directory.resolve("fresh.yaml");
        Files.writeString(fresh, yaml);
        Files.move(fresh, tokens, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    private int uploadStatus(String token, GoldenFile file) {
        return PrivateIndex.post(index.with(token), UploadForm.of(file)).status();
    }

    @Test
    @DisplayName(
            "a token is created, configured in the file that is re-read, publishes what it names, and is taken back")
    void tokens() throws IOException {
        Created ci = create("ci-acme", "--upload", "acme-*", "--expires", "90d");
        LocalDate expires = LocalDate.parse(ci.expires());
        assertThat(expires)
                .isBetween(
                        LocalDate.now(ZoneOffset.UTC).plusDays(89),
                        LocalDate.now(ZoneOffset.UTC).plusDays(91));
        assertThat(uploadStatus(ci.secret(), wheel)).isEqualTo(401);

        configure("ci-acme:\n  hash: sha256:%s\n  upload: acme-*\n  expires: %s\n".formatted(ci.hash(), ci.expires()));
        await("the file is read again", WITHIN, () -> uploadStatus(ci.secret(), wheel) != 401);
        index.assertServed(wheel);
        GoldenFile foreign = GoldenWheel.of("umbrella-tools", "1.0").build();
        HttpProbe.Response refused = PrivateIndex.post(index.with(ci.secret()), UploadForm.of(foreign));
        assertThat(refused.status()).as(refused.text()).isEqualTo(403);
        assertThat(refused.text()).contains("umbrella-tools");
        HttpProbe.Response yank =
                index.with(ci.secret()).send("PUT", "/api/projects/acme-tools/releases/1.0/yank", new byte[0]);
        assertThat(yank.status()).as(yank.text()).isEqualTo(403);

        ClientTools tools = Clients.tools();
        Path dist = Files.createDirectory(directory.resolve("dist"));
        Files.write(dist.resolve(sdist.filename()), sdist.bytes());
        Outcome published = tools.run(
                directory,
                Map.of("TWINE_USERNAME", "__token__", "TWINE_PASSWORD", ci.secret()),
                Duration.ofMinutes(1),
                "twine",
                "upload",
                "--non-interactive",
                "--repository-url",
                index.legacy().toString(),
                dist.resolve(sdist.filename()).toString());
        assertThat(published.exit()).as(published.output()).isZero();
        index.assertServed(sdist);

        configure("ci-acme:\n  hash: sha256:%s\n  upload: acme-*\n  expires: 2020-01-01\n".formatted(ci.hash()));
        await("it has expired", WITHIN, () -> uploadStatus(ci.secret(), wheel) == 401);
        assertThat(uploadStatus(ci.secret(), next)).isEqualTo(401);
        // A file that makes no sense takes nobody's rights away, and says so.
        configure("ci-acme: [\n");
        await(
                "a complaint",
                WITHIN,
                () -> index.node().stderr().stream().anyMatch(line -> line.contains("tokens.yaml")));
        assertThat(index.files("acme-tools")).doesNotContainKey(next.filename());
    }

    private JarCommand.Ended command(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--url", index.node().url()));
        return JarCommand.run(directory, Map.of("CORNUCOPIA_TOKEN", PrivateIndex.TOKEN), all);
    }

    private void assertDone(String... arguments) {
        JarCommand.Ended ended = command(arguments);
        assertThat(ended.exit()).as(ended.toString()).isZero();
    }

    @Test
    @DisplayName("yank, unyank, delete, status and projects, by the commands; each act is a line of the audit log")
    void manage() throws IOException {
        index.publish(wheel, sdist, next);

        assertDone("yank", "acme-tools", "1.0", "--reason", "breaks on <Python> 3.14");
        for (GoldenFile file : List.of(wheel, sdist)) {
            assertThat(index.files("acme-tools")
                            .get(file.filename())
                            .get("yanked")
                            .asText())
                    .isEqualTo("breaks on <Python> 3.14");
        }
        assertThat(index.files("acme-tools").get(next.filename()).path("yanked").asBoolean())
                .isFalse();
        assertDone("unyank", "acme-tools", "1.0");
        assertThat(index.files("acme-tools")
                        .get(wheel.filename())
                        .path("yanked")
                        .asBoolean())
                .isFalse();

        assertDone("delete", "acme-tools", "--file", wheel.filename());
        assertThat(index.files("acme-tools")).containsOnlyKeys(sdist.filename(), next.filename());
        assertThat(index.get("/packages/" + wheel.filename()).status()).isEqualTo(404);
        HttpProbe.Response burned = index.upload(UploadForm.of(wheel));
        assertThat(burned.status()).as(burned.text()).isEqualTo(409);

        assertDone("status", "acme-tools", "archived", "--reason", "use acme-kit");
        HttpProbe.Response page =
                index.probe().header("Accept", PrivateIndex.JSON).get("/simple/acme-tools/");
        assertThat(PrivateIndex.json(page).at("/project-status/status").asText())
                .isEqualTo("archived");
        GoldenFile third = GoldenWheel.of("acme-tools", "3.0").build();
        assertThat(index.upload(UploadForm.of(third)).status()).isBetween(400, 409);
        assertDone("status", "acme-tools", "quarantined", "--reason", "stolen");
        assertThat(index.get("/packages/" + next.filename()).status()).isBetween(400, 499);
        assertThat(index.files("acme-tools")).isEmpty();
        assertDone("status", "acme-tools", "active");
        index.assertServed(next);

        JarCommand.Ended projects = command("projects");
        assertThat(projects.exit()).as(projects.toString()).isZero();
        assertThat(projects.out()).contains("acme-tools");

        audited();
    }

    private void audited() throws IOException {
        List<JsonNode> acts = new ArrayList<>();
        ObjectMapper mapper = new ObjectMapper();
        for (String line : index.audit()) {
            acts.add(mapper.readTree(line));
        }
        assertThat(acts)
                .extracting(act -> act.get("action").asText())
                .containsSubsequence(
                        "upload", "upload", "upload", "yank", "unyank", "delete", "upload", "status", "upload",
                        "status", "status");
        assertThat(acts).allSatisfy(act -> {
            assertThat(act.get("time").asText()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d.*Z");
            assertThat(act.get("project").asText()).isEqualTo("acme-tools");
            assertThat(act.get("address").asText()).isEqualTo("127.0.0.1");
            assertThat(act.get("principal").asText()).isNotBlank();
            assertThat(act.get("outcome").asText()).isNotBlank();
        });
        assertThat(acts).extracting(act -> act.get("outcome").asText()).contains("done", "conflict");
        assertThat(String.join("\n", index.audit())).doesNotContain(PrivateIndex.TOKEN);
    }

    @Test
    @DisplayName("what a command cannot do is one line that says why, and an exit code that is not 0")
    void refused() {
        index.publish(wheel);
        JarCommand.Ended unknown = command("yank", "acme-nobody", "1.0");
        assertThat(unknown.exit()).as(unknown.toString()).isNotZero();
        assertThat(unknown.err().strip()).contains("acme-nobody").doesNotContain("\n", "Exception");
        JarCommand.Ended stranger = JarCommand.run(
                directory,
                Map.of("CORNUCOPIA_TOKEN", "not-the-token"),
                List.of("yank", "acme-tools", "1.0", "--url", index.node().url()));
        assertThat(stranger.exit()).as(stranger.toString()).isNotZero();
        assertThat(stranger.err().strip()).containsIgnoringCase("token").doesNotContain("\n", "not-the-token");
        JarCommand.Ended nowhere = JarCommand.run(
                directory,
                Map.of("CORNUCOPIA_TOKEN", "any"),
                List.of("yank", "acme-tools", "1.0", "--url", "http://127.0.0.1:9"));
        assertThat(nowhere.exit()).as(nowhere.toString()).isNotZero();
        assertThat(nowhere.err().strip()).contains("127.0.0.1:9").doesNotContain("\n", "\tat ");
        JarCommand.Ended senseless = command("status", "acme-tools", "splendid");
        assertThat(senseless.exit()).as(senseless.toString()).isNotZero();
        assertThat(senseless.err()).contains("splendid");
        assertThat(index.files("acme-tools")
                        .get(wheel.filename())
                        .path("yanked")
                        .asBoolean())
                .isFalse();
    }

    @Test
    @DisplayName("who guesses tokens is slowed down after ten times in a minute, and is in the log with the address")
    void guesses() {
        UploadForm form = UploadForm.of(next);
        for (int i = 0; i < 10; i++) {
            assertThat(PrivateIndex.post(index.with("guess-" + i), form).status())
                    .isEqualTo(401);
        }
        long start = System.nanoTime();
        assertThat(PrivateIndex.post(index.with("guess-more"), form).status()).isEqualTo(401);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(200));
        assertThat(index.node().stderr()).anyMatch(line -> line.contains("127.0.0.1"));
        assertThat(String.join("\n", index.node().stderr())).doesNotContain("guess-");
        index.publish(next);
    }
}
