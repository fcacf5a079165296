package io.cornucopia.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.cornucopia.core.DistributionFile;
import io.cornucopia.core.ProjectPage;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Indexes differ; each becomes the same sort of page. */
class UpstreamStylesTest {
    private Bench bench;

    @BeforeEach
    void start(@TempDir Path directory) {
        bench = new Bench(directory.resolve("meta")).start();
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    @Test
    void asksForJsonFirstAndForGzip() {
        bench.index.page("six", null, "six-1.0.tar.gz");
        bench.page("six");

        assertThat(bench.index.askedForPage("six").get(0).headers().get("Accept"))
                .isEqualTo(
                        "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01");
        assertThat(bench.index.askedForPage("six").get(0).headers().get("Accept-Encoding"))
                .isEqualTo("gzip");
    }

    @Test
    void readsAPlainDirectoryOfLinks() {
        bench.index.body(
                "six",
                "text/html; charset=ISO-8859-1",
                null,
                "<!DOCTYPE html><html><head><title>Index of six</title></head><body>"
                        + "<a href=\"../\">../</a>"
                        + "<a href=\"six-1.0.tar.gz#sha256=" + "b".repeat(64) + "\">six-1.0.tar.gz</a>"
                        + "<a href=\"six-1.0-py3-none-any.whl\" data-yanked=\"caf\u00e9\">six-1.0-py3-none-any.whl</a>"
                        + "</body></html>");
        ProjectPage page = bench.page("six").page();

        assertThat(page.files())
                .extracting(DistributionFile::filename)
                .containsExactly("six-1.0.tar.gz", "six-1.0-py3-none-any.whl");
        assertThat(page.files().get(0).url()).isEqualTo(bench.index.url() + "six/six-1.0.tar.gz");
        assertThat(page.files().get(0).sha256().orElseThrow().hex()).isEqualTo("b".repeat(64));
        assertThat(page.files().get(1).digests()).isEmpty();
    }

    @Test
    void linksAreRelativeToWhereARedirectLed() {
        bench.index.onPage(
                "six",
                request -> request.response()
                        .setStatusCode(308)
                        .putHeader("Location", "/elsewhere/six/")
                        .end());
        bench.index.on(
                "/elsewhere/six/",
                request -> request.response()
                        .putHeader("Content-Type", "text/html")
                        .end("<html><body><a href=\"six-1.0.tar.gz\">six-1.0.tar.gz</a></body></html>"));

        assertThat(bench.page("six").page().files().get(0).url())
                .isEqualTo(bench.index
                        .url()
                        .resolve("/elsewhere/six/six-1.0.tar.gz")
                        .toString());
    }

    @Test
    void readsACachingMirrorsJson() {
        bench.index.body(
                "six",
                "application/json; charset=utf-8",
                null,
                "{\"meta\":{\"api-version\":\"1.1\",\"_last-serial\":\"123\"},\"name\":\"six\",\"versions\":[\"1.0\"],"
                        + "\"files\":[{\"filename\":\"six-1.0.tar.gz\",\"url\":\"" + bench.index.url()
                        + "six-1.0.tar.gz\",\"hashes\":{\"sha256\":\"" + "a".repeat(64)
                        + "\"},\"requires-python\":null,\"size\":null,\"yanked\":false}]}");
        ProjectPage page = bench.page("six").page();

        assertThat(page.serial()).hasValue(123);
        assertThat(page.files().get(0).requiresPython()).isEmpty();
        assertThat(page.files().get(0).size()).isEmpty();
    }

    @Test
    void readsGzip() throws IOException {
        ByteArrayOutputStream coded = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(coded)) {
            gzip.write(("{\"meta\":{\"api-version\":\"1.0\"},\"files\":[" + ScriptedIndex.file("six-1.0.tar.gz") + "]}")
                    .getBytes(StandardCharsets.UTF_8));
        }
        bench.index.onPage(
                "six",
                request -> request.response()
                        .putHeader("Content-Type", ScriptedIndex.JSON)
                        .putHeader("Content-Encoding", "gzip")
                        .end(Buffer.buffer(coded.toByteArray())));

        assertThat(bench.filenames("six")).containsExactly("six-1.0.tar.gz");
    }

    @Test
    void filesOfOtherProjectsAreDropped() {
        bench.index.page("six", null, "six-1.0.tar.gz", "requests-2.0.tar.gz");

        assertThat(bench.filenames("six")).containsExactly("six-1.0.tar.gz");
    }

    @Test
    void filesAtHostsThatAreNotAllowedAreLeftOutUntilTheyAre() {
        bench.index.body(
                "six",
                ScriptedIndex.JSON,
                "\"1\"",
                "{\"meta\":{\"api-version\":\"1.0\"},\"files\":["
                        + "{\"filename\":\"six-1.0.tar.gz\",\"url\":\"http://files.example/six-1.0.tar.gz\",\"hashes\":{}},"
                        + "{\"filename\":\"six-2.0.tar.gz\",\"url\":\"javascript:alert(1)\",\"hashes\":{}},"
                        + "{\"filename\":\"six-3.0.tar.gz\",\"url\":\"file:///etc/passwd\",\"hashes\":{}},"
                        + ScriptedIndex.file("six-4.0.tar.gz") + "]}");

        assertThat(bench.filenames("six")).containsExactly("six-4.0.tar.gz");
        assertThat(bench.count("cornucopia.pages.refused.files")).isEqualTo(1);

        bench.stop();
        bench.fileHosts = List.of("files.example");
        bench.start();

        assertThat(bench.filenames("six"))
                .as("although upstream would say that nothing changed")
                .containsExactly("six-1.0.tar.gz", "six-4.0.tar.gz");
    }
}
