package io.cornucopia.intake;

import static io.cornucopia.intake.Bench.actor;
import static io.cornucopia.intake.Bench.await;
import static io.cornucopia.intake.Bench.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.cornucopia.access.AuditLog;
import io.cornucopia.access.Permission;
import io.cornucopia.bus.Actor;
import io.cornucopia.bus.Failure;
import io.cornucopia.bus.ManageAnswer;
import io.cornucopia.bus.ManageQuery;
import io.cornucopia.bus.ManageQuery.Target;
import io.cornucopia.core.OriginRules.Origin;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.ProjectStatus;
import io.cornucopia.core.UploadedFile;
import io.cornucopia.core.Yank;
import io.cornucopia.testkit.GoldenFile;
import io.cornucopia.testkit.GoldenSdist;
import io.cornucopia.testkit.GoldenWheel;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManagementTest {
    private static final ProjectName ACME = new ProjectName("acme");
    private static final GoldenFile WHEEL = GoldenWheel.of("acme", "1.0").build();
    private static final GoldenFile SDIST = GoldenSdist.of("acme", "1.0.0").build();
    private static final GoldenFile OTHER = GoldenWheel.of("acme", "1.1").build();
    private static final Actor ANYBODY = actor(Bench.ANYBODY);

    @TempDir
    Path directory;

    private Bench bench;

    @BeforeEach
    void open() {
        bench = new Bench(
                directory,
                Map.of("theirs-*", Origin.UPSTREAM, "shared", Origin.MERGED),
                IntakeSettings.Identical.CONFLICT);
        for (GoldenFile file : List.of(WHEEL, SDIST, OTHER)) {
            await(bench.sending(file).send());
        }
        bench.acts.clear();
        bench.told.clear();
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    @DisplayName("a release is yanked with all its files, however its version is spelt, and un-yanked")
    void release() {
        ManageAnswer answer =
                await(bench.manage(yank(new Target.Release("v1"), Optional.of(new Yank("broken on Mondays")))));

        assertThat(answer.filenames()).containsExactlyInAnyOrder(WHEEL.filename(), SDIST.filename());
        assertThat(yanked(WHEEL)).contains(new Yank("broken on Mondays"));
        assertThat(yanked(SDIST)).contains(new Yank("broken on Mondays"));
        assertThat(yanked(OTHER)).isEmpty();
        assertThat(bench.told).containsExactly("acme");
        assertThat(bench.acts)
                .containsExactly(new AuditLog.Act(Bench.NOW, "ci", "192.0.2.7", "yank", "acme", "v1", "done", ""));

        await(bench.manage(yank(new Target.Release("1.0"), Optional.empty())));

        assertThat(yanked(WHEEL)).isEmpty();
        assertThat(bench.acts.get(1).action()).isEqualTo("unyank");
    }

    @Test
    @DisplayName("one file is yanked, without a reason")
    void file() {
        await(bench.manage(yank(new Target.File(WHEEL.filename()), Optional.of(new Yank("")))));

        assertThat(yanked(WHEEL)).contains(new Yank(""));
        assertThat(yanked(SDIST)).isEmpty();
    }

    @Test
    @DisplayName("G8 a release is deleted with all its files, and that is announced")
    void delete() {
        ManageAnswer answer = await(bench.manage(new ManageQuery.Delete(ANYBODY, ACME, new Target.Release("1.0"))));

        assertThat(answer.filenames()).containsExactlyInAnyOrder(WHEEL.filename(), SDIST.filename());
        assertThat(bench.store.file(WHEEL.filename())).isEmpty();
        assertThat(bench.store.file(OTHER.filename())).isPresent();
        assertThat(bench.told).containsExactly("acme");
    }

    @Test
    @DisplayName("what is not there is 404, a version that is none 400, and nothing is announced")
    void not_there() {
        refused(yank(new Target.Release("3"), Optional.empty()), Failure.NotFound.class);
        refused(yank(new Target.Release("three"), Optional.empty()), Failure.Invalid.class);
        refused(new ManageQuery.Delete(ANYBODY, ACME, new Target.File("acme-3.tar.gz")), Failure.NotFound.class);
        refused(
                new ManageQuery.Delete(ANYBODY, new ProjectName("other"), new Target.File(WHEEL.filename())),
                Failure.NotFound.class);
    }

    @Test
    @DisplayName("a token that may not manage the project is told so, whether or not it exists")
    void forbidden() {
        Actor uploader = actor(Bench.principal("uploader", Map.of(Permission.UPLOAD, "*", Permission.MANAGE, "other")));
        for (ProjectName project : List.of(ACME, new ProjectName("nothing"))) {
            Failure failure = refused(
                    new ManageQuery.Delete(uploader, project, new Target.Release("1.0")), Failure.Forbidden.class);
            assertThat(failure.message()).contains("uploader", project.value());
        }
        assertThat(bench.acts).extracting(AuditLog.Act::outcome).containsExactly("forbidden", "forbidden");
    }

    @Test
    @DisplayName("I a reason with line breaks or control characters, or without end, is 400")
    void reasons() {
        for (String reason : List.of("a\r\nSet-Cookie: b", "a\0b", "a\u0085b", "a".repeat(1_001))) {
            refused(yank(new Target.Release("1.0"), Optional.of(new Yank(reason))), Failure.Invalid.class);
            refused(status(ACME, ProjectStatus.Marker.ARCHIVED, Optional.of(reason)), Failure.Invalid.class);
        }
    }

    @Test
    @DisplayName("A6 a status is set on projects of ours: by upload or by rule; not on others, not on upstream's")
    void statuses() {
        await(bench.manage(status(ACME, ProjectStatus.Marker.DEPRECATED, Optional.of("use acne"))));
        await(bench.manage(status(new ProjectName("shared"), ProjectStatus.Marker.QUARANTINED, Optional.empty())));

        assertThat(await(bench.store.read(ACME)).status())
                .contains(new ProjectStatus(ProjectStatus.Marker.DEPRECATED, Optional.of("use acne")));
        assertThat(bench.told).contains("acme", "shared");
        assertThat(bench.acts.get(0).subject()).isEqualTo("deprecated");
        refused(
                status(new ProjectName("unheard-of"), ProjectStatus.Marker.ARCHIVED, Optional.empty()),
                Failure.NotFound.class);
        assertThat(refused(
                                status(new ProjectName("theirs-too"), ProjectStatus.Marker.ARCHIVED, Optional.empty()),
                                Failure.Conflict.class)
                        .message())
                .contains("projects.theirs-*.origin");
    }

    @Test
    @DisplayName("acts on one project happen one after the other, in the order in which they came")
    void in_order() {
        List<Future<ManageAnswer>> acts = List.of(
                bench.manage(yank(new Target.Release("1.0"), Optional.of(new Yank("first")))),
                bench.manage(yank(new Target.Release("7"), Optional.of(new Yank("refused")))),
                bench.manage(yank(new Target.Release("1.0"), Optional.empty())),
                bench.manage(yank(new Target.Release("1.0"), Optional.of(new Yank("last")))));
        await(Future.join(acts).otherwiseEmpty());

        assertThat(yanked(WHEEL)).contains(new Yank("last"));
        assertThat(acts.stream().filter(Future::failed)).hasSize(1);
        assertThat(bench.store.updates)
                .extracting(file -> file.yank().map(Yank::reason).orElse("none"))
                .containsExactly("first", "first", "none", "none", "last", "last");
    }

    private Optional<Yank> yanked(GoldenFile file) {
        return bench.store.file(file.filename()).flatMap(UploadedFile::yank);
    }

    private Failure refused(ManageQuery query, Class<? extends Failure> kind) {
        int told = bench.told.size();
        Failure failure = failure(bench.manage(query));
        assertThat(failure).isInstanceOf(kind);
        assertThat(bench.told).hasSize(told);
        assertThat(bench.acts).last().extracting(AuditLog.Act::reason).isEqualTo(failure.message());
        return failure;
    }

    private static ManageQuery yank(Target target, Optional<Yank> yank) {
        return new ManageQuery.SetYank(ANYBODY, ACME, target, yank);
    }

    private static ManageQuery status(ProjectName project, ProjectStatus.Marker marker, Optional<String> reason) {
        return new ManageQuery.SetStatus(ANYBODY, project, new ProjectStatus(marker, reason));
    }
}
