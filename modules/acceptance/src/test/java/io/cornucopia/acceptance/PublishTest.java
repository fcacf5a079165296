package io.cornucopia.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.cornucopia.testkit.ClientTools;
import io.cornucopia.testkit.ClientTools.Outcome;
import io.cornucopia.testkit.Content;
import io.cornucopia.testkit.FakeUpstream;
import io.cornucopia.testkit.TamperingProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The real clients publish to one index, and real clients install what they published. */
class PublishTest {
    private static final Duration WITHIN = Duration.ofMinutes(2);
    private static final int LIMIT = 1 << 20;

    @TempDir
    static Path directory;

    private static ClientTools tools;
    private static FakeUpstream upstream;
    private static PrivateIndex index;

    @BeforeAll
    static void start() throws IOException {
        tools = Clients.tools();
        upstream = FakeUpstream.start();
        index = PrivateIndex.over(
                upstream,
                Files.createDirectory(directory.resolve("index")),
                "upload.max_file_size",
                "1MiB",
                "projects.acme-*.origin",
                "private");
    }

    @AfterAll
    static void stop() {
        if (index != null) {
            index.close();
            upstream.close();
        }
    }

    private static Publisher.Index at(String url, String token) {
        return Publisher.Index.at(url, token);
    }

    private static Path made(Publisher publisher, String name, byte[] payload) throws IOException {
        Path project = Files.createDirectory(directory.resolve(name));
        Outcome built = publisher.make(tools, project, name, payload);
        assertThat(built.exit()).as(built.output()).isZero();
        assertThat(Publisher.built(project)).hasSize(2);
        return project;
    }

    @ParameterizedTest(
            name = "{0} publishes a wheel and an sdist, pip and uv install either; once more it skips, or says why not")
    @EnumSource
    void publishes(Publisher publisher) throws IOException {
        String name = publisher.project("");
        String stem = name.replace('-', '_');
        Publisher.Index there = at(index.node().url(), PrivateIndex.TOKEN);
        Path project = made(publisher, name, new byte[100]);

        Outcome first = publisher.publish(tools, project, there);
        assertThat(first.exit()).as(first.output()).isZero();
        List<String> distributions = Publisher.built(project);
        assertThat(index.files(name)).containsOnlyKeys(stem + "-1.0-py3-none-any.whl", stem + "-1.0.tar.gz");
        for (String distribution : distributions) {
            Path file = project.resolve(distribution);
            assertThat(index.get("/packages/" + file.getFileName()).body()).isEqualTo(Files.readAllBytes(file));
        }
        for (String kind : List.of("--only-binary", "--no-binary")) {
            for (List<String> installer : installers()) {
                installs(installer, kind, name);
            }
        }

        List<String> stored = index.stored();
        Outcome second = publisher.publishAgain(tools, project, there);
        if (publisher.skips()) {
            assertThat(second.exit()).as(second.output()).isZero();
        } else {
            assertThat(second.exit()).as(second.output()).isNotZero();
            assertThat(second.output()).contains("File already exists");
        }
        index.assertStored(stored);
        assertThat(upstream.count("acme")).isZero();
    }

    private static List<List<String>> installers() {
        return List.of(
                List.of("pip", "install", "--index-url", index.simpleUrl()),
                List.of(
                        "uv",
                        "pip",
                        "install",
                        "--python",
                        tools.python().toString(),
                        "--default-index",
                        index.simpleUrl()));
    }

    /** Into a directory, so that an sdist can be built by the backend that lies beside the clients. */
    private static void installs(List<String> installer, String kind, String name) throws IOException {
        Path target = directory.resolve(name + "-by-" + installer.get(0) + kind);
        List<String> command = new ArrayList<>(installer);
        command.addAll(List.of(
                "--no-deps", "--no-build-isolation", "--target", target.toString(), kind, name, name + "==1.0"));
        Outcome outcome = tools.run(
                Files.createDirectories(directory.resolve("installing")),
                Map.of(),
                WITHIN,
                command.toArray(String[]::new));
        assertThat(outcome.exit()).as(outcome.output()).isZero();
        assertThat(target.resolve(name.replace('-', '_')).resolve("__init__.py"))
                .isRegularFile();
        assertThat(target.resolve(name.replace('-', '_') + "-1.0.dist-info")).isDirectory();
    }

    @ParameterizedTest(name = "{0} shows its user why: a wrong token, a digest that does not match, a file too large")
    @EnumSource
    void refused(Publisher publisher) throws IOException {
        Path small = made(publisher, publisher.project("-small"), new byte[100]);
        Path large = made(
                publisher,
                publisher.project("-large"),
                Content.random(7, 3 * LIMIT).bytes());
        List<String> stored = index.stored();

        Outcome stranger = publisher.publish(tools, small, at(index.node().url(), "not-the-token"));
        assertThat(stranger.exit()).as(stranger.output()).isNotZero();
        assertThat(stranger.output()).containsIgnoringCase("token");
        assertThat(stranger.output()).contains(saidToStranger());

        try (TamperingProxy proxy = TamperingProxy.before(index.node().port())) {
            Outcome tampered = publisher.publish(tools, small, at(proxy.url(), PrivateIndex.TOKEN));
            assertThat(tampered.exit()).as(tampered.output()).isNotZero();
            assertThat(tampered.output()).contains("400").containsPattern("(?i)sha-?256.*match|match.*sha-?256");
        }

        Outcome bloated = publisher.publish(tools, large, at(index.node().url(), PrivateIndex.TOKEN));
        assertThat(bloated.exit()).as(bloated.output()).isNotZero();
        assertThat(bloated.output()).contains("File too large").containsPattern("1 ?Mi?B|" + LIMIT);

        index.assertStored(stored);
        assertThat(Stream.of(stranger, bloated).map(Outcome::output))
                .noneMatch(output -> output.contains("Connection aborted"));
        for (Path project : List.of(small, large)) {
            assertThat(index.get("/simple/" + project.getFileName() + "/").status())
                    .isEqualTo(404);
        }
    }

    /** What the server says to a wrong token. It is asked without a form, so it has the last word on nothing else. */
    private static String saidToStranger() {
        return index.with("not-the-token").send("POST", "/legacy/").reason();
    }
}
