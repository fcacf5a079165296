package io.cornucopia.intake;

import static io.cornucopia.intake.Bench.await;
import static io.cornucopia.intake.Bench.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.cornucopia.access.Principal;
import io.cornucopia.bus.Failure;
import io.cornucopia.core.UploadedFile;
import io.cornucopia.storage.Companion;
import io.cornucopia.testkit.GoldenFile;
import io.cornucopia.testkit.GoldenWheel;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AttestationsTest {
    private static final GoldenFile WHEEL = GoldenWheel.of("acme", "1.0").build();
    private static final Principal PUBLISHER = new Principal(
            "ci",
            Bench.ANYBODY.allowed(),
            Optional.of(Map.of("kind", "GitHub", "repository", "acme/acme", "workflow", "release.yml")));

    @TempDir
    Path directory;

    private Bench bench;

    @BeforeEach
    void open() {
        bench = new Bench(directory);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    @DisplayName("E7 attestations of a token with a publisher become the file's provenance")
    void provenance() {
        JsonArray attestations = attestations(statement -> {});

        UploadedFile file = await(bench.sending(WHEEL)
                        .by(PUBLISHER)
                        .with("attestations", attestations.encode())
                        .send())
                .file();

        assertThat(file.hasProvenance()).isTrue();
        assertThat(bench.store.beside(WHEEL.filename())).doesNotContainKey(Companion.ATTESTATIONS);
        assertThat(bench.store
                        .beside(WHEEL.filename())
                        .get(Companion.PROVENANCE)
                        .toJsonObject())
                .isEqualTo(new JsonObject()
                        .put("version", 1)
                        .put(
                                "attestation_bundles",
                                new JsonArray()
                                        .add(new JsonObject()
                                                .put(
                                                        "publisher",
                                                        new JsonObject()
                                                                .put("kind", "GitHub")
                                                                .put("repository", "acme/acme")
                                                                .put("workflow", "release.yml"))
                                                .put("attestations", attestations))));
    }

    @Test
    @DisplayName("E7 attestations of a token without a publisher are kept, and are no provenance")
    void kept() {
        JsonArray attestations = attestations(statement -> {});

        UploadedFile file = await(bench.sending(WHEEL)
                        .with("attestations", attestations.encode())
                        .send())
                .file();

        assertThat(file.hasProvenance()).isFalse();
        assertThat(bench.store.beside(WHEEL.filename())).doesNotContainKey(Companion.PROVENANCE);
        assertThat(bench.store
                        .beside(WHEEL.filename())
                        .get(Companion.ATTESTATIONS)
                        .toJsonArray())
                .isEqualTo(attestations);
    }

    @Test
    @DisplayName("E7 a subject in another spelling of the filename, and SLSA provenance, are taken")
    void spellings() {
        JsonArray attestations = attestations(statement -> {
            statement.put("predicateType", "https://slsa.dev/provenance/v1");
            subject(statement).put("name", "ACME-1.0.0-py3-none-any.whl");
        });

        await(bench.sending(WHEEL).with("attestations", attestations.encode()).send());
    }

    @ParameterizedTest
    @DisplayName("E7 what is not an array of attestations is 400")
    @ValueSource(
            strings = {
                "null",
                "{}",
                "[]",
                "[",
                "[null]",
                "[1]",
                "[[]]",
                "[{}]",
                "[{\"version\":2}]",
                "[{\"version\":\"1\"}]",
                "[{\"version\":1,\"verification_material\":[]}]",
                "[{\"version\":1,\"verification_material\":{\"certificate\":\"?\"}}]",
                "[{\"version\":1,\"verification_material\":{\"certificate\":\"QQ==\",\"transparency_entries\":[]}}]",
                "[{\"version\":1,\"verification_material\":{\"certificate\":\"QQ==\",\"transparency_entries\":[1]}}]",
                "[{\"version\":1,\"verification_material\":{\"certificate\":\"QQ==\",\"transparency_entries\":[{}]}}]",
                "[{\"version\":1,\"verification_material\":{\"certificate\":\"QQ==\",\"transparency_entries\":[{}]},"
                        + "\"envelope\":{\"signature\":\"QQ==\",\"statement\":\"QQ==\"}}]",
                "[{\"version\":1,\"verification_material\":{\"certificate\":\"QQ==\",\"transparency_entries\":[{}]},"
                        + "\"envelope\":{\"signature\":\"QQ==\",\"statement\":\"bnVsbA==\"}}]"
            })
    void malformed(String json) {
        refused(json);
    }

    @Test
    @DisplayName("E7 attestations nested beyond reason are 400")
    void deep() {
        refused("[".repeat(100_000));
    }

    @Test
    @DisplayName("E7 attestations of another file, or twice of the same kind, are 400")
    void of_another_file() {
        refused(statement -> subject(statement).put("name", "acme-1.1-py3-none-any.whl"));
        refused(statement -> subject(statement).put("name", "acme-1.0-py2-none-any.whl"));
        refused(statement -> subject(statement).put("name", "acme-1.0.tar.gz"));
        refused(statement -> subject(statement).getJsonObject("digest").put("sha256", "0".repeat(64)));
        refused(statement -> subject(statement).remove("digest"));
        refused(statement -> statement.getJsonArray("subject").add(subject(statement)));
        refused(statement -> statement.put("_type", "https://in-toto.io/Statement/v0.1"));
        refused(statement -> statement.put("predicateType", "https://example.org/other"));
        JsonArray attestations = attestations(statement -> {});
        refused(attestations.add(attestations.getJsonObject(0)).encode());
    }

    private void refused(Consumer<JsonObject> change) {
        refused(attestations(change).encode());
    }

    private void refused(String json) {
        Failure failure =
                failure(bench.sending(WHEEL).with("attestations", json).send());
        assertThat(failure).isInstanceOf(Failure.Invalid.class);
        assertThat(failure.message()).startsWith("Invalid attestations: ");
        assertThat(bench.store.file(WHEEL.filename())).isEmpty();
        assertThat(bench.left()).isEmpty();
    }

    private static JsonObject subject(JsonObject statement) {
        return statement.getJsonArray("subject").getJsonObject(0);
    }

    private static JsonArray attestations(Consumer<JsonObject> change) {
        JsonObject statement = new JsonObject()
                .put("_type", "https://in-toto.io/Statement/v1")
                .put(
                        "subject",
                        new JsonArray()
                                .add(new JsonObject()
                                        .put("name", WHEEL.filename())
                                        .put("digest", new JsonObject().put("sha256", WHEEL.sha256()))))
                .put("predicateType", "https://docs.pypi.org/attestations/publish/v1")
                .putNull("predicate");
        change.accept(statement);
        JsonObject attestation = new JsonObject()
                .put("version", 1)
                .put(
                        "verification_material",
                        new JsonObject()
                                .put("certificate", "QUJD")
                                .put(
                                        "transparency_entries",
                                        new JsonArray().add(new JsonObject().put("logIndex", "123456789012"))))
                .put(
                        "envelope",
                        new JsonObject()
                                .put(
                                        "statement",
                                        Base64.getEncoder()
                                                .encodeToString(
                                                        statement.encode().getBytes(StandardCharsets.UTF_8)))
                                .put("signature", "QUJD\n"));
        return new JsonArray().add(attestation);
    }
}
