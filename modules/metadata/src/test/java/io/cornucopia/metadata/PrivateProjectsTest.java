package io.cornucopia.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cornucopia.bus.Addresses;
import io.cornucopia.bus.Failure;
import io.cornucopia.bus.ListedFile;
import io.cornucopia.bus.ListedFileQuery.Effort;
import io.cornucopia.bus.OwnProjectsAnswer.OwnProject;
import io.cornucopia.bus.PageAnswer;
import io.cornucopia.bus.ProjectChanged;
import io.cornucopia.cluster.Leases;
import io.cornucopia.core.CoreMetadata;
import io.cornucopia.core.Digest;
import io.cornucopia.core.DistributionFile;
import io.cornucopia.core.HashAlgorithm;
import io.cornucopia.core.OriginRules.Origin;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.ProjectStatus;
import io.cornucopia.core.Representation;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The promise that a package of upstream's never stands in for one of ours. */
class PrivateProjectsTest {
    private Bench bench;

    @BeforeEach
    void prepare(@TempDir Path directory) {
        bench = new Bench(directory.resolve("meta"));
        bench.index.page(
                "acme-tools",
                "\"1\"",
                "acme_tools-99.0-py3-none-any.whl",
                "acme-tools-99.0.tar.gz",
                "acme-tools-1.0.tar.gz");
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    private void assertUpstreamNeverHeardOf(String... projects) {
        for (String project : projects) {
            assertThat(bench.index.askedForPage(project)).as(project).isEmpty();
        }
    }

    private void assertOnlyOurs() {
        assertThat(bench.filenames("acme-tools")).containsExactly("acme_tools-1.0-py3-none-any.whl");
        assertThat(bench.page("acme-tools").page().versions()).containsExactly("1.0");
        assertThat(bench.page("acme-tools").origin()).isEqualTo(PageAnswer.Origin.OWN);
        for (String theirs :
                List.of("acme_tools-99.0-py3-none-any.whl", "acme-tools-99.0.tar.gz", "acme-tools-1.0.tar.gz")) {
            for (Effort effort : Effort.values()) {
                assertThat(Bench.failure(bench.askFile(theirs, effort)))
                        .as(theirs)
                        .isInstanceOf(Failure.NotFound.class);
            }
        }
        ListedFile listed = Bench.await(bench.askFile("acme_tools-1.0-py3-none-any.whl", Effort.ANY_AGE));
        assertThat(listed.origin()).isEqualTo(PageAnswer.Origin.OWN);
        assertThat(listed.file().sha256().orElseThrow().hex()).isEqualTo(MemoryUploads.SHA256);
    }

    @Nested
    class ByRule {
        @BeforeEach
        void start() {
            bench.rules("acme-*", "PRIVATE").start();
        }

        @ParameterizedTest
        @DisplayName("upstream is never asked for a reserved name, upload or not, page or file, in any effort")
        @ValueSource(strings = {"acme-tools", "acme-nothing"})
        void reserved(String project) {
            assertThat(bench.pageFailure(project)).isInstanceOf(Failure.NotFound.class);
            for (Effort effort : Effort.values()) {
                assertThat(Bench.failure(bench.askFile(project + "-99.0.tar.gz", effort)))
                        .isInstanceOf(Failure.NotFound.class);
                assertThat(Bench.failure(bench.askFile(project.replace('-', '_') + "-99.0-py3-none-any.whl", effort)))
                        .isInstanceOf(Failure.NotFound.class);
                assertThat(Bench.failure(bench.askFile(
                                project.replace('-', '.').toUpperCase(Locale.ROOT) + "-99.0.zip", effort)))
                        .isInstanceOf(Failure.NotFound.class);
            }
            assertUpstreamNeverHeardOf(project);
            assertThat(bench.uploads.read)
                    .as("known without a look at the disk")
                    .isEmpty();
        }

        @Test
        @DisplayName("a higher version of upstream's is not on the page, nor to be had by its name")
        void higher() {
            bench.upload("acme-tools", "1.0", "acme_tools-1.0-py3-none-any.whl");

            assertOnlyOurs();
            assertUpstreamNeverHeardOf("acme-tools");
            assertThat(bench.ownProjects())
                    .containsExactly(new OwnProject(
                            new ProjectName("acme-tools"), Origin.PRIVATE, true, false, ProjectStatus.ACTIVE, 1));
        }

        @Test
        @DisplayName("a status alone makes no project")
        void onlyStatus() {
            bench.uploads.status(
                    "acme-tools", new ProjectStatus(ProjectStatus.Marker.ARCHIVED, Optional.of("planned")));
            bench.announce("acme-tools");

            assertThat(bench.pageFailure("acme-tools")).isInstanceOf(Failure.NotFound.class);
            assertThat(bench.ownProjects()).isEmpty();
            assertUpstreamNeverHeardOf("acme-tools");
        }
    }

    @Nested
    class ByFirstUpload {
        @BeforeEach
        void start() {
            bench.start();
        }

        @Test
        @DisplayName(
                "from its first upload on a project is ours alone, although upstream's page is here, also after a restart")
        void transition() {
            assertThat(bench.filenames("acme-tools")).contains("acme-tools-99.0.tar.gz");
            assertThat(bench.projectOf("acme-tools-99.0.tar.gz")).isEqualTo("acme-tools");

            bench.upload("acme-tools", "1.0", "acme_tools-1.0-py3-none-any.whl");
            assertOnlyOurs();
            bench.clock.advance(Bench.TTL.multipliedBy(3));
            assertOnlyOurs();
            bench.restart();
            assertOnlyOurs();

            assertThat(bench.index.askedForPage("acme-tools"))
                    .as("before the upload")
                    .hasSize(1);
            assertThat(bench.directory.resolve("acme-tools.json"))
                    .as("kept, for the day on which a rule says otherwise")
                    .exists();
        }

        @Test
        @DisplayName("a page that is on its way from upstream when the first upload comes is not handed out after it")
        void overtaken() {
            Promise<Void> upstreamAnswers = Promise.promise();
            bench.index.onPage(
                    "acme-tools",
                    request -> upstreamAnswers
                            .future()
                            .onSuccess(now -> ScriptedIndex.answer(
                                    request,
                                    ScriptedIndex.JSON,
                                    null,
                                    Buffer.buffer(
                                            "{\"meta\":{\"api-version\":\"1.1\"},\"name\":\"acme-tools\",\"files\":["
                                                    + ScriptedIndex.file("acme-tools-99.0.tar.gz") + "]}"))));
            Future<PageAnswer> page = bench.ask("acme-tools");
            Future<ListedFile> file = bench.askFile("acme-tools-99.0.tar.gz", Effort.ANY_AGE);
            await().until(() -> bench.index.askedForPage("acme-tools").size() == 1);

            bench.upload("acme-tools", "1.0", "acme_tools-1.0-py3-none-any.whl");
            assertThat(page.isComplete()).isFalse();
            assertOnlyOurs();
            upstreamAnswers.complete();

            assertThat(Bench.await(page).page().files())
                    .extracting(DistributionFile::filename)
                    .containsExactly("acme_tools-1.0-py3-none-any.whl");
            assertThat(Bench.failure(file)).isInstanceOf(Failure.NotFound.class);
            assertOnlyOurs();
            assertThat(bench.index.askedForPage("acme-tools")).hasSize(1);
        }

        @Test
        @DisplayName("a question to upstream that waited for its turn when the first upload came is not asked any more")
        void overtakenQuestion() {
            Promise<Void> turn = Promise.promise();
            bench.stop();
            bench.cluster = TwinCluster.withLeases(key -> {
                Context asking = bench.vertx.getOrCreateContext();
                Promise<Optional<Leases.Lease>> taken = Promise.promise();
                turn.future().onSuccess(now -> asking.runOnContext(v -> taken.complete(Optional.of(() -> {}))));
                return taken.future();
            });
            bench.start();
            Future<PageAnswer> page = bench.ask("acme-tools");
            Bench.await(bench.askRoot(Representation.JSON, false)).body().close();

            bench.upload("acme-tools", "1.0", "acme_tools-1.0-py3-none-any.whl");
            turn.complete();

            assertThat(Bench.await(page).page().versions()).containsExactly("1.0");
            assertUpstreamNeverHeardOf("acme-tools");
        }

        @Test
        @DisplayName("what was read from the store before news is not handed out after them")
        void overtakenRead() {
            bench.upload("acme-tools", "1.0", "acme_tools-1.0-py3-none-any.whl");
            bench.page("acme-tools");
            bench.announce("acme-tools");
            bench.uploads.read.clear();
            bench.uploads.hold();
            Future<PageAnswer> before = bench.ask("acme-tools");
            await().until(() -> bench.uploads.read.contains(new ProjectName("acme-tools")));

            bench.upload("acme-tools", "2.0", "acme_tools-2.0-py3-none-any.whl");
            Future<PageAnswer> after = bench.ask("acme-tools");
            bench.uploads.letGo();

            for (PageAnswer answer : List.of(Bench.await(before), Bench.await(after), bench.page("acme-tools"))) {
                assertThat(answer.page().versions()).containsExactly("1.0", "2.0");
            }
        }

        @Test
        @DisplayName("when the store cannot be read, upstream is not asked instead")
        void broken() {
            bench.page("acme-tools");
            bench.uploads.breakDown(true);
            bench.upload("acme-tools", "1.0", "acme_tools-1.0-py3-none-any.whl");

            assertThat(bench.pageFailure("acme-tools"))
                    .isInstanceOf(Failure.Internal.class)
                    .extracting(Failure::message)
                    .asString()
                    .contains("acme-tools", "on fire");
            assertThat(bench.fileFailure("acme-tools-99.0.tar.gz")).isInstanceOf(Failure.Internal.class);
            bench.uploads.breakDown(false);
            assertOnlyOurs();
            assertThat(bench.index.askedForPage("acme-tools")).hasSize(1);
        }

        @Test
        @DisplayName(
                "a project without uploads costs no look at the store, and one with uploads one look until there are news")
        void looks() {
            bench.page("acme-tools");
            bench.projectOf("acme-tools-99.0.tar.gz");
            assertThat(bench.uploads.read).isEmpty();

            bench.upload("acme-tools", "1.0", "acme_tools-1.0-py3-none-any.whl");
            for (int i = 0; i < 5; i++) {
                assertOnlyOurs();
            }
            assertThat(bench.uploads.read).hasSize(1);
        }

        @Test
        @DisplayName("news of a project that has no upload after all change nothing")
        void noUpload() {
            bench.announce("acme-tools");

            assertThat(bench.filenames("acme-tools")).contains("acme-tools-99.0.tar.gz");
            bench.filenames("acme-tools");
            assertThat(bench.uploads.read).hasSize(1);
            assertThat(bench.ownProjects()).isEmpty();
        }

        @Test
        @DisplayName("a project whose files were all deleted is still ours, and empty")
        void deleted() {
            bench.upload("acme-tools", "1.0", "acme_tools-1.0-py3-none-any.whl");
            bench.uploads.remove("acme-tools", "acme_tools-1.0-py3-none-any.whl");
            bench.announce("acme-tools");

            PageAnswer page = bench.page("acme-tools");
            assertThat(page.page().files()).isEmpty();
            assertThat(page.page().versions()).isEmpty();
            assertThat(page.origin()).isEqualTo(PageAnswer.Origin.OWN);
            assertThat(bench.fileFailure("acme_tools-1.0-py3-none-any.whl")).isInstanceOf(Failure.NotFound.class);
            assertUpstreamNeverHeardOf("acme-tools");
        }

        @Test
        @DisplayName(
                "hiding upstream's project is counted and listed, also after a restart, and upstream is not asked for it")
        void hiding() {
            bench.page("acme-tools");
            assertThat(bench.metrics.get("cornucopia.projects.hidden").gauge().value())
                    .isZero();
            bench.upload("acme-tools", "1.0", "acme_tools-1.0-py3-none-any.whl");
            bench.upload("acme-other", "1.0", "acme-other-1.0.tar.gz");

            await().untilAsserted(() -> assertThat(bench.metrics
                            .get("cornucopia.projects.hidden")
                            .gauge()
                            .value())
                    .isEqualTo(1));
            List<OwnProject> expected = List.of(
                    new OwnProject(
                            new ProjectName("acme-other"), Origin.PRIVATE, false, false, ProjectStatus.ACTIVE, 1),
                    new OwnProject(
                            new ProjectName("acme-tools"), Origin.PRIVATE, false, true, ProjectStatus.ACTIVE, 1));
            assertThat(bench.ownProjects()).isEqualTo(expected);
            bench.restart();
            assertThat(bench.metrics.get("cornucopia.projects.hidden").gauge().value())
                    .isEqualTo(1);
            assertThat(bench.ownProjects()).isEqualTo(expected);
            assertUpstreamNeverHeardOf("acme-other");

            bench.stop();
            bench.rules("acme-tools", "PRIVATE").start();
            assertThat(bench.metrics.get("cornucopia.projects.hidden").gauge().value())
                    .as("it is meant now")
                    .isZero();
            assertThat(bench.ownProjects().get(1).hidesUpstream()).isTrue();
        }

        @Test
        @DisplayName("many own projects are listed whole")
        void many() {
            for (int i = 0; i < 300; i++) {
                bench.uploads.put("own-" + i, "1.0", "own-" + i + "-1.0.tar.gz");
            }
            bench.restart();

            assertThat(bench.ownProjects())
                    .hasSize(300)
                    .isSortedAccordingTo((a, b) -> a.name().compareTo(b.name()));
            assertThat(bench.ownProjects()).as("from memory").hasSize(300);
        }
    }

    @Nested
    class Pages {
        @BeforeEach
        void start() {
            bench.start();
        }

        @Test
        @DisplayName("C8 C10 a file of ours is described with everything that is known of it")
        void described() {
            bench.upload("acme-tools", "1.0", "acme_tools-1.0+local.1-py3-none-any.whl");

            DistributionFile file = bench.page("acme-tools").page().files().get(0);

            assertThat(file.url()).isEqualTo("cornucopia:/acme-tools/acme_tools-1.0%2Blocal.1-py3-none-any.whl");
            assertThat(file.digests())
                    .extracting(Digest::algorithm)
                    .containsExactlyInAnyOrder(HashAlgorithm.SHA256, HashAlgorithm.MD5)
                    .isSorted();
            assertThat(file.size()).hasValue(1234);
            assertThat(file.requiresPython()).contains(">=3.9");
            assertThat(file.uploadTime()).contains(MemoryUploads.UPLOADED);
            assertThat(file.yank()).isEmpty();
            assertThat(file.coreMetadata())
                    .flatMap(CoreMetadata::digest)
                    .contains(new Digest(HashAlgorithm.SHA256, "d".repeat(64)));
            assertThat(file.gpgSignature()).contains(false);
            assertThat(file.provenance()).isEmpty();
        }

        @Test
        @DisplayName("C7 versions are unique, normalised and in the order of PEP 440, files in that order")
        void versions() {
            bench.upload("acme-tools", "1.10", "acme_tools-1.10.tar.gz");
            bench.upload("acme-tools", "1.9", "acme_tools-1.9.tar.gz");
            bench.upload("acme-tools", "1.9", "acme_tools-1.9-py3-none-any.whl");
            bench.upload("acme-tools", "1.9-RC1", "acme_tools-1.9rc1.tar.gz");

            assertThat(bench.page("acme-tools").page().versions()).containsExactly("1.9rc1", "1.9", "1.10");
            assertThat(bench.filenames("acme-tools"))
                    .containsExactly(
                            "acme_tools-1.9rc1.tar.gz",
                            "acme_tools-1.9-py3-none-any.whl",
                            "acme_tools-1.9.tar.gz",
                            "acme_tools-1.10.tar.gz");
        }

        @Test
        @DisplayName("D2 D3 a page of ours is old at once, and its revision goes by its content alone")
        void revision(@TempDir Path elsewhere) {
            bench.upload("acme-tools", "1.0", "acme_tools-1.0.tar.gz");
            PageAnswer page = bench.page("acme-tools");
            assertThat(page.freshUntil()).isEqualTo(bench.clock.instant());
            assertThat(page.checkedAt()).isEqualTo(bench.clock.instant());

            try (Bench other = new Bench(elsewhere.resolve("meta")).start()) {
                other.upload("acme-tools", "1.0", "acme_tools-1.0.tar.gz");
                assertThat(other.page("acme-tools").revision()).isEqualTo(page.revision());
            }
            bench.uploads.yank("acme-tools", "acme_tools-1.0.tar.gz", "broken");
            bench.announce("acme-tools");
            assertThat(bench.page("acme-tools").revision()).isNotEqualTo(page.revision());
            assertThat(bench.page("acme-tools")
                            .page()
                            .files()
                            .get(0)
                            .yank()
                            .orElseThrow()
                            .reason())
                    .isEqualTo("broken");
        }

        @Test
        @DisplayName("A6 a quarantined project of ours offers no files and says so to whoever asks for one")
        void quarantined() {
            ProjectStatus quarantined = new ProjectStatus(ProjectStatus.Marker.QUARANTINED, Optional.of("malware"));
            bench.upload("acme-tools", "1.0", "acme_tools-1.0.tar.gz");
            bench.uploads.status("acme-tools", quarantined);
            bench.announce("acme-tools");

            assertThat(bench.page("acme-tools").page().status()).isEqualTo(quarantined);
            assertThat(bench.page("acme-tools").page().offeredFiles()).isEmpty();
            assertThat(Bench.await(bench.askFile("acme_tools-1.0.tar.gz", Effort.ANY_AGE))
                            .status())
                    .isEqualTo(quarantined);
        }
    }

    @Nested
    class Ambiguous {
        @Test
        @DisplayName("F2 F3 a file on another page whose name may be read as ours is neither listed nor had")
        void otherPage() {
            bench.index.page("acme", "\"1\"", "acme-1-1.tar.gz", "acme-2.0.tar.gz");
            bench.start();
            assertThat(bench.filenames("acme")).containsExactly("acme-1-1.tar.gz", "acme-2.0.tar.gz");
            assertThat(bench.projectOf("acme-1-1.tar.gz")).isEqualTo("acme");
            String before = bench.page("acme").revision();

            bench.upload("acme-1", "7", "acme-1-7.tar.gz");

            assertThat(bench.filenames("acme")).containsExactly("acme-2.0.tar.gz");
            assertThat(bench.page("acme").revision()).isNotEqualTo(before);
            assertThat(bench.fileFailure("acme-1-1.tar.gz")).isInstanceOf(Failure.NotFound.class);
            assertThat(bench.projectOf("acme-2.0.tar.gz")).isEqualTo("acme");
            assertThat(Bench.await(bench.askFile("acme-1-7.tar.gz", Effort.ANY_AGE)))
                    .satisfies(listed -> assertThat(listed.project().value()).isEqualTo("acme-1"))
                    .satisfies(listed -> assertThat(listed.origin()).isEqualTo(PageAnswer.Origin.OWN));
            assertUpstreamNeverHeardOf("acme-1");
        }

        @Test
        @DisplayName("F3 a file that upstream lists elsewhere and we have is ours")
        void clash() {
            bench.index.page("acme", "\"1\"", "acme-1-1.tar.gz");
            bench.start();
            bench.page("acme");
            bench.upload("acme-1", "1", "acme-1-1.tar.gz");

            ListedFile listed = Bench.await(bench.askFile("acme-1-1.tar.gz", Effort.ANY_AGE));
            assertThat(listed.project().value()).isEqualTo("acme-1");
            assertThat(listed.origin()).isEqualTo(PageAnswer.Origin.OWN);
        }

        @Test
        @DisplayName("F3 what upstream's pages taught leads to no file of a project that is ours by now")
        void taught() throws Exception {
            bench.start();
            bench.stop();
            Files.writeString(bench.directory.resolve(".filenames"), "strange.zip\tacme-tools\n");
            bench.start();
            bench.upload("acme-tools", "1.0", "acme_tools-1.0.tar.gz");

            assertThat(bench.fileFailure("strange.zip")).isInstanceOf(Failure.NotFound.class);
            assertUpstreamNeverHeardOf("acme-tools");
        }
    }

    @Nested
    class Root {
        private String root() {
            return bench.rootText(Representation.JSON);
        }

        @Test
        @DisplayName("A1 own projects are listed at once, reserved names without an upload never")
        void known() {
            bench.start();
            bench.page("acme-tools");
            assertThat(root()).contains("\"acme-tools\"");
            bench.stop();
            bench.rules("acme-*", "PRIVATE").start();

            assertThat(root()).doesNotContain("acme");
            bench.upload("acme-other", "1.0", "acme_other-1.0.tar.gz");
            assertThat(root()).contains("\"acme-other\"").doesNotContain("acme-tools");
            bench.upload("acme-tools", "1.0", "acme_tools-1.0.tar.gz");
            assertThat(root()).contains("\"acme-other\"", "\"acme-tools\"");
            bench.upload("mine", "1.0", "mine-1.0.tar.gz");
            assertThat(root()).contains("\"mine\"");
            bench.restart();
            assertThat(root()).contains("\"acme-other\"", "\"acme-tools\"", "\"mine\"");
        }

        @Test
        @DisplayName("A1 reserved names are left out of upstream's list; ours in it count as hidden")
        void upstreams() {
            bench.root = MetadataSettings.Root.UPSTREAM;
            bench.index.on(
                    "/simple/",
                    request -> ScriptedIndex.answer(
                            request,
                            ScriptedIndex.JSON,
                            "\"r\"",
                            Buffer.buffer("{\"meta\":{\"api-version\":\"1.1\"},\"projects\":[{\"name\":\"Acme.Tools\"},"
                                    + "{\"name\":\"six\"},{\"name\":\"mine\"}]}")));
            bench.rules("acme-*", "PRIVATE").start();
            String before = root();
            assertThat(before).contains("\"six\"", "\"mine\"").doesNotContainIgnoringCase("acme");
            bench.clock.advance(Bench.TTL);
            assertThat(root()).isEqualTo(before);

            bench.upload("acme-tools", "1.0", "acme_tools-1.0.tar.gz");
            bench.upload("mine", "1.0", "mine-1.0.tar.gz");
            assertThat(root()).contains("\"acme-tools\"", "\"six\"", "\"mine\"");
            assertThat(bench.ownProjects()).allMatch(OwnProject::hidesUpstream);
            assertThat(bench.metrics.get("cornucopia.projects.hidden").gauge().value())
                    .as("without a rule")
                    .isEqualTo(1);
            assertUpstreamNeverHeardOf("acme-tools", "mine");
        }

        @Test
        @DisplayName("a project that a rule gives to upstream is not listed for its uploads")
        void givenAway() {
            bench.uploads.put("six", "1.0", "six-1.0.tar.gz");
            bench.rules("six", "UPSTREAM").start();

            assertThat(root()).doesNotContain("six");
            assertThat(bench.ownProjects())
                    .containsExactly(new OwnProject(
                            new ProjectName("six"), Origin.UPSTREAM, true, false, ProjectStatus.ACTIVE, 1));
        }
    }

    @Test
    @DisplayName("news that come while uploads are being learned are not lost")
    void newsAtStart() {
        bench.start();
        for (int i = 0; i < 20; i++) {
            bench.uploads.put("p" + i, "1.0", "p" + i + "-1.0.tar.gz");
            Future<Void> heard =
                    Addresses.UPLOADS_CHANGED.publish(bench.vertx, new ProjectChanged(new ProjectName("p" + i)));
            Bench.await(heard);
            assertThat(bench.filenames("p" + i)).containsExactly("p" + i + "-1.0.tar.gz");
        }
    }
}
