package io.cornucopia.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.cornucopia.testkit.ClientTools;
import io.cornucopia.testkit.ClientTools.Outcome;
import io.cornucopia.testkit.FakeUpstream;
import io.cornucopia.testkit.GoldenFile;
import io.cornucopia.testkit.GoldenSdist;
import io.cornucopia.testkit.GoldenWheel;
import io.cornucopia.testkit.HttpProbe;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Somebody registers our names at upstream, with versions higher than ours. {@code acme-tools} is ours by rule, {@code
 * umbrella-tools} by its first upload.
 */
class HostileUpstreamTest {
    private static final String ANY_SPELLING = "(?i)acme[-_.]+(tools|FUTURE)";

    @TempDir
    static Path directory;

    private static FakeUpstream upstream;
    private static PrivateIndex index;

    private record Project(String name, List<GoldenFile> ours, List<GoldenFile> theirs) {
        static Project of(String name) {
            return new Project(
                    name,
                    List.of(
                            GoldenWheel.of(name, "1.0").build(),
                            GoldenSdist.of(name, "1.0").build()),
                    List.of(
                            GoldenWheel.of(name, "99.0").build(),
                            GoldenSdist.of(name, "99.0").build()));
        }

        List<String> spellings() {
            String word = name.substring(0, name.indexOf('-'));
            return List.of(
                    name,
                    word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1) + "_Tools",
                    word + ".tools",
                    word + "-_.tools");
        }
    }

    private static final Project BY_RULE = Project.of("acme-tools");
    private static final Project BY_UPLOAD = Project.of("umbrella-tools");
    private static final GoldenFile FUTURE =
            GoldenWheel.of("acme-future", "1.0").build();

    @BeforeAll
    static void start() throws IOException {
        upstream = FakeUpstream.start();
        upstream.put(BY_RULE.theirs.toArray(GoldenFile[]::new));
        upstream.put(BY_UPLOAD.theirs.toArray(GoldenFile[]::new));
        upstream.put(FUTURE);
        index = PrivateIndex.over(
                upstream,
                Files.createDirectory(directory.resolve("index")),
                "projects.Acme_*.origin",
                "private",
                "index.root",
                "upstream");
        publish();
    }

    @AfterAll
    static void stop() {
        index.close();
        upstream.close();
    }

    /** Ours are here, and of umbrella-tools everything of upstream's had been here before. */
    private static void publish() {
        assertThat(index.get("/packages/" + BY_RULE.theirs.get(0).filename()).status())
                .isEqualTo(404);
        assertThat(upstream.count(ANY_SPELLING)).isZero();
        for (GoldenFile file : BY_UPLOAD.theirs) {
            assertThat(index.files("umbrella-tools")).containsKey(file.filename());
            assertThat(index.get("/packages/" + file.filename()).body()).isEqualTo(file.bytes());
        }
        assertThat(index.get("/packages/" + BY_UPLOAD.theirs.get(0).filename() + ".metadata")
                        .status())
                .isEqualTo(200);
        index.publish(BY_RULE.ours.toArray(GoldenFile[]::new));
        index.publish(BY_UPLOAD.ours.toArray(GoldenFile[]::new));
        upstream.resetCounts();
    }

    @ParameterizedTest(name = "{0} installs ours, and cannot be made to install upstream's, however it spells the name")
    @EnumSource(names = {"PIP", "UV"})
    void installs(Installer installer) throws IOException {
        ClientTools tools = Clients.tools();
        for (Project project : List.of(BY_RULE, BY_UPLOAD)) {
            int run = 0;
            for (String spelling : List.of(
                    project.name,
                    project.spellings().get(1),
                    project.spellings().get(2))) {
                Path here = Files.createDirectory(directory.resolve(installer + project.name + run++));
                Outcome outcome = installer.install(tools, here, index.simpleUrl(), List.of(spelling));
                assertThat(outcome.exit()).as(outcome.output()).isZero();
                assertThat(Installer.installed(here)).containsExactly(project.name.replace('-', '_') + "-1.0");
            }
            Path there = Files.createDirectory(directory.resolve(installer + project.name + "-99"));
            Outcome theirs = installer.install(tools, there, index.simpleUrl(), List.of(project.name + "==99.0"));
            assertThat(theirs.exit()).as(theirs.output()).isNotZero();
        }
        assertNeverAsked();
    }

    private void assertNeverAsked() {
        assertThat(upstream.count(ANY_SPELLING)).isZero();
        assertThat(upstream.count("(?i)umbrella")).isZero();
    }

    @Test
    @DisplayName("no page, file, metadata or provenance of upstream's is offered, also not one that was here before")
    void neverOffered() {
        for (Project project : List.of(BY_RULE, BY_UPLOAD)) {
            for (String spelling : project.spellings()) {
                for (String type : List.of("text/html", PrivateIndex.JSON)) {
                    HttpProbe.Response page =
                            index.probe().header("Accept", type).get("/simple/" + spelling + "/");
                    if (page.status() == 301) {
                        page = index.probe()
                                .header("Accept", type)
                                .get(page.header("Location").orElseThrow());
                    }
                    assertThat(page.status()).as(spelling).isEqualTo(200);
                    assertThat(page.text()).contains("-1.0-py3-none-any.whl", "-1.0.tar.gz");
                    assertThat(page.text()).doesNotContain("99.0");
                }
            }
            for (String path : theirPaths(project)) {
                assertThat(index.get(path).status()).as(path).isEqualTo(404);
                assertThat(index.probe().head(path).status()).as(path).isEqualTo(404);
            }
            project.ours.forEach(index::assertServed);
        }
        assertNeverAsked();
    }

    private static List<String> theirPaths(Project project) {
        List<String> paths = new ArrayList<>();
        for (GoldenFile file : project.theirs) {
            paths.add("/packages/" + file.filename());
            paths.add("/packages/" + file.filename() + ".metadata");
            paths.add("/packages/" + file.filename() + ".asc");
            paths.add("/integrity/" + project.name + "/99.0/" + file.filename() + "/provenance");
        }
        String stem = project.name.replace('-', '.');
        paths.add("/packages/" + stem + "-99.0-py3-none-any.whl");
        paths.add("/packages/" + stem.toUpperCase(Locale.ROOT) + "-99.0.tar.gz");
        paths.add("/packages/" + project.name + "-99.0.tar.gz");
        return paths;
    }

    @Test
    @DisplayName("a name that is ours by rule and has no upload yet is nobody's, and upstream is not asked for it")
    void reserved() {
        for (String spelling : List.of("acme-future", "Acme_Future", "acme.future")) {
            HttpProbe.Response page = index.get("/simple/" + spelling + "/");
            assertThat(page.status()).as(spelling).isIn(301, 404);
        }
        assertThat(index.get("/packages/" + FUTURE.filename()).status()).isEqualTo(404);
        assertThat(index.get("/packages/" + FUTURE.filename() + ".metadata").status())
                .isEqualTo(404);
        assertThat(upstream.count(ANY_SPELLING)).isZero();
    }

    @Test
    @DisplayName("another project's page at upstream that lists files of our names gets none of them through")
    void otherPage() {
        GoldenFile ours = BY_RULE.ours.get(0);
        List<String> files = List.of(
                entry(ours.filename()),
                entry("acme_tools-98.0-py3-none-any.whl"),
                entry("Acme.Tools-97.0.tar.gz"),
                entry("umbrella_tools-98.0-py3-none-any.whl"));
        upstream.rawPage(
                "evil",
                200,
                PrivateIndex.JSON,
                ("{\"meta\":{\"api-version\":\"1.1\"},\"name\":\"evil\",\"files\":[" + String.join(",", files) + "]}")
                        .getBytes(StandardCharsets.UTF_8),
                Map.of());
        assertThat(index.get("/simple/evil/").text()).doesNotContain("acme_tools", "Acme.Tools", "umbrella_tools");
        for (String filename : List.of(
                "acme_tools-98.0-py3-none-any.whl", "Acme.Tools-97.0.tar.gz", "umbrella_tools-98.0-py3-none-any.whl")) {
            assertThat(index.get("/packages/" + filename).status()).as(filename).isEqualTo(404);
        }
        index.assertServed(ours);
        assertThat(upstream.count("^/files/")).isZero();
    }

    private static String entry(String filename) {
        return "{\"filename\":\"%s\",\"url\":\"%s/files/%s\",\"hashes\":{}}"
                .formatted(filename, upstream.origin(), filename);
    }

    @Test
    @DisplayName("that an upload hides a project of upstream's is logged and counted")
    void hidden() {
        assertThat(index.node().stderr()).as("a warning in the log").anyMatch(line -> line.contains("umbrella-tools"));
        HttpProbe.Response own = index.owner().get("/api/projects");
        assertThat(own.status()).as(own.text()).isEqualTo(200);
        assertThat(own.text()).contains("umbrella-tools", "acme-tools");
        assertThat(index.get("/metrics").text()).contains("hid");
    }
}
