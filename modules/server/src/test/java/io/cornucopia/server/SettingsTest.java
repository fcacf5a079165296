package io.cornucopia.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cornucopia.access.Permission;
import io.cornucopia.access.TokenSecret;
import io.cornucopia.cluster.ClusterSettings;
import io.cornucopia.cluster.HostPort;
import io.cornucopia.core.OriginRules;
import io.cornucopia.core.ProjectName;
import io.cornucopia.http.HttpSettings;
import io.cornucopia.intake.IntakeSettings;
import io.cornucopia.storage.BucketSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
    @TempDir
    Path directory;

    private static Settings set(String... assignments) throws SettingsException {
        return Settings.of(Optional.empty(), Map.of(), List.of(assignments));
    }

    private static List<String> problems(String... assignments) {
        return catchThrowableOfType(SettingsException.class, () -> set(assignments))
                .problems();
    }

    private Path file(String yaml) throws IOException {
        return Files.writeString(directory.resolve("c.yaml"), yaml);
    }

    @Test
    @DisplayName("the defaults are those of the contract")
    void defaults() throws SettingsException {
        Settings settings = set();
        assertThat(settings.get(Keys.PORT)).isEqualTo(8080);
        assertThat(settings.get(Keys.UPSTREAM_URL)).hasToString("https://pypi.org/simple/");
        assertThat(settings.get(Keys.FILE_HOSTS)).containsExactly("files.pythonhosted.org");
        assertThat(settings.get(Keys.METADATA_TTL)).isEqualTo(Duration.ofMinutes(10));
        assertThat(settings.get(Keys.NEGATIVE_TTL)).isEqualTo(Duration.ofMinutes(1));
        assertThat(settings.get(Keys.MAX_SIZE)).isEqualTo(OptionalLong.empty());
        assertThat(settings.get(Keys.DRAIN_DELAY)).isZero();
        assertThat(settings.get(Keys.DRAIN_TIMEOUT)).isEqualTo(Duration.ofSeconds(30));
        assertThat(settings.cacheDirectory()).isEqualTo(Path.of("cache").toAbsolutePath());
    }

    @Test
    @DisplayName("--set beats the environment beats the file beats the default")
    void precedence() throws Exception {
        Path file = file("cache:\n  metadata_ttl: 1m\n  negative_ttl: 2m\n  dir: from-file\n");
        Settings settings = Settings.of(
                Optional.of(file),
                Map.of("CORNUCOPIA_CACHE_METADATA_TTL", "3m", "CORNUCOPIA_CACHE_NEGATIVE_TTL", "4m", "PATH", "x"),
                List.of("cache.metadata_ttl=5m", "cache.metadata_ttl=6m"));
        assertThat(settings.get(Keys.METADATA_TTL)).isEqualTo(Duration.ofMinutes(6));
        assertThat(settings.get(Keys.NEGATIVE_TTL)).isEqualTo(Duration.ofMinutes(4));
        assertThat(settings.get(Keys.CACHE_DIR)).isEqualTo(Path.of("from-file"));
    }

    @Test
    @DisplayName(
            "a list is a YAML list, or comma-separated elsewhere; dotted keys in the file are as good as nested ones")
    void lists() throws Exception {
        Path file = file("upstream:\n  file_hosts: [a.example, \"b.example:8443\"]\nserver.port: 0\n");
        Settings fromFile = Settings.of(Optional.of(file), Map.of(), List.of());
        assertThat(fromFile.get(Keys.FILE_HOSTS)).containsExactly("a.example", "b.example:8443");
        assertThat(fromFile.get(Keys.PORT)).isZero();
        assertThat(set("upstream.file_hosts=a.example, b.example").get(Keys.FILE_HOSTS))
                .containsExactly("a.example", "b.example");
    }

    @ParameterizedTest
    @CsvSource({"500ms,500", "30s,30000", "10m,600000", "2h,7200000", "1d,86400000", "1 s,1000"})
    void durations(String text, long millis) throws SettingsException {
        assertThat(set("cache.metadata_ttl=" + text).get(Keys.METADATA_TTL)).hasMillis(millis);
    }

    @ParameterizedTest
    @CsvSource({"512KiB,524288", "2GiB,2147483648", "10MB,10000000", "7B,7", "1TiB,1099511627776"})
    void sizes(String text, long bytes) throws SettingsException {
        assertThat(set("cache.max_size=" + text).get(Keys.MAX_SIZE)).hasValue(bytes);
    }

    @Test
    @DisplayName("every mistake is one line that names the place, the key, the value and what to do")
    void mistakes() throws IOException {
        assertThat(problems("cache.metadata_ttl=10 parsecs"))
                .containsExactly(
                        "--set: cache.metadata_ttl: \"10 parsecs\" is not a duration; write a number and a unit,"
                                + " such as 500ms, 30s, 10m, 2h or 1d");
        assertThat(problems("cache.metadata_ttl=10")).singleElement().asString().contains("write a number and a unit");
        assertThat(problems("cache.max_size=5")).singleElement().asString().contains("write a number and a unit");
        assertThat(problems("cache.max_size=99999999999TiB"))
                .singleElement()
                .asString()
                .contains("is not a size");
        assertThat(problems("server.port=70000"))
                .containsExactly("--set: server.port: \"70000\" is not a whole number from 0 to 65535");
        assertThat(problems("upstream.offline=yes"))
                .containsExactly("--set: upstream.offline: \"yes\" is not true or false");
        assertThat(problems("index.root=everything"))
                .containsExactly("--set: index.root: \"everything\" is not known or upstream");
        assertThat(problems("upstream.url=ftp://x/")).singleElement().asString().contains("an http or https URL");
        assertThat(problems("upstream.url=https://u:p@x/"))
                .singleElement()
                .asString()
                .contains("upstream.username");
        assertThat(problems("server.base_path=no-slash"))
                .singleElement()
                .asString()
                .contains("/pypi");
        assertThat(problems("nonsense")).containsExactly("--set nonsense: is not key=value");
        Path file = file("cache:\n  metadata_tll: 5m\n");
        assertThat(catchThrowableOfType(
                                SettingsException.class, () -> Settings.of(Optional.of(file), Map.of(), List.of()))
                        .problems())
                .containsExactly(
                        file + ": cache.metadata_tll: there is no such setting; did you mean cache.metadata_ttl?");
        assertThat(catchThrowableOfType(
                                SettingsException.class,
                                () -> Settings.of(Optional.empty(), Map.of("CORNUCOPIA_CACHE_DIRR", "x"), List.of()))
                        .problems())
                .containsExactly("CORNUCOPIA_CACHE_DIRR: there is no such setting; did you mean CORNUCOPIA_CACHE_DIR?");
    }

    @Test
    @DisplayName(
            "what Kubernetes sets for a service of this name is not ours to judge; a file of comments sets nothing")
    void notOurs() throws Exception {
        Settings settings = Settings.of(
                Optional.of(file("# nothing\n")),
                Map.of(
                        "CORNUCOPIA_SERVICE_HOST", "10.0.0.1",
                        "CORNUCOPIA_SERVICE_PORT_HTTP", "80",
                        "CORNUCOPIA_PORT", "tcp://10.0.0.1:80",
                        "CORNUCOPIA_PORT_80_TCP_ADDR", "10.0.0.1",
                        "CORNUCOPIA_CLUSTER_SERVICE_HOST", "10.0.0.2",
                        "CORNUCOPIA_CLUSTER_SERVICE_PORT_BUS", "5702",
                        "CORNUCOPIA_CLUSTER_PORT", "tcp://10.0.0.2:5701",
                        "CORNUCOPIA_CLUSTER_PORT_5701_TCP", "tcp://10.0.0.2:5701",
                        "CORNUCOPIA_CLUSTER_PORT_5701_TCP_PORT", "5701"),
                List.of());
        assertThat(settings.toYaml()).isEqualTo(set().toYaml());
    }

    @Test
    @DisplayName("all mistakes are told at once")
    void allAtOnce() {
        assertThat(problems("server.port=x", "cache.max_size=y", "what.ever=z")).hasSize(3);
    }

    @Test
    @DisplayName("a user name without a password, and the other way round, are refused")
    void combinations() {
        assertThat(problems("upstream.username=me")).singleElement().asString().contains("go together");
        assertThat(problems("upstream.password=secret"))
                .singleElement()
                .asString()
                .contains("go together")
                .doesNotContain("secret");
    }

    @Test
    @DisplayName("a file that is not there, not YAML, not a tree, or says a thing twice")
    void brokenFiles() throws IOException {
        for (String yaml : List.of("server: [", "just text", "server:\n  port: 1\nserver:\n  port: 2\n")) {
            Path file = file(yaml);
            assertThat(catchThrowableOfType(
                                    SettingsException.class, () -> Settings.of(Optional.of(file), Map.of(), List.of()))
                            .problems())
                    .singleElement()
                    .asString()
                    .startsWith(file + ": ");
        }
        Path missing = directory.resolve("missing.yaml");
        assertThat(catchThrowableOfType(
                                SettingsException.class, () -> Settings.of(Optional.of(missing), Map.of(), List.of()))
                        .problems())
                .containsExactly(missing + ": there is no such file");
    }

    @Test
    @DisplayName("what --check prints is a configuration that says the same, with secrets masked")
    void effective() throws Exception {
        String yaml = set(
                        "upstream.username=me",
                        "upstream.password=hun\"ter2",
                        "cache.max_size=20GiB",
                        "upstream.file_hosts=a,b",
                        "cache.metadata_ttl=90s")
                .toYaml();
        assertThat(yaml).contains("password: \"***\"").doesNotContain("ter2").contains("metadata_ttl: \"90s\"");
        Settings again = Settings.of(Optional.of(file(yaml)), Map.of(), List.of());
        assertThat(again.toYaml()).isEqualTo(yaml);
    }

    private static final String HASH = "sha256:" + "ab".repeat(32);
    private static final String OTHER_HASH = "sha256:" + "cd".repeat(32);

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

    @Test
    @DisplayName("what is to be kept does not lie in the cache, which is safe to delete; links are seen through")
    void outsideCache() throws Exception {
        Path cache = Files.createDirectory(directory.resolve("cache"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), cache);
        for (Path store : List.of(cache, cache.resolve("data"), cache.resolve("x/../data"), link.resolve("data"))) {
            assertThat(problems("cache.dir=" + cache, "upload.store=" + store))
                    .singleElement()
                    .asString()
                    .startsWith("upload.store: ")
                    .contains("is inside cache.dir (" + cache + ")");
        }
        assertThat(problems("cache.dir=" + cache, "log.audit=" + cache.resolve("audit.jsonl")))
                .singleElement()
                .asString()
                .startsWith("log.audit: ");
        assertThat(set("cache.dir=" + cache, "upload.store=" + directory.resolve("cache-data"), "log.audit=stdout"))
                .isNotNull();
    }

    private static final String SECRET = "cluster.secret=a secret that nobody else knows";
    private static final String[] CLUSTER = {
        "cluster.enabled=true", SECRET, "cluster.host=10.0.0.1", "cluster.members=10.0.0.1:5701,node-2:5701"
    };

    private static String[] cluster(String... more) {
        return Stream.concat(Stream.of(CLUSTER), Stream.of(more)).toArray(String[]::new);
    }

    private static void assertProblem(List<String> problems, String... contained) {
        assertThat(problems).singleElement().asString().contains(contained);
    }

    @Test
    @DisplayName("a node is alone unless it is told otherwise, and then it is told how to find the others")
    void clusters() throws SettingsException {
        assertThat(set().cluster()).isEmpty();
        ClusterSettings settings = set(cluster()).cluster().orElseThrow();
        assertThat(settings.name()).isEqualTo("cornucopia");
        assertThat(settings.address()).hasToString("10.0.0.1:5701");
        assertThat(settings.internal()).hasToString("10.0.0.1:5703");
        assertThat(settings.listenHost()).isEqualTo("10.0.0.1");
        assertThat(settings.members()).extracting(HostPort::toString).containsExactly("10.0.0.1:5701", "node-2:5701");
        assertThat(settings.joinTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(settings.peerTimeout()).isEqualTo(Duration.ofSeconds(2));
        ClusterSettings other = set(
                        "cluster.enabled=true",
                        SECRET,
                        "cluster.host=::1",
                        "cluster.bind_host=::",
                        "cluster.dns=nodes.example",
                        "cluster.port=1")
                .cluster()
                .orElseThrow();
        assertThat(other.dns()).contains("nodes.example");
        assertThat(other.listenHost()).isEqualTo("::");
        assertThat(other.address()).hasToString("[::1]:1");
    }

    @Test
    @DisplayName("what could be no cluster is refused, one line a mistake, all at once")
    void noCluster() {
        assertThat(problems("cluster.enabled=true"))
                .hasSize(3)
                .anySatisfy(line -> assertThat(line)
                        .startsWith("cluster.secret: is not set")
                        .contains("openssl"))
                .anySatisfy(line -> assertThat(line).startsWith("cluster.host: is not set"))
                .anySatisfy(line -> assertThat(line).startsWith("cluster.members and cluster.dns: neither"));
        assertProblem(problems(cluster("cluster.secret=hunter2")), "cluster.secret: has 7 characters", "16", "openssl");
        assertThat(problems(cluster("cluster.secret=hunter2")).toString()).doesNotContain("hunter2");
        assertProblem(problems(cluster("cluster.host=0.0.0.0")), "cluster.host: 0.0.0.0", "cluster.bind_host");
        assertProblem(problems(cluster("cluster.name=")), "cluster.name: is empty");
        assertProblem(problems(cluster("cluster.dns=nodes")), "cluster.members and cluster.dns: are both set");
        assertProblem(problems(cluster("cluster.bus_port=5701")), "cluster.port and cluster.bus_port: are both 5701");
        assertProblem(
                problems(cluster("cluster.internal_port=8080")),
                "server.port and cluster.internal_port: are both 8080");
        assertProblem(
                problems(cluster("cluster.members=node-1")),
                "--set: cluster.members: \"node-1\" is not a list of host:port; write node-1:5701");
        assertProblem(problems(cluster("cluster.port=0")), "cluster.port: \"0\" is not a whole number from 1 to 65535");
        assertProblem(problems(cluster("cluster.join_timeout=0s")), "cluster.join_timeout", "1s");
    }

    @Test
    @DisplayName("several nodes take uploads into a store that all of them see, or take none")
    void sharedStore() throws SettingsException {
        String token = "upload.token=" + "t".repeat(40);
        assertProblem(
                problems(cluster(token)),
                "upload.store: " + Path.of("data").toAbsolutePath(),
                "upload.store_shared=true",
                "upload.enabled=false");
        assertThat(set(cluster(token, "upload.enabled=false")).cluster()).isPresent();
        assertThat(set(cluster(token, "upload.store_shared=true", "log.audit=stdout"))
                        .warnings())
                .isEmpty();
        assertThat(set(cluster(token, "upload.store_shared=true")).warnings())
                .singleElement()
                .asString()
                .contains("log.audit");
        assertThat(set(token).warnings()).isEmpty();
    }

    @Test
    @DisplayName("settings of a cluster that is not enabled are a warning, and no secret is shown")
    void clusterNotEnabled() throws SettingsException {
        Settings settings = set("cluster.members=node-1:5701", SECRET);
        assertThat(settings.cluster()).isEmpty();
        assertThat(settings.warnings())
                .hasSize(2)
                .allSatisfy(line -> assertThat(line).contains("cluster.enabled").doesNotContain("nobody else"));
        assertThat(settings.toYaml()).doesNotContain("nobody else").contains("***");
        assertThat(set(cluster()).cluster().orElseThrow().toString()).doesNotContain("nobody else");
    }

    @Test
    @DisplayName("uploads go to a bucket, which every node sees")
    void bucket() throws SettingsException {
        String token = "upload.token=" + "t".repeat(40);
        Settings settings = set(cluster(
                token,
                "upload.store=s3://acme-packages/cornucopia/",
                "upload.s3.endpoint=http://127.0.0.1:9000/",
                "upload.s3.path_style=true"));
        StoreLocation.Bucket location = new StoreLocation.Bucket("acme-packages", "cornucopia/");
        assertThat(settings.uploadStore()).isEqualTo(location).hasToString("s3://acme-packages/cornucopia");
        assertThat(settings.warnings()).isEmpty();
        assertThat(settings.toYaml()).contains("store: \"s3://acme-packages/cornucopia\"", "part_size: \"16MiB\"");
        BucketSettings bucket = settings.bucket(location);
        assertThat(bucket.endpoint()).contains(URI.create("http://127.0.0.1:9000"));
        assertThat(bucket.region()).isEqualTo("us-east-1");
        assertThat(bucket.pathStyle()).isTrue();
        assertThat(bucket.partSize()).isEqualTo(16L << 20);
        assertThat(bucket.readTimeout()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    @DisplayName("by the environment as well, and with AWS's own name of the region")
    void bucketByEnvironment() throws SettingsException {
        Settings settings = Settings.of(
                Optional.empty(),
                Map.of(
                        "CORNUCOPIA_UPLOAD_STORE", "s3://acme",
                        "CORNUCOPIA_UPLOAD_S3_PART_SIZE", "5MiB",
                        "AWS_DEFAULT_REGION", "eu-west-1"),
                List.of());
        StoreLocation.Bucket location = (StoreLocation.Bucket) settings.uploadStore();
        assertThat(location).isEqualTo(new StoreLocation.Bucket("acme", "")).hasToString("s3://acme");
        assertThat(settings.bucket(location).region()).isEqualTo("eu-west-1");
        assertThat(settings.bucket(location).endpoint()).isEmpty();
    }

    @Test
    @DisplayName("what could be no bucket is refused, one line a mistake")
    void noBucket() {
        assertProblem(problems("upload.store=s3://acme"), "upload.s3.region: is not set", "AWS_REGION");
        assertProblem(
                problems("upload.s3.path_style=true"),
                "upload.s3.path_style is set, but upload.store is the directory",
                "s3://bucket/prefix");
        String[] here = {"upload.store=s3://acme", "upload.s3.endpoint=http://127.0.0.1:9000"};
        for (String name :
                List.of("s3://", "s3:///x", "s3://A", "s3://ab", "s3://a..b", "s3://127.0.0.1", "s3://-ab")) {
            assertProblem(problems("upload.store=" + name, here[1]), "upload.store: \"" + name + "\"", "bucket");
        }
        assertProblem(problems("upload.store=s3://acme/a//b", here[1]), "prefix", "single slashes");
        assertProblem(problems("upload.store=s3://acme/../b", here[1]), "prefix");
        assertProblem(problems("upload.store=gs://acme"), "upload.store: \"gs://acme\"", "s3://bucket/prefix");
        for (String url : List.of("minio:9000", "ftp://minio", "http://u:p@minio", "http://minio/x", "http://")) {
            assertProblem(problems(here[0], "upload.s3.endpoint=" + url), "upload.s3.endpoint", "is not the http");
        }
        assertProblem(problems(here[0], here[1], "upload.s3.part_size=1MiB"), "upload.s3.part_size: 1MiB", "5MiB");
        assertProblem(
                problems(here[0], here[1], "upload.s3.part_size=5MiB", "upload.max_file_size=1TiB"),
                "upload.s3.part_size: 5MiB is too small for upload.max_file_size, 1TiB");
        assertProblem(problems(here[0], here[1], "upload.s3.read_timeout=30"), "upload.s3.read_timeout", "duration");
    }
}
