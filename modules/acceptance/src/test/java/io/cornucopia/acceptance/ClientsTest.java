package io.cornucopia.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.cornucopia.testkit.ClientTools;
import io.cornucopia.testkit.ClientTools.Outcome;
import io.cornucopia.testkit.FakeUpstream;
import io.cornucopia.testkit.GoldenFile;
import io.cornucopia.testkit.GoldenSdist;
import io.cornucopia.testkit.GoldenWheel;
import io.cornucopia.testkit.Style;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The real clients, with an index upstream that the test rules. */
class ClientsTest {
    private static final Duration WITHIN = Duration.ofMinutes(2);

    private final ClientTools tools = Clients.tools();

    @TempDir
    Path directory;

    private FakeUpstream upstream;
    private GoldenFile app;
    private GoldenFile lib;
    private Mirror mirror;

    @BeforeEach
    void start() throws IOException {
        upstream = FakeUpstream.start();
        app = GoldenWheel.of("golden-app", "1.0")
                .requires("golden.lib>=1", "Golden_Leaf")
                .build();
        lib = GoldenWheel.of("golden-lib", "1.5").payload(300_000).build();
        upstream.put(
                app,
                lib,
                GoldenWheel.of("golden-lib", "0.9").build(),
                GoldenWheel.of("golden-lib", "2.0").yanked("broken <build>").build(),
                GoldenWheel.of("golden-lib", "3.0").requiresPython(">=9").build(),
                GoldenWheel.of("golden-leaf", "1.0").build());
        mirror = Mirror.over(upstream, Files.createDirectory(directory.resolve("mirror")));
    }

    @AfterEach
    void stop() {
        mirror.close();
        upstream.close();
    }

    private Path empty(String name) {
        try {
            return Files.createDirectory(directory.resolve(name));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private Outcome run(String name, String... command) {
        return tools.run(empty(name), Map.of(), WITHIN, command);
    }

    private static void assertOk(Outcome outcome) {
        assertThat(outcome.exit()).as(outcome.output()).isZero();
    }

    @ParameterizedTest(name = "{0} installs a project with what it depends on, past a yanked and an unfit release")
    @EnumSource
    void installs(Installer installer) {
        Path project = empty("project");
        assertOk(installer.install(tools, project, mirror.simpleUrl(), List.of("golden-app")));
        assertThat(Installer.installed(project)).contains("golden_app-1.0", "golden_lib-1.5", "golden_leaf-1.0");
        assertOk(tools.run(
                project,
                Map.of(),
                WITHIN,
                Installer.python(project).toString(),
                "-c",
                "import golden_app, golden_lib"));
        assertThat(upstream.bytesRequests(lib.filename())).isEqualTo(1);
    }

    @ParameterizedTest(name = "{0} resolves from the metadata alone: not one wheel is fetched from upstream")
    @EnumSource
    void resolves(Installer installer) {
        Outcome outcome = installer.resolve(tools, empty("project"), mirror.simpleUrl(), List.of("golden-app"));
        assertOk(outcome);
        assertThat(upstream.bytesRequests(app.filename())).isZero();
        assertThat(upstream.bytesRequests(lib.filename())).isZero();
        assertThat(upstream.count("golden_app.*\\.metadata$")).isEqualTo(1);
    }

    @ParameterizedTest(name = "{0} installs the same once more after upstream died")
    @EnumSource
    void offline(Installer installer) {
        assertOk(installer.install(tools, empty("before"), mirror.simpleUrl(), List.of("golden-app")));
        upstream.down();
        Path project = empty("after");
        assertOk(installer.install(tools, project, mirror.simpleUrl(), List.of("golden-app")));
        assertThat(Installer.installed(project)).contains("golden_app-1.0", "golden_lib-1.5", "golden_leaf-1.0");
    }

    @ParameterizedTest(name = "pip and uv install from an upstream in the style {0}")
    @EnumSource
    void styles(Style style) {
        upstream.style(style);
        for (Installer installer : List.of(Installer.PIP, Installer.UV)) {
            Path project = empty(installer.name());
            // Where nobody says which releases are unfit, the newest is what there is: so this asks for a certain one.
            assertOk(installer.install(tools, project, mirror.simpleUrl(), List.of("golden-app", "golden-lib==1.5")));
            assertThat(Installer.installed(project)).contains("golden_app-1.0", "golden_lib-1.5");
        }
        assertThat(upstream.bytesRequests(lib.filename())).isEqualTo(1);
    }

    @ParameterizedTest(name = "{0} reads the metadata out of a cold wheel of which upstream offers none")
    @EnumSource(names = {"PIP", "UV"})
    void lazyWheel(Installer installer) {
        GoldenFile large = GoldenWheel.of("golden-large", "1.0")
                .requires("golden-leaf")
                .payload(8_000_000)
                .build();
        upstream.put(large).style(Style.HTML);
        Path project = empty("project");
        Outcome outcome = installer == Installer.UV
                ? installer.resolve(tools, project, mirror.simpleUrl(), List.of("golden-large"))
                : tools.run(
                        project,
                        Map.of(),
                        WITHIN,
                        "pip",
                        "install",
                        "--use-feature=fast-deps",
                        "--dry-run",
                        "--ignore-installed",
                        "--index-url",
                        mirror.simpleUrl(),
                        "golden-large");
        assertOk(outcome);
        assertThat(outcome.output()).contains("golden-leaf");
        assertThat(upstream.bytesRequests(large.filename())).isEqualTo(1);
    }

    @ParameterizedTest(name = "{0} builds from an sdist")
    @EnumSource
    void sdists(Installer installer) {
        upstream.put(
                GoldenSdist.of("golden-source", "1.0").requires("golden-leaf").build());
        Path project = empty("project");
        assertOk(installer.install(tools, project, mirror.simpleUrl(), List.of("golden-source")));
        assertThat(Installer.installed(project)).contains("golden_source-1.0", "golden_leaf-1.0");
    }

    @Test
    @DisplayName("pip and uv in hash-checking mode take the right digest and refuse a wrong one")
    void hashChecking() throws IOException {
        Path right = directory.resolve("right.txt");
        Files.writeString(right, "golden-lib==1.5 --hash=sha256:" + lib.sha256() + "\n");
        Path wrong = directory.resolve("wrong.txt");
        Files.writeString(wrong, "golden-lib==1.5 --hash=sha256:" + app.sha256() + "\n");

        assertOk(withHashes("pip-right", "pip", right));
        assertOk(withHashes("uv-right", "uv", right));
        assertThat(withHashes("pip-wrong", "pip", wrong).output()).contains("DO NOT MATCH THE HASHES");
        assertThat(withHashes("uv-wrong", "uv", wrong).exit()).isNotZero();
    }

    private Outcome withHashes(String name, String client, Path requirements) {
        String python = tools.newVenv(directory.resolve(name + "-venv")).toString();
        return client.equals("pip")
                ? run(
                        name,
                        "pip",
                        "--python",
                        python,
                        "install",
                        "--require-hashes",
                        "--index-url",
                        mirror.simpleUrl(),
                        "-r",
                        requirements.toString())
                : run(
                        name,
                        "uv",
                        "pip",
                        "install",
                        "--python",
                        python,
                        "--require-hashes",
                        "--default-index",
                        mirror.simpleUrl(),
                        "-r",
                        requirements.toString());
    }

    @Test
    @DisplayName("uv --exclude-newer goes by the time at which upstream had the file, not by this server's")
    void excludeNewer() {
        upstream.put(
                GoldenWheel.of("golden-timed", "1.0")
                        .uploadTime(Instant.parse("2020-01-02T03:04:05.123456Z"))
                        .build(),
                GoldenWheel.of("golden-timed", "2.0")
                        .uploadTime(Instant.parse("2022-01-02T03:04:05.123456Z"))
                        .build());
        String python = tools.newVenv(directory.resolve("venv")).toString();
        Outcome outcome = run(
                "uv",
                "uv",
                "pip",
                "install",
                "--dry-run",
                "--python",
                python,
                "--exclude-newer",
                "2021-01-01",
                "--default-index",
                mirror.simpleUrl(),
                "golden-timed");
        assertOk(outcome);
        assertThat(outcome.output()).contains("golden-timed==1.0");
    }

    @Test
    @DisplayName("pip tells who pins a yanked release why it was yanked")
    void yanked() {
        Outcome outcome =
                Installer.PIP.install(tools, empty("project"), mirror.simpleUrl(), List.of("golden-lib==2.0"));
        assertOk(outcome);
        assertThat(outcome.output()).contains("broken <build>");
    }

    @ParameterizedTest(name = "{0} installs nothing of a quarantined project")
    @EnumSource
    void quarantined(Installer installer) {
        upstream.project("golden-lib").status("quarantined", "malware");
        Outcome outcome = installer.install(tools, empty("project"), mirror.simpleUrl(), List.of("golden-app"));
        assertThat(outcome.exit()).as(outcome.output()).isNotZero();
        assertThat(upstream.bytesRequests(lib.filename())).isZero();
    }

    @ParameterizedTest(name = "{0} does not take a broken upstream for a missing project")
    @EnumSource(names = {"UV", "POETRY", "PDM"})
    void ill(Installer installer) {
        upstream.fault("^/simple/golden-lib/$", new io.cornucopia.testkit.Fault.Status(500));
        Outcome outcome = installer.install(tools, empty("project"), mirror.simpleUrl(), List.of("golden-app"));
        assertThat(outcome.exit()).as(outcome.output()).isNotZero();
        assertThat(mirror.get("/simple/golden-lib/").status()).isBetween(500, 503);
    }
}
