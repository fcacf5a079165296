package io.cornucopia.acceptance;

import static io.cornucopia.testkit.Conditions.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cornucopia.testkit.BasicCredentials;
import io.cornucopia.testkit.FakeUpstream;
import io.cornucopia.testkit.GoldenFile;
import io.cornucopia.testkit.HttpProbe;
import io.cornucopia.testkit.LiveDirectory;
import io.cornucopia.testkit.Node;
import io.cornucopia.testkit.UploadForm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The packaged program with a store of uploads of its own and one token that may do everything. */
final class PrivateIndex implements AutoCloseable {
    static final String TOKEN = "a-token-that-may-do-everything-9f3b7c";
    static final String JSON = "application/vnd.pypi.simple.v1+json";

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Mirror mirror;
    private final Path directory;

    private PrivateIndex(Mirror mirror, Path directory) {
        this.mirror = mirror;
        this.directory = directory;
    }

    /** Starts it over {@code upstream}; {@code settings} are keys and values in turn. */
    static PrivateIndex over(FakeUpstream upstream, Path directory, String... settings) {
        return over(upstream.url(), directory, List.of(), settings);
    }

    /** Starts it with nothing upstream that could be reached; {@code acme-*} is its own. */
    static PrivateIndex alone(Path directory, List<String> jvm, String... settings) {
        return over(
                "http://127.0.0.1:9/simple/",
                directory,
                jvm,
                Stream.concat(
                                Stream.of("upstream.offline", "true", "projects.acme-*.origin", "private"),
                                Stream.of(settings))
                        .toArray(String[]::new));
    }

    private static PrivateIndex over(String upstreamUrl, Path directory, List<String> jvm, String... settings) {
        String[] all =
                Stream.concat(Stream.of(own(directory)), Stream.of(settings)).toArray(String[]::new);
        return new PrivateIndex(Mirror.over(upstreamUrl, directory, jvm, all), directory);
    }

    /** The settings of an index that keeps its uploads below this directory. */
    static String[] own(Path directory) {
        return new String[] {
            "upload.store", store(directory).toString(),
            "upload.token", TOKEN,
            "log.audit", directory.resolve("audit.jsonl").toString()
        };
    }

    private static Path store(Path directory) {
        return directory.resolve("store");
    }

    Node node() {
        return mirror.node();
    }

    /** A probe without credentials. */
    HttpProbe probe() {
        return mirror.probe();
    }

    /** A probe with the token. */
    HttpProbe owner() {
        return with(TOKEN);
    }

    /** A probe with any token. */
    HttpProbe with(String token) {
        return probe().header("Authorization", BasicCredentials.of("__token__", token));
    }

    HttpProbe.Response get(String path) {
        return mirror.get(path);
    }

    String simpleUrl() {
        return mirror.simpleUrl();
    }

    URI legacy() {
        return URI.create(mirror.node().url() + "/legacy/");
    }

    /** Uploads with the token. */
    HttpProbe.Response upload(UploadForm form) {
        return post(owner(), form);
    }

    /** Uploads with the token what has to succeed. */
    void publish(GoldenFile... files) {
        for (GoldenFile file : files) {
            HttpProbe.Response response = upload(UploadForm.of(file));
            assertThat(response.status()).as(response.text()).isEqualTo(200);
        }
    }

    static HttpProbe.Response post(HttpProbe probe, UploadForm form) {
        return probe.header("Content-Type", form.contentType()).send("POST", "/legacy/", form.body());
    }

    /** What its page says of each file of a project; empty if there is no page. */
    Map<String, JsonNode> files(String project) {
        HttpProbe.Response page = owner().header("Accept", JSON).get("/simple/" + project + "/");
        assertThat(page.status()).as(page.text()).isIn(200, 404);
        Map<String, JsonNode> files = new TreeMap<>();
        if (page.status() == 200) {
            json(page)
                    .get("files")
                    .forEach(file -> files.put(file.get("filename").asText(), file));
        }
        return files;
    }

    static JsonNode json(HttpProbe.Response response) {
        try {
            return MAPPER.readTree(response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(response.text(), e);
        }
    }

    /** Asserts that this file is listed with its digest and served whole. */
    void assertServed(GoldenFile file) {
        JsonNode listed = files(file.project()).get(file.filename());
        assertThat(listed).as(file.filename()).isNotNull();
        assertThat(listed.at("/hashes/sha256").asText()).isEqualTo(file.sha256());
        assertThat(owner().digest("/packages/" + file.filename()).sha256()).isEqualTo(file.sha256());
    }

    /** Every file below the store of uploads, relative to it. */
    List<String> stored() {
        return LiveDirectory.files(store(directory));
    }

    /** The uploads in progress. */
    List<String> incoming() {
        return LiveDirectory.files(store(directory).resolve("incoming"));
    }

    /** Asserts that a refused or broken upload left nothing. */
    void assertStored(List<String> before) {
        await("no temporary file", Duration.ofSeconds(10), () -> incoming().isEmpty());
        assertThat(stored()).isEqualTo(before);
    }

    List<String> audit() {
        Path log = directory.resolve("audit.jsonl");
        try {
            return Files.isRegularFile(log) ? Files.readAllLines(log) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        mirror.close();
    }
}
