package io.cornucopia.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class CommandLineTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        return Cornucopia.run(Map.of(), new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    }

    @Test
    @DisplayName("--check prints what holds and ends with 0")
    void check() {
        assertThat(run("--check", "--set", "server.port=9000")).isZero();
        assertThat(out.toString()).contains("server:").contains("port: \"9000\"");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    @DisplayName("bad configuration is one clear line a mistake, and exit code 2")
    void misconfigured() {
        assertThat(run("--check", "--set", "server.port=x", "--set", "cache.max_size=y"))
                .isEqualTo(2);
        assertThat(err.toString().lines()).hasSize(2).allMatch(line -> line.startsWith("cornucopia: --set: "));
        assertThat(out.toString()).isEmpty();
    }

    @Test
    @DisplayName("an unknown option is exit code 2 as well")
    void unknownOption() {
        assertThat(run("--frobnicate")).isEqualTo(2);
        assertThat(err.toString()).contains("Unknown option: '--frobnicate'");
    }

    @Test
    @DisplayName("a cache directory that cannot be made is one clear line and exit code 2")
    void cacheDirectory() {
        assertThat(run("--set", "cache.dir=/proc/nowhere")).isEqualTo(2);
        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .contains("cache.dir: /proc/nowhere cannot be made");
    }

    @Test
    @DisplayName("--version and --help")
    void versionAndHelp() {
        assertThat(run("--version")).isZero();
        assertThat(out.toString()).startsWith("cornucopia ");
        assertThat(run("--help")).isZero();
        assertThat(out.toString()).contains("--conf", "--set", "--check");
    }
}
