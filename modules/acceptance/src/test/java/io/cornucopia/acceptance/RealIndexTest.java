package io.cornucopia.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cornucopia.testkit.ClientTools;
import io.cornucopia.testkit.ClientTools.Outcome;
import io.cornucopia.testkit.HttpProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The real PyPI upstream, with its real pages and packages. */
class RealIndexTest {
    /** Has at least twenty dependencies, all of them with wheels. */
    private static final String PROJECT = "sphinx";

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path directory;

    @BeforeEach
    void reachable() {
        assumeTrue(Thorough.isAskedFor(), "the real PyPI is asked by -Pthorough only");
        RealIndex.assumeReachable();
    }

    private Mirror mirror(String... settings) {
        return Mirror.over(RealIndex.URL, directory, List.of("-Xmx256m"), settings);
    }

    private Path empty(String name) throws IOException {
        return Files.createDirectories(directory.resolve(name));
    }

    @ParameterizedTest(name = "{0} installs sphinx with its dependencies, and once more with upstream cut off")
    @EnumSource
    void installs(Installer installer) throws IOException {
        ClientTools tools = Clients.tools();
        Path online = empty("online");
        try (Mirror mirror = mirror()) {
            Outcome outcome = installer.install(tools, online, mirror.simpleUrl(), List.of(PROJECT));
            assertThat(outcome.exit()).as(outcome.output()).isZero();
        }
        assertThat(Installer.installed(online)).hasSizeGreaterThan(20).anyMatch(name -> name.startsWith(PROJECT + "-"));

        Path offline = empty("offline");
        try (Mirror mirror = mirror("upstream.offline", "true")) {
            Outcome outcome = installer.install(tools, offline, mirror.simpleUrl(), List.of(PROJECT));
            assertThat(outcome.exit()).as(outcome.output()).isZero();
        }
        assertThat(Installer.installed(offline)).isEqualTo(Installer.installed(online));
        System.out.printf(
                "REAL %s: %d distributions of %s and its dependencies, twice%n",
                installer, Installer.installed(offline).size(), PROJECT);
    }

    @ParameterizedTest(name = "the page of {0} says of each file what PyPI says")
    @ValueSource(strings = {"six", "numpy", "boto3"})
    void pages(String project) throws IOException {
        try (Mirror mirror = mirror()) {
            HttpProbe patient = mirror.probe().timeout(Duration.ofMinutes(2));
            JsonNode ours = JSON.readTree(patient.header("Accept", RealIndex.JSON)
                    .get("/simple/" + project + "/")
                    .body());
            JsonNode theirs = JSON.readTree(RealIndex.page(project));
            Map<String, Map<String, JsonNode>> expected = files(theirs);
            assertThat(files(ours)).isEqualTo(expected);
            // Ours may be more: those of files whose version upstream does not list, which PEP 700 wants there.
            assertThat(ours.get("versions")).containsAll(theirs.get("versions"));
            assertThat(ours.at("/meta/api-version").asText()).isEqualTo("1.4");
            assertThat(ours.at("/meta/_last-serial").asText())
                    .isEqualTo(theirs.at("/meta/_last-serial").asText());

            String html = patient.header("Accept", "text/html")
                    .get("/simple/" + project + "/")
                    .text();
            assertThat(Pattern.compile("<a ").matcher(html).results()).hasSize(expected.size());
            System.out.printf("REAL %s: %d files, each as PyPI has it%n", project, expected.size());
        }
    }

    @Test
    @DisplayName("upstream's root list with all its names, in 256 MB of heap")
    void root() {
        try (Mirror mirror = mirror("index.root", "upstream")) {
            HttpProbe patient = mirror.probe().timeout(Duration.ofMinutes(3));
            String html = patient.header("Accept", "text/html").get("/simple/").text();
            int names = html.split("<a href=\"", -1).length - 1;
            assertThat(names).isGreaterThan(500_000);
            assertThat(html.contains("href=\"/simple/sphinx/\"")).isTrue();
            assertThat(html.contains("href=\"/simple/zope-interface/\"")).isTrue();
            HttpProbe.Response again = patient.header("Accept", RealIndex.JSON).get("/simple/");
            assertThat(again.text().split("\"name\":", -1).length - 1).isEqualTo(names);
            System.out.printf("REAL root: %d names, %d bytes of HTML%n", names, html.length());
        }
    }

    private static Map<String, Map<String, JsonNode>> files(JsonNode page) {
        Map<String, Map<String, JsonNode>> files = new TreeMap<>();
        for (JsonNode file : page.get("files")) {
            Map<String, JsonNode> facts = new TreeMap<>();
            for (String key : List.of("hashes", "size", "upload-time", "requires-python", "yanked", "core-metadata")) {
                JsonNode value = file.path(key);
                boolean says = !value.isMissingNode() && !value.isNull() && !(value.isBoolean() && !value.asBoolean());
                if (says) {
                    facts.put(key, value);
                }
            }
            facts.put("has provenance", JSON.valueToTree(file.path("provenance").isTextual()));
            files.put(file.get("filename").asText(), facts);
        }
        return files;
    }
}
