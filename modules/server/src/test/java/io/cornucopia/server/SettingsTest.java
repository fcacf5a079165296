package io.cornucopia.server;

import static io.cornucopia.server.Given.problems;
import static io.cornucopia.server.Given.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where settings come from, their units, and what is said of mistakes. */
class SettingsTest {
    @TempDir
    Path directory;

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
}
