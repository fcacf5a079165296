package io.cornucopia.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.cornucopia.access.Permission;
import io.cornucopia.bus.FileAnswer;
import io.cornucopia.bus.PageAnswer.Origin;
import io.cornucopia.core.ProjectName;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An index that is read with tokens only. */
class ReadersTest {
    private static final String ACME_WHEEL = "acme_tools-1.0-py3-none-any.whl";
    private static final String OTHER_WHEEL = "other-1.0-py3-none-any.whl";

    @TempDir
    private Path directory;

    private Site site;
    private String everything;
    private String acme;
    private String uploader;

    @BeforeEach
    void start() {
        site = new Site(
                directory, "", HttpSettings.Readers.TOKEN, new HttpSettings.Upload(true, 1 << 20), Optional.empty());
        everything = site.token("everything", Map.of(Permission.READ, List.of("*")));
        acme = site.token("acme", Map.of(Permission.READ, List.of("acme-*")));
        uploader = site.token("uploader", Map.of(Permission.UPLOAD, List.of("*")));
        site.page("acme-tools", 1, Origin.OWN, "r1");
        site.page("other", 1, Origin.UPSTREAM, "r1");
        site.files.put(ACME_WHEEL, new byte[100]);
        site.files.put(ACME_WHEEL + ".metadata", new byte[100]);
        site.files.put(OTHER_WHEEL, new byte[100]);
        site.answers.put(ACME_WHEEL, stored("acme-tools", ACME_WHEEL));
        site.answers.put(ACME_WHEEL + ".metadata", stored("acme-tools", ACME_WHEEL + ".metadata"));
    }

    private Future<FileAnswer> stored(String project, String filename) {
        return Future.succeededFuture(
                new FileAnswer.Bytes(new ProjectName(project), site.stored(filename, site.files.get(filename))));
    }

    @AfterEach
    void stop() {
        site.close();
    }

    @ParameterizedTest
    @DisplayName("G12 without a good token everything is the same 401, whether it exists or not")
    @ValueSource(
            strings = {
                "/simple/",
                "/simple",
                "/simple/other/",
                "/simple/Other",
                "/simple/nowhere/",
                "/simple/-/",
                "/packages/" + OTHER_WHEEL,
                "/packages/" + OTHER_WHEEL + ".metadata",
                "/packages/" + OTHER_WHEEL + ".asc",
                "/packages/nowhere-1.0.zip",
                "/packages/..",
                "/integrity/other/1.0/" + OTHER_WHEEL + "/provenance",
                "/integrity/nowhere/1.0/" + OTHER_WHEEL + "/provenance",
                "/legacy/+simple/other/",
                "/legacy/+simple/nowhere/",
            })
    void refused(String path) throws IOException {
        RawClient.Answer first = site.get("/simple/");
        for (String header : List.of("X-None: here", Site.basic("__token__", "wrong"), "Authorization: Bearer x")) {
            RawClient.Answer answer = site.get(path, header, "If-None-Match: *");
            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.header("www-authenticate")).isEqualTo("Basic realm=\"Cornucopia\", charset=\"UTF-8\"");
            assertThat(answer.header("cache-control")).isEqualTo("no-store");
            assertThat(answer.text()).isEqualTo(first.text());
            answer.headers().put("date", first.header("date"));
            assertThat(answer.headers()).isEqualTo(first.headers());
            assertThat(site.head(path, header).status()).isEqualTo(401);
        }
        assertThat(site.pageQueries).hasValue(0);
        assertThat(site.fileQueries).isEmpty();
    }

    @Test
    @DisplayName("D3 G12 what a token may read is private to it, also when it is confirmed or a part")
    void privately() throws IOException {
        assertThat(site.get("/simple/acme-tools/", everything).header("cache-control"))
                .isEqualTo("private, max-age=0, must-revalidate");
        RawClient.Answer page = site.get("/simple/other/", everything);
        assertThat(page.header("cache-control")).isEqualTo("private, max-age=600");
        RawClient.Answer confirmed = site.get("/simple/other/", everything, "If-None-Match: " + page.header("etag"));
        assertThat(confirmed.status()).isEqualTo(304);
        assertThat(confirmed.header("cache-control")).isEqualTo("private, max-age=600");
        assertThat(site.get("/simple/", everything).header("cache-control")).isEqualTo("private, max-age=60");

        String path = "/packages/" + OTHER_WHEEL;
        RawClient.Answer file = site.get(path, everything);
        RawClient.Answer part = site.get(path, everything, "Range: bytes=0-9");
        RawClient.Answer known = site.get(path, everything, "If-None-Match: " + file.header("etag"));
        assertThat(List.of(file.status(), part.status(), known.status())).containsExactly(200, 206, 304);
        assertThat(List.of(file, part, known))
                .allMatch(answer -> answer.header("cache-control").equals("private, immutable, max-age=31536000"));
    }

    @Test
    @DisplayName("G12 a token reads the projects that it names, and does not learn of others whether they exist")
    void patterns() throws IOException {
        assertThat(site.get("/simple/acme-tools/", acme).status()).isEqualTo(200);
        assertThat(site.get("/simple/Acme_Tools", acme).status()).isEqualTo(301);
        assertThat(site.get("/simple/acme-nothing/", acme).status()).isEqualTo(404);
        assertThat(site.get("/legacy/+simple/acme-tools/", acme).status()).isEqualTo(200);
        assertThat(site.get("/packages/" + ACME_WHEEL, acme).status()).isEqualTo(200);
        assertThat(site.get("/packages/" + ACME_WHEEL + ".metadata", "Authorization: Bearer acme")
                        .status())
                .isEqualTo(200);
        int pages = site.pageQueries.get();
        int files = site.fileQueries.size();
        for (String path : List.of(
                "/simple/other/",
                "/simple/nowhere/",
                "/simple/OTHER",
                "/legacy/+simple/other/",
                "/packages/" + OTHER_WHEEL,
                "/packages/" + OTHER_WHEEL + ".metadata",
                "/packages/nowhere-1.0.zip",
                "/packages/acme-1-1.zip",
                "/packages/what-is-this",
                "/integrity/other/1.0/" + ACME_WHEEL + "/provenance",
                "/integrity/acme-tools/1.0/" + OTHER_WHEEL + "/provenance",
                "/simple/")) {
            assertThat(site.get(path, acme).status()).as(path).isEqualTo(403);
        }
        assertThat(site.pageQueries).hasValue(pages);
        assertThat(site.fileQueries).hasSize(files);
    }

    @Test
    @DisplayName("G12 a file that may be one of several projects is asked for by who may read them all")
    void ambiguous() throws IOException {
        String exactly = site.token("exactly", Map.of(Permission.READ, List.of("acme-tools")));
        int files = site.fileQueries.size();
        // Version 2 of acme-tools-1, for those who know that there is such a project.
        assertThat(site.get("/packages/acme-tools-1-2.egg", exactly).status()).isEqualTo(403);
        assertThat(site.fileQueries).hasSize(files);
        assertThat(site.get("/packages/acme-tools-1.egg", exactly).status()).isEqualTo(404);
    }

    @Test
    @DisplayName("G12 a file whose name misleads is not read by who may not read its project")
    void misleading() throws IOException {
        String name = "acme_x-1.0-py3-none-any.whl";
        site.files.put(name, new byte[10]);
        site.answers.put(name, stored("other", name));
        assertThat(site.get("/packages/" + name, acme).status()).isEqualTo(404);
        assertThat(site.handedOut.get(site.handedOut.size() - 1).channel().isOpen())
                .isFalse();
    }

    @Test
    @DisplayName("G12 a token that may read nothing is 403, and what is no index stays open")
    void others() throws IOException {
        assertThat(site.get("/simple/other/", uploader).status()).isEqualTo(403);
        assertThat(site.get("/simple/", uploader).status()).isEqualTo(403);
        assertThat(site.get("/simple/", everything).status()).isEqualTo(200);
        for (String path : List.of("/health", "/health/live", "/health/ready", "/metrics", "/")) {
            assertThat(site.get(path).status()).as(path).isEqualTo(200);
        }
    }
}
