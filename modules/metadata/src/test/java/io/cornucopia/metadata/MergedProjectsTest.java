package io.cornucopia.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.cornucopia.bus.Failure;
import io.cornucopia.bus.ListedFile;
import io.cornucopia.bus.ListedFileQuery.Effort;
import io.cornucopia.bus.PageAnswer;
import io.cornucopia.core.ProjectStatus;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MergedProjectsTest {
    private static final String OURS = "six-2.0+acme-py3-none-any.whl";

    private Bench bench;

    @BeforeEach
    void start(@TempDir Path directory) {
        bench = new Bench(directory.resolve("meta")).rules("six", "MERGED");
        bench.index.page("six", "\"1\"", "six-1.0.tar.gz", "six-3.0.tar.gz");
        bench.start();
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    private ListedFile listed(String filename) {
        return Bench.await(bench.askFile(filename, Effort.ANY_AGE));
    }

    @Test
    @DisplayName("both are on one page, ours first, versions in order, and each file is had from where it is")
    void both() {
        assertThat(bench.page("six").origin()).isEqualTo(PageAnswer.Origin.UPSTREAM);
        bench.upload("six", "2.0+acme", OURS);

        PageAnswer page = bench.page("six");

        assertThat(bench.filenames("six")).containsExactly(OURS, "six-1.0.tar.gz", "six-3.0.tar.gz");
        assertThat(page.page().versions()).containsExactly("1.0", "2.0+acme", "3.0");
        assertThat(page.origin()).isEqualTo(PageAnswer.Origin.OWN);
        assertThat(page.freshUntil()).isEqualTo(bench.clock.instant());
        assertThat(listed(OURS).origin()).isEqualTo(PageAnswer.Origin.OWN);
        assertThat(listed("six-3.0.tar.gz").origin()).isEqualTo(PageAnswer.Origin.UPSTREAM);
        assertThat(bench.fileFailure("six-4.0.tar.gz")).isInstanceOf(Failure.NotFound.class);
        assertThat(bench.index.askedForPage("six")).hasSize(1);
    }

    @Test
    @DisplayName("D2 a merged page's revision changes with either part and with nothing else")
    void revision(@TempDir Path elsewhere) {
        bench.upload("six", "2.0+acme", OURS);
        String first = bench.page("six").revision();
        bench.clock.advance(Bench.TTL);
        assertThat(bench.page("six").revision()).isEqualTo(first);

        bench.uploads.yank("six", OURS, "no");
        bench.announce("six");
        String second = bench.page("six").revision();
        assertThat(second).isNotEqualTo(first);

        bench.index.page("six", "\"2\"", "six-1.0.tar.gz");
        bench.clock.advance(Bench.TTL);
        assertThat(bench.page("six").revision()).isNotIn(first, second);
        assertThat(bench.filenames("six")).containsExactly(OURS, "six-1.0.tar.gz");
    }

    @ParameterizedTest
    @DisplayName("ours win on the same name and on the same release for the same environments in another spelling")
    @CsvSource({
        "six-1.0.tar.gz, six-1.0.tar.gz, true",
        "Six-1.0.tar.gz, six-1.0.tar.gz, true",
        "six-1.0.tar.gz, six-1.0.0.zip, true",
        "six-1.0-py2.py3-none-any.whl, SIX-1.0-py3.py2-none-any.whl, true",
        "six-1.0-1-py3-none-any.whl, six-1.0-py3-none-any.whl, false",
        "six-1.0-py3-none-any.whl, six-1.0.tar.gz, false",
        "six-1.0-cp311-cp311-win32.whl, six-1.0-cp312-cp312-win32.whl, false",
        "six-1.0.tar.gz, six-1.1.tar.gz, false"
    })
    void clash(String ours, String theirs, boolean replaced) {
        bench.index.page("six", "\"1\"", theirs);
        bench.page("six");
        bench.upload("six", "1.0", ours);

        assertThat(listed(ours).origin()).isEqualTo(PageAnswer.Origin.OWN);
        assertThat(listed(ours).file().sha256().orElseThrow().hex()).isEqualTo(MemoryUploads.SHA256);
        if (replaced) {
            assertThat(bench.filenames("six")).containsExactly(ours);
            if (!ours.equals(theirs)) {
                assertThat(bench.fileFailure(theirs)).isInstanceOf(Failure.NotFound.class);
            }
        } else {
            assertThat(bench.filenames("six")).containsExactly(ours, theirs);
            assertThat(listed(theirs).origin()).isEqualTo(PageAnswer.Origin.UPSTREAM);
        }
    }

    @Test
    @DisplayName("where upstream has no such project, ours is the page")
    void onlyOurs() {
        bench.index.status("six", 404);
        assertThat(bench.pageFailure("six")).isInstanceOf(Failure.NotFound.class);
        bench.upload("six", "2.0+acme", OURS);

        assertThat(bench.filenames("six")).containsExactly(OURS);
        assertThat(bench.count("cornucopia.pages.incomplete")).isZero();
    }

    @Test
    @DisplayName(
            "A5 when upstream is ill, ours are served without its files until it is well, counted and never to be kept")
    void ill() {
        bench.index.status("six", 500);
        assertThat(bench.pageFailure("six")).isInstanceOf(Failure.UpstreamFailed.class);
        bench.upload("six", "2.0+acme", OURS);

        PageAnswer page = bench.page("six");
        assertThat(bench.filenames("six")).containsExactly(OURS);
        assertThat(page.freshUntil()).isEqualTo(bench.clock.instant());
        assertThat(page.origin()).isEqualTo(PageAnswer.Origin.OWN);
        assertThat(bench.count("cornucopia.pages.incomplete")).isPositive();
        assertThat(listed(OURS).origin()).isEqualTo(PageAnswer.Origin.OWN);
        assertThat(bench.fileFailure("six-1.0.tar.gz")).isInstanceOf(Failure.UpstreamFailed.class);

        bench.index.page("six", "\"1\"", "six-1.0.tar.gz");
        bench.clock.advance(Bench.NEGATIVE_TTL);
        assertThat(bench.filenames("six")).containsExactly(OURS, "six-1.0.tar.gz");
        assertThat(bench.page("six").revision()).isNotEqualTo(page.revision());
    }

    @Test
    @DisplayName("A6 the status that was set here holds, else upstream's, for the page and for files of both")
    void status() {
        ProjectStatus archived = new ProjectStatus(ProjectStatus.Marker.ARCHIVED, Optional.of("theirs"));
        ProjectStatus quarantined = new ProjectStatus(ProjectStatus.Marker.QUARANTINED, Optional.of("ours"));
        bench.index.body(
                "six",
                ScriptedIndex.JSON,
                "\"9\"",
                "{\"meta\":{\"api-version\":\"1.4\"},\"name\":\"six\",\"project-status\":{\"status\":\"archived\","
                        + "\"reason\":\"theirs\"},\"files\":[" + ScriptedIndex.file("six-1.0.tar.gz") + "]}");
        bench.upload("six", "2.0+acme", OURS);

        assertThat(bench.page("six").page().status()).isEqualTo(archived);
        assertThat(listed(OURS).status()).isEqualTo(archived);
        assertThat(listed("six-1.0.tar.gz").status()).isEqualTo(archived);

        bench.uploads.status("six", quarantined);
        bench.announce("six");
        assertThat(bench.page("six").page().status()).isEqualTo(quarantined);
        assertThat(bench.page("six").page().offeredFiles()).isEmpty();
        assertThat(listed(OURS).status()).isEqualTo(quarantined);
        assertThat(listed("six-1.0.tar.gz").status()).isEqualTo(quarantined);
    }

    @Test
    @DisplayName("A6 a status set here holds for a shared project without an upload, too")
    void statusAlone() {
        ProjectStatus quarantined = new ProjectStatus(ProjectStatus.Marker.QUARANTINED, Optional.empty());
        bench.uploads.status("six", quarantined);
        bench.announce("six");

        assertThat(bench.page("six").page().status()).isEqualTo(quarantined);
        assertThat(bench.page("six").origin()).isEqualTo(PageAnswer.Origin.UPSTREAM);
        assertThat(listed("six-1.0.tar.gz").status()).isEqualTo(quarantined);
    }

    @Test
    @DisplayName("a project that a rule gives to upstream lists none of ours")
    void upstreams() {
        bench.stop();
        bench.uploads.put("six", "2.0+acme", OURS);
        bench.rules("six", "UPSTREAM").start();

        assertThat(bench.filenames("six")).containsExactly("six-1.0.tar.gz", "six-3.0.tar.gz");
        assertThat(bench.fileFailure(OURS)).isInstanceOf(Failure.NotFound.class);
        assertThat(bench.page("six").origin()).isEqualTo(PageAnswer.Origin.UPSTREAM);
    }
}
