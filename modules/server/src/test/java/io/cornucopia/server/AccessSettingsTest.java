package io.cornucopia.server;

import static io.cornucopia.server.Given.problems;
import static io.cornucopia.server.Given.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cornucopia.access.Permission;
import io.cornucopia.access.TokenSecret;
import io.cornucopia.core.OriginRules;
import io.cornucopia.core.ProjectName;
import io.cornucopia.http.HttpSettings;
import io.cornucopia.intake.IntakeSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may do what, and which projects are ours. */
class AccessSettingsTest {
    private static final String HASH = "sha256:" + "ab".repeat(32);
    private static final String OTHER_HASH = "sha256:" + "cd".repeat(32);

    @TempDir
    Path directory;

    private Path file(String yaml) throws IOException {
        return Files.writeString(directory.resolve("c.yaml"), yaml);
    }

    private List<String> problemsOf(String yaml) throws IOException {
        Path file = file(yaml);
        return catchThrowableOfType(SettingsException.class, () -> Settings.of(Optional.of(file), Map.of(), List.of()))
                .problems()
                .stream()
                .map(problem -> problem.replace(file.toString(), "FILE"))
                .toList();
    }

    private static ProjectName project(String name) {
        return ProjectName.parse(name).orElseThrow();
    }

    @Test
    @DisplayName("out of the box there are no uploads, everybody may read, and nobody's project is anybody's")
    void uploadDefaults() throws SettingsException {
        Settings settings = set();
        assertThat(settings.uploadsAreOn()).isFalse();
        assertThat(settings.tokens()).isEmpty();
        assertThat(settings.http().upload()).isEqualTo(new HttpSettings.Upload(false, 1L << 31));
        assertThat(settings.http().readers()).isEqualTo(HttpSettings.Readers.ANONYMOUS);
        assertThat(settings.http().tls()).isEmpty();
        assertThat(settings.intake().identical()).isEqualTo(IntakeSettings.Identical.CONFLICT);
        assertThat(settings.intake().origins().rule(project("acme"))).isEmpty();
        assertThat(settings.uploadStore())
                .isEqualTo(new StoreLocation.Directory(Path.of("data").toAbsolutePath()));
    }

    @Test
    @DisplayName("one variable turns uploads on: a token that may do everything")
    void uploadToken() throws SettingsException {
        Settings settings = Settings.of(
                Optional.empty(),
                Map.of("CORNUCOPIA_UPLOAD_TOKEN", "s3cret", "CORNUCOPIA_TOKEN", "for commands"),
                List.of("access.read=token"));
        assertThat(settings.uploadsAreOn()).isTrue();
        assertThat(settings.http().readers()).isEqualTo(HttpSettings.Readers.TOKEN);
        assertThat(settings.tokens()).singleElement().satisfies(token -> {
            assertThat(token.principal().name()).isEqualTo("upload-token");
            assertThat(token.hash()).isEqualTo(new TokenSecret("s3cret").hash());
            assertThat(Permission.values())
                    .allMatch(permission -> token.principal().may(permission, project("any")));
        });
        assertThat(settings.toYaml()).doesNotContain("s3cret");
        assertThat(Settings.of(
                                Optional.empty(),
                                Map.of("CORNUCOPIA_UPLOAD_TOKEN", "s3cret"),
                                List.of("upload.enabled=false"))
                        .uploadsAreOn())
                .isFalse();
    }

    @Test
    @DisplayName("tokens: in the file as a map, on the command line by dots; a later place overrides part by part")
    void tokens() throws Exception {
        Path file = file("""
                access:
                  tokens:
                    ci:
                      hash: %s
                      upload: [Acme_*, other]
                      expires: 2031-02-03
                      publisher:
                        kind: GitHub
                        repository: acme/tools
                """.formatted(HASH));
        Settings settings = Settings.of(
                Optional.of(file), Map.of(), List.of("access.tokens.ci.read=*", "access.tokens.ci.upload=acme-*"));
        assertThat(settings.uploadsAreOn()).isTrue();
        assertThat(settings.tokens()).singleElement().satisfies(token -> {
            assertThat(token.expires()).contains(Instant.parse("2031-02-03T00:00:00Z"));
            assertThat(token.principal().publisher()).contains(Map.of("kind", "GitHub", "repository", "acme/tools"));
            assertThat(token.principal().may(Permission.UPLOAD, project("Acme.Tools")))
                    .isTrue();
            assertThat(token.principal().may(Permission.UPLOAD, project("other")))
                    .isFalse();
            assertThat(token.principal().may(Permission.READ, project("other"))).isTrue();
            assertThat(token.principal().may(Permission.MANAGE)).isFalse();
        });
        Settings again = Settings.of(Optional.of(file(settings.toYaml())), Map.of(), List.of());
        assertThat(again.tokens()).isEqualTo(settings.tokens());
        assertThat(again.toYaml()).isEqualTo(settings.toYaml());
    }

    @ParameterizedTest
    @CsvSource({
        "2031-02-03T04:05:06Z,2031-02-03T04:05:06Z",
        "2031-02-03T04:05,2031-02-03T04:05:00Z",
        "2031-02-03T04:05:06+01:00,2031-02-03T03:05:06Z"
    })
    void expiries(String text, String instant) throws SettingsException {
        assertThat(set("access.tokens.ci.hash=" + HASH, "access.tokens.ci.read=*", "access.tokens.ci.expires=" + text)
                        .tokens())
                .singleElement()
                .satisfies(token -> assertThat(token.expires()).contains(Instant.parse(instant)));
    }

    @Test
    @DisplayName("a token that has expired is a warning, no mistake")
    void expired() throws SettingsException {
        Settings settings =
                set("access.tokens.ci.hash=" + HASH, "access.tokens.ci.read=*", "access.tokens.ci.expires=2001-01-01");
        assertThat(settings.warnings()).containsExactly("the token ci expired at 2001-01-01T00:00:00Z and is refused");
    }

    @Test
    @DisplayName("every mistake in a token is one line")
    void tokenMistakes() throws IOException {
        String hash = "access.tokens.ci.hash=" + HASH;
        String read = "access.tokens.ci.read=*";
        assertThat(problems(read))
                .containsExactly(
                        "--set: access.tokens.ci: has no hash; \"token create ci\" makes a token and prints its"
                                + " hash");
        assertThat(problems(hash))
                .containsExactly(
                        "--set: access.tokens.ci: may do nothing; name projects (or *) in access.tokens.ci.read,"
                                + " .upload or .manage");
        assertThat(problems(hash, "access.tokens.ci.read="))
                .singleElement()
                .asString()
                .contains("may do nothing");
        assertThat(problems(read, "access.tokens.ci.hash=the-secret-itself"))
                .singleElement()
                .asString()
                .startsWith("--set: access.tokens.ci.hash: \"***\" is not a hash; write sha256: and 64")
                .doesNotContain("the-secret-itself");
        assertThat(problems(hash, "access.tokens.ci.upload=*-acme"))
                .containsExactly(
                        "--set: access.tokens.ci.upload: \"*-acme\" is not a project's name or a pattern; write"
                                + " acme-tools, acme-* or *, with a * at the end only");
        assertThat(problems(hash, read, "access.tokens.ci.expires=soon"))
                .containsExactly("--set: access.tokens.ci.expires: \"soon\" is not a date; write 2027-01-31, or"
                        + " 2027-01-31T12:00:00Z");
        assertThat(problems(hash, "access.tokens.ci.uplaod=*"))
                .contains("--set: access.tokens.ci.uplaod: there is no such setting; did you mean"
                        + " access.tokens.ci.upload?");
        assertThat(problems(hash, read, "access.token.ci.upload=*"))
                .containsExactly("--set: access.token.ci.upload: there is no such setting; did you mean"
                        + " access.tokens.ci.upload?");
        assertThat(problems(hash, read, "access.tokens.c i.read=*"))
                .containsExactly("--set: access.tokens.c i.read: \"c i\" is not a token's name; take letters, digits, -"
                        + " and _, at most 64");
        assertThat(problems(hash, read, "access.tokens.ci2.hash=" + HASH, "access.tokens.ci2.read=*"))
                .containsExactly("the tokens ci and ci2 have the same hash; make a token of its own for each");
        assertThat(problems(
                        "upload.token=x",
                        "access.tokens.upload-token.hash=" + HASH,
                        "access.tokens.upload-token.read=*"))
                .containsExactly("there are two tokens named upload-token; rename one of them");
        assertThat(problemsOf("access:\n  tokens:\n    ci: what\n"))
                .singleElement()
                .asString()
                .startsWith("FILE: access.tokens.ci: there is no such setting");
        assertThat(catchThrowableOfType(
                                SettingsException.class,
                                () -> Settings.of(
                                        Optional.empty(), Map.of("CORNUCOPIA_ACCESS_TOKENS_CI_HASH", HASH), List.of()))
                        .problems())
                .containsExactly("CORNUCOPIA_ACCESS_TOKENS_CI_HASH: rules for projects and tokens cannot be set by the"
                        + " environment; write them in the configuration file, or with --set");
    }

    @Test
    @DisplayName("a file of tokens is read and checked as the configuration is")
    void tokenFile() throws Exception {
        Path tokens = Files.writeString(
                directory.resolve("tokens.yaml"), "ci:\n  hash: " + HASH + "\n  upload: ['acme-*']\n");
        Settings settings = set("access.token_file=" + tokens);
        assertThat(settings.uploadsAreOn()).isTrue();
        assertThat(settings.tokens()).isEmpty();
        assertThat(settings.tokensOfFile())
                .singleElement()
                .satisfies(token -> assertThat(token.principal().name()).isEqualTo("ci"));
        assertThat(problems(
                        "access.token_file=" + tokens,
                        "access.tokens.ci.hash=" + OTHER_HASH,
                        "access.tokens.ci.read=*"))
                .containsExactly(tokens + ": there are two tokens named ci; rename one of them");
        Files.writeString(tokens, "ci:\n  hsh: x\n");
        assertThat(problems("access.token_file=" + tokens))
                .containsExactly(tokens + ": ci.hsh: there is no such setting; did you mean ci.hash?");
        Files.writeString(tokens, "ci: [");
        assertThat(problems("access.token_file=" + tokens))
                .singleElement()
                .asString()
                .startsWith(tokens + ": is not YAML");
        Files.delete(tokens);
        assertThat(problems("access.token_file=" + tokens))
                .containsExactly("access.token_file: " + tokens + ": there is no such file");
        // What is not in the file yet may come.
        Files.writeString(tokens, "# nobody yet\n");
        assertThat(set("access.token_file=" + tokens, "access.read=token", "upload.enabled=true")
                        .uploadsAreOn())
                .isTrue();
    }

    @Test
    @DisplayName("rules for projects: a map in the file, dots on the command line, any spelling of a name")
    void origins() throws Exception {
        Path file = file("projects:\n  Acme_*:\n    origin: private\n  acme.fork:\n    origin: upstream\n"
                + "access:\n  tokens:\n");
        Settings settings = Settings.of(
                Optional.of(file),
                Map.of(),
                List.of("projects.acme.tools.origin=merged", "projects.*.origin=upstream"));
        OriginRules origins = settings.metadata().origins();
        assertThat(origins.rule(project("acme-x"))).contains(OriginRules.Origin.PRIVATE);
        assertThat(origins.rule(project("acme-tools"))).contains(OriginRules.Origin.MERGED);
        assertThat(origins.rule(project("acme-fork"))).contains(OriginRules.Origin.UPSTREAM);
        assertThat(origins.rule(project("requests"))).contains(OriginRules.Origin.UPSTREAM);
        assertThat(settings.intake().origins().rule(project("acme-tools"))).contains(OriginRules.Origin.MERGED);
        // The command line overrides the file, whichever way it spells the name.
        assertThat(Settings.of(Optional.of(file), Map.of(), List.of("projects.acme-*.origin=merged"))
                        .intake()
                        .origins()
                        .rule(project("acme-x")))
                .contains(OriginRules.Origin.MERGED);
        assertThat(Settings.of(Optional.of(file(settings.toYaml())), Map.of(), List.of())
                        .toYaml())
                .isEqualTo(settings.toYaml());
    }

    @Test
    @DisplayName("every mistake in a rule is one line")
    void originMistakes() throws IOException {
        assertThat(problems("projects.acme.origin=ours"))
                .containsExactly("--set: projects.acme.origin: \"ours\" is not private or merged or upstream");
        assertThat(problems("projects.*-acme.origin=private"))
                .singleElement()
                .asString()
                .startsWith("--set: projects.*-acme.origin: \"*-acme\" is not a project's name or a pattern");
        assertThat(problems("projects.acme.orign=private"))
                .containsExactly("--set: projects.acme.orign: there is no such setting; did you mean"
                        + " projects.acme.origin?");
        assertThat(problems("project.acme-*.origin=private"))
                .containsExactly("--set: project.acme-*.origin: there is no such setting; did you mean"
                        + " projects.acme-*.origin?");
        assertThat(problemsOf("projects:\n  acme: private\n"))
                .containsExactly("FILE: projects.acme: there is no such setting; did you mean projects.acme.origin?");
        assertThat(problemsOf("projects:\n  Acme_*: {origin: private}\n  acme-*: {origin: merged}\n"))
                .containsExactly("FILE: projects.Acme_*.origin and projects.acme-*.origin are two spellings of"
                        + " projects.acme-*.origin; keep one of them");
    }

    @Test
    @DisplayName("what nobody could ever use is refused")
    void unreachable() {
        assertThat(problems("access.read=token"))
                .singleElement()
                .asString()
                .startsWith("access.read: token, but there is no token that may read");
        assertThat(problems("access.read=token", "access.tokens.ci.hash=" + HASH, "access.tokens.ci.upload=*"))
                .as("reading is a permission of its own")
                .singleElement()
                .asString()
                .contains("no token that may read");
        assertThat(problems("upload.enabled=true"))
                .singleElement()
                .asString()
                .startsWith("upload.enabled: true, but there is no token that may upload");
        assertThat(problems("server.tls.cert=c.pem"))
                .containsExactly("server.tls.cert and server.tls.key go together: set both, or neither");
        assertThat(problems("server.tls.key=k.pem")).singleElement().asString().contains("go together");
        assertThat(problems("upload.max_file_size=none"))
                .singleElement()
                .asString()
                .contains("upload.max_file_size: \"none\" is not a size");
        assertThat(problems("upload.max_file_size=0B"))
                .singleElement()
                .asString()
                .contains("is not a size");
    }
}
