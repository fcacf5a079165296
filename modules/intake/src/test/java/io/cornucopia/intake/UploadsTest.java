package io.cornucopia.intake;

import static io.cornucopia.intake.Bench.await;
import static io.cornucopia.intake.Bench.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.cornucopia.access.AuditLog;
import io.cornucopia.access.Permission;
import io.cornucopia.bus.Failure;
import io.cornucopia.bus.ManageQuery;
import io.cornucopia.bus.UploadAnswer;
import io.cornucopia.core.Digest;
import io.cornucopia.core.HashAlgorithm;
import io.cornucopia.core.OriginRules.Origin;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.ProjectStatus;
import io.cornucopia.core.UploadedFile;
import io.cornucopia.storage.Companion;
import io.cornucopia.testkit.GoldenFile;
import io.cornucopia.testkit.GoldenSdist;
import io.cornucopia.testkit.GoldenWheel;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UploadsTest {
    private static final GoldenFile WHEEL =
            GoldenWheel.of("Acme.Tools", "1.0").requiresPython(">=3.9").build();
    private static final GoldenFile SDIST =
            GoldenSdist.of("acme-tools", "1.0").requiresPython(">=3.8").build();
    private static final ProjectName PROJECT = new ProjectName("acme-tools");

    @TempDir
    Path directory;

    private Bench bench;

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    @DisplayName("E6 a wheel is described from what is in it, and its METADATA lies beside it byte for byte")
    void wheel() {
        bench = new Bench(directory);

        UploadAnswer answer = await(bench.sending(WHEEL)
                .with("requires_python", ">=2.7")
                .with("md5_digest", Bench.hash("MD5", WHEEL.bytes()).toUpperCase(Locale.ROOT))
                .with("blake2_256_digest", Bench.blake2(WHEEL.bytes()))
                .send());

        byte[] metadata = WHEEL.metadata().orElseThrow();
        UploadedFile expected = new UploadedFile(
                PROJECT,
                "1.0",
                WHEEL.filename(),
                WHEEL.size(),
                List.of(
                        new Digest(HashAlgorithm.SHA256, WHEEL.sha256()),
                        new Digest(HashAlgorithm.MD5, Bench.hash("MD5", WHEEL.bytes()))),
                Optional.of(">=3.9"),
                Instant.parse("2026-11-24T12:00:00.123456Z"),
                Optional.empty(),
                Optional.of(new Digest(HashAlgorithm.SHA256, Bench.hash("SHA-256", metadata))),
                false,
                false,
                "ci");
        assertThat(answer).isEqualTo(new UploadAnswer(expected, true));
        assertThat(bench.store.file(WHEEL.filename())).contains(expected);
        assertThat(bench.store.beside(WHEEL.filename()).keySet()).containsExactly(Companion.CORE_METADATA);
        assertThat(bench.store
                        .beside(WHEEL.filename())
                        .get(Companion.CORE_METADATA)
                        .getBytes())
                .isEqualTo(metadata);
        assertThat(bench.acts)
                .containsExactly(new AuditLog.Act(
                        Bench.NOW, "ci", "192.0.2.7", "upload", "acme-tools", WHEEL.filename(), "done", ""));
        assertThat(bench.counted("done")).isEqualTo(1);
        assertThat(bench.left()).isEmpty();
    }

    @Test
    @DisplayName("E6 an sdist is described from its PKG-INFO, and no metadata is offered beside it")
    void sdist() {
        bench = new Bench(directory);

        UploadedFile file =
                await(bench.sending(SDIST).with("filetype", "sdist").send()).file();

        assertThat(file.requiresPython()).contains(">=3.8");
        assertThat(file.coreMetadata()).isEmpty();
        assertThat(bench.store.beside(SDIST.filename())).isEmpty();
    }

    @Test
    @DisplayName("G7 an upload is announced, to those who know pages first, before it is answered")
    void announced() {
        bench = new Bench(directory);

        List<String> told = await(bench.sending(WHEEL).send().map(answered -> List.copyOf(bench.told)));

        assertThat(told).containsExactly("acme-tools");
    }

    @ParameterizedTest
    @DisplayName("G4 what the form leaves out is read from the file")
    @ValueSource(strings = {"name", "version", "name version", ":action", "protocol_version", "filetype pyversion"})
    void left_out(String fields) {
        bench = new Bench(directory);

        for (GoldenFile file : List.of(WHEEL, SDIST)) {
            assertThat(await(bench.sending(file).without(fields.split(" ")).send())
                            .file()
                            .project())
                    .isEqualTo(PROJECT);
        }
    }

    @Test
    @DisplayName("G4 an sdist whose name can be read in two ways belongs to the project that it says itself")
    void ambiguous() {
        bench = new Bench(directory);
        byte[] content = Archives.tarGz(tar -> Archives.put(
                tar, "a-1-1/PKG-INFO", Archives.text("Metadata-Version: 1.0\nName: a\nVersion: 1.post1\n")));

        assertThat(await(bench.sending("a-1-1.tar.gz", content).send()).file().project())
                .isEqualTo(new ProjectName("a"));
        assertThat(failure(bench.sending("a-1-1.tar.gz", content)
                        .by(Bench.principal("other", Map.of(Permission.UPLOAD, "a-1")))
                        .send()))
                .isInstanceOf(Failure.Forbidden.class);
    }

    @ParameterizedTest
    @DisplayName("G2 empty strings and UNKNOWN mean absent, fields that are not known are passed over")
    @ValueSource(strings = {"", "UNKNOWN"})
    void absent(String nothing) {
        bench = new Bench(directory);

        await(bench.sending(WHEEL)
                .with("filetype", nothing)
                .with("md5_digest", nothing)
                .with("name", nothing)
                .with("gpg_signature", nothing)
                .with("attestations", nothing)
                .with("shoe_size", "43")
                .with("classifiers", "A", "B", "C")
                .send());

        assertThat(bench.store.file(WHEEL.filename())).isPresent();
    }

    @ParameterizedTest
    @DisplayName("G2 a form that contradicts the protocol or the file is 400")
    @CsvSource({
        ":action,submit",
        "protocol_version,2",
        "filetype,sdist",
        "filetype,bdist_egg",
        "name,acme tools",
        "name,other",
        "version,one",
        "version,1.1",
        "md5_digest,00",
        "sha256_digest,xyz",
        "gpg_signature,hello",
        "attestations,{}"
    })
    void contradictions(String field, String value) {
        bench = new Bench(directory);

        refused(bench.sending(WHEEL).with(field, value), Failure.Invalid.class);
    }

    @Test
    @DisplayName("G2 a field with two different values is 400")
    void twice() {
        bench = new Bench(directory);

        refused(bench.sending(WHEEL).with("name", "acme-tools", "other"), Failure.Invalid.class);
    }

    @ParameterizedTest
    @DisplayName("G3 each digest that is given must match: 400 says which, and both values")
    @ValueSource(strings = {"md5_digest", "sha256_digest", "blake2_256_digest"})
    void wrong_digest(String field) {
        bench = new Bench(directory);
        String wrong = "0".repeat(field.equals("md5_digest") ? 32 : 64);

        Failure failure = refused(bench.sending(WHEEL).with(field, wrong), Failure.Invalid.class);

        assertThat(failure.message()).contains(field, wrong);
        if (field.equals("sha256_digest")) {
            assertThat(failure.message()).contains(WHEEL.sha256());
        }
    }

    @Test
    @DisplayName("G3 no digest at all is 400")
    void no_digest() {
        bench = new Bench(directory);

        assertThat(refused(bench.sending(WHEEL).without("sha256_digest"), Failure.Invalid.class)
                        .message())
                .contains("sha256_digest");
    }

    @Test
    @DisplayName("G5 names and versions are compared normalised; local versions are allowed")
    void normalised() {
        bench = new Bench(directory);
        GoldenFile local = GoldenWheel.of("acme", "1.0+Build.7").build();

        await(bench.sending(WHEEL)
                .with("name", "ACME_tools")
                .with("version", "v1.0.0")
                .send());
        await(bench.sending(local).with("version", "1.0+build-7").send());

        assertThat(bench.store.file(local.filename()).orElseThrow().version()).isEqualTo("1.0+Build.7");
    }

    @ParameterizedTest
    @DisplayName("G5 filenames that are none, or not of what may be uploaded, are 400")
    @ValueSource(
            strings = {
                "../acme-1.0.tar.gz",
                "acme-1.0-py3-none-any.whl\n",
                "acme.whl",
                "acme-one-py3-none-any.whl",
                "acme-1.0.egg",
                "acme-1.0.exe",
                "acme-1.0.tar.bz2",
                "acme-1.0.tgz",
                "acme.tar.gz",
                "acme-1.0.tar.gz.asc",
                ""
            })
    void filenames(String filename) {
        bench = new Bench(directory);

        refused(bench.sending(filename, WHEEL.bytes()), Failure.Invalid.class);
    }

    @Test
    @DisplayName("G6 a file that is in fact another project's or another version's is 400")
    void other_inside() {
        bench = new Bench(directory);

        refused(bench.sending("other-1.0-py3-none-any.whl", WHEEL.bytes()), Failure.Invalid.class);
        refused(bench.sending("acme_tools-2.0-py3-none-any.whl", WHEEL.bytes()), Failure.Invalid.class);
        refused(bench.sending("acme_tools-2.0.tar.gz", SDIST.bytes()), Failure.Invalid.class);
        refused(bench.sending("acme_tools-1.0.tar.gz", WHEEL.bytes()), Failure.Invalid.class);
        refused(bench.sending("acme_tools-1.0-py3-none-any.whl", SDIST.bytes()), Failure.Invalid.class);
    }

    @Test
    @DisplayName("G7 the same filename again, same bytes or not, is 409 File already exists")
    void again() {
        bench = new Bench(directory);
        await(bench.sending(WHEEL).send());
        GoldenFile other = GoldenWheel.of("acme-tools", "1.0").build();

        for (GoldenFile file : List.of(WHEEL, other)) {
            Failure failure = refused(bench.sending(file), Failure.Conflict.class);
            assertThat(failure.message()).isEqualTo("File already exists");
        }
        assertThat(bench.store.file(WHEEL.filename()).orElseThrow().sha256().hex())
                .isEqualTo(WHEEL.sha256());
        assertThat(bench.counted("conflict")).isEqualTo(2);
    }

    @Test
    @DisplayName("G7 with upload.identical: accept the same bytes again are no mistake, others are")
    void identical() {
        bench = new Bench(directory, Map.of(), IntakeSettings.Identical.ACCEPT);
        UploadAnswer first = await(bench.sending(WHEEL).send());

        assertThat(await(bench.sending(WHEEL).send())).isEqualTo(new UploadAnswer(first.file(), false));
        assertThat(failure(bench.sending(GoldenWheel.of("acme-tools", "1.0").build())
                        .send()))
                .isEqualTo(new Failure.Conflict("File already exists"));
        assertThat(bench.left()).isEmpty();
    }

    @Test
    @DisplayName("G7 of many uploads of one filename at the same moment one wins, and all others are 409")
    void one_winner() {
        bench = new Bench(directory);

        List<Future<UploadAnswer>> sent = IntStream.range(0, 20)
                .mapToObj(i -> bench.sending(WHEEL).send())
                .toList();
        await(Future.join(sent).otherwiseEmpty());

        assertThat(sent.stream().filter(Future::succeeded)).hasSize(1);
        assertThat(sent.stream().filter(Future::failed).map(Bench::failure))
                .hasSize(19)
                .containsOnly(new Failure.Conflict("File already exists"));
        assertThat(bench.left()).isEmpty();
        assertThat(bench.acts).hasSize(20);
    }

    @Test
    @DisplayName(
            "G8 the filename of a deleted file can never be used again, and no client takes that for a file to skip")
    void burned() {
        bench = new Bench(directory);
        await(bench.sending(WHEEL).send());
        await(bench.manage(new ManageQuery.Delete(
                Bench.actor(Bench.ANYBODY), PROJECT, new ManageQuery.Target.File(WHEEL.filename()))));

        Failure failure = refused(bench.sending(WHEEL), Failure.Conflict.class);

        assertThat(failure.message()).contains("deleted").doesNotContainIgnoringCase("already exists");
    }

    @Test
    @DisplayName("G12 a token that may not upload to the project is told so, with both names, before anything else")
    void forbidden() {
        bench = new Bench(directory);

        Failure failure = refused(
                bench.sending(WHEEL.filename(), new byte[0])
                        .by(Bench.principal("ci-of-others", Map.of(Permission.UPLOAD, "other-*"))),
                Failure.Forbidden.class);

        assertThat(failure.message()).contains("ci-of-others", "acme-tools");
        assertThat(bench.acts.get(0).outcome()).isEqualTo("forbidden");
    }

    @Test
    @DisplayName("an upload to a project that the settings give to upstream is refused, and names the setting")
    void of_upstream() {
        bench = new Bench(
                directory,
                Map.of("acme-*", Origin.UPSTREAM, "acme-tools-*", Origin.PRIVATE),
                IntakeSettings.Identical.CONFLICT);

        assertThat(refused(bench.sending(WHEEL), Failure.Forbidden.class).message())
                .contains("projects.acme-*.origin");
        await(bench.sending(GoldenWheel.of("acme-tools-more", "1").build()).send());
    }

    @Test
    @DisplayName("A6 uploads to archived and quarantined projects are refused, to deprecated ones not")
    void statuses() {
        bench = new Bench(directory);

        bench.store.setStatus(PROJECT, new ProjectStatus(ProjectStatus.Marker.ARCHIVED, Optional.empty()));
        refused(bench.sending(WHEEL), Failure.Forbidden.class);
        bench.store.setStatus(PROJECT, new ProjectStatus(ProjectStatus.Marker.QUARANTINED, Optional.empty()));
        refused(bench.sending(WHEEL), Failure.Quarantined.class);
        bench.store.setStatus(PROJECT, new ProjectStatus(ProjectStatus.Marker.DEPRECATED, Optional.empty()));
        await(bench.sending(WHEEL).send());
    }

    @Test
    @DisplayName("a signature that looks like one is kept beside the file")
    void signature() {
        bench = new Bench(directory);
        String armour = "-----BEGIN PGP SIGNATURE-----\n\niQ==\n-----END PGP SIGNATURE-----\n";

        UploadedFile file =
                await(bench.sending(WHEEL).with("gpg_signature", armour).send()).file();

        assertThat(file.hasSignature()).isTrue();
        assertThat(bench.store.beside(WHEEL.filename()).get(Companion.SIGNATURE).toString())
                .isEqualTo(armour);
    }

    @Test
    @DisplayName("I a zero-length file is 400")
    void empty() {
        bench = new Bench(directory);

        assertThat(refused(bench.sending(WHEEL.filename(), new byte[0]), Failure.Invalid.class)
                        .message())
                .contains("empty");
    }

    @Test
    @DisplayName("G11 a description of a mebibyte in the form and in the file, and 500 requires_dist, pass")
    void large_form() {
        bench = new Bench(directory);
        String description = "words of a long description\n".repeat(40_000);
        Map<String, byte[]> entries = Archives.wheelEntries();
        entries.put(
                "acme-1.0.dist-info/METADATA",
                Archives.text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n\n" + description));

        await(bench.sending(Archives.WHEEL, Archives.zip(entries))
                .with("description", description)
                .with(
                        "requires_dist",
                        Stream.generate(() -> "other>=1").limit(500).toArray(String[]::new))
                .send());
    }

    @Test
    @DisplayName("a store that fails is a fault of ours, and nothing is left")
    void store_fails() {
        bench = new Bench(directory);
        bench.store.fault = Optional.of(new IOException("No space left on device"));

        assertThat(failure(bench.sending(WHEEL).send())).isInstanceOf(Failure.Internal.class);
        assertThat(bench.left()).isEmpty();
        assertThat(bench.acts.get(0).outcome()).isEqualTo("internal");
        assertThat(bench.counted("internal")).isEqualTo(1);
        assertThat(bench.told).isEmpty();
    }

    @Test
    @DisplayName("a node that is slow to hear holds up the answer")
    void heard_before_answered() {
        bench = new Bench(directory);
        Promise<Void> heard = Promise.promise();
        bench.heard = heard.future();

        Future<UploadAnswer> answer = bench.sending(WHEEL).send();
        Awaitility.await().untilAsserted(() -> assertThat(bench.told).containsExactly("acme-tools"));
        assertThat(answer.isComplete()).isFalse();
        heard.complete();

        assertThat(await(answer).isNew()).isTrue();
    }

    @Test
    @DisplayName("a file that a dead node had not told of is told of by whoever comes upon it, before the refusal")
    void finished_for_a_dead_node() {
        bench = new Bench(directory);
        await(bench.sending(WHEEL).send());
        bench.told.clear();
        bench.store.unfinished = true;

        assertThat(failure(bench.sending(WHEEL).send())).isInstanceOf(Failure.Conflict.class);

        assertThat(bench.told).containsExactly("acme-tools");
    }

    private Failure refused(Bench.Sending sending, Class<? extends Failure> kind) {
        int acts = bench.acts.size();
        int told = bench.told.size();
        Failure failure = failure(sending.send());
        assertThat(failure).isInstanceOf(kind);
        assertThat(bench.left()).isEmpty();
        assertThat(bench.told).hasSize(told);
        assertThat(bench.acts).hasSize(acts + 1);
        assertThat(bench.acts.get(acts).reason()).isEqualTo(failure.message());
        return failure;
    }
}
