package io.cornucopia.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientToolsTest {

    private static final Duration DEADLINE = Duration.ofMinutes(2);

    @TempDir
    Path dir;

    /** Needs no network: what it prepares is Python's own pip. */
    @Test
    void pipInstallsAGoldenWheelAndAGoldenSdist() throws IOException {
        ClientTools tools = ownPip();
        GoldenFile wheel = GoldenWheel.of("Golden.Wheel", "1.0")
                .requires("golden-sdist>=2")
                .payload(5000)
                .build();
        GoldenFile sdist =
                GoldenSdist.of("golden-sdist", "2.0").requiresPython(">=3.8").build();
        try (FakeUpstream upstream = FakeUpstream.start().put(wheel, sdist)) {
            for (Style style : Style.values()) {
                upstream.style(style);
                Path python = tools.newVenv(dir.resolve("venv-" + style));
                ClientTools.Outcome installed = tools.run(
                        dir,
                        Map.of("PIP_INDEX_URL", upstream.url()),
                        DEADLINE,
                        "pip",
                        "--python",
                        python.toString(),
                        "install",
                        "golden.wheel");
                assertThat(installed.exit()).as(installed.output()).isZero();
                ClientTools.Outcome imported = tools.run(
                        dir,
                        Map.of(),
                        DEADLINE,
                        python.toString(),
                        "-c",
                        "import golden_wheel, golden_sdist; print(golden_wheel.__version__, golden_sdist.__version__)");
                assertThat(imported.output()).isEqualTo("1.0 2.0\n");
            }
        }
    }

    @Test
    void aCommandThatTakesTooLongIsEnded() throws IOException {
        ClientTools.Outcome outcome =
                ownPip().run(dir, Map.of(), Duration.ofMillis(500), "python", "-c", "import time; time.sleep(60)");
        assertThat(outcome.exit()).isEqualTo(124);
    }

    @Test
    void theMachinesSettingsAreOutOfSightButNotWhomItTrusts() {
        Map<String, String> env = CleanEnvironment.of(
                Map.of("PIP_FIND_LINKS", "x", "UV_INDEX", "x", "PYTHONPATH", "x", "PIP_CERT", "ca", "PATH", "/bin"),
                dir,
                dir.resolve("bin"));
        assertThat(env).doesNotContainKeys("PIP_FIND_LINKS", "UV_INDEX", "PYTHONPATH");
        assertThat(env).containsEntry("PIP_CERT", "ca").containsEntry("PATH", dir.resolve("bin") + ":/bin");
    }

    private ClientTools ownPip() throws IOException {
        Path nothing = Files.writeString(dir.resolve("nothing.txt"), "# nothing but pip itself\n");
        Path venv = Path.of("target", "own-pip");
        ClientTools.Preparation prepared = ClientTools.prepare(nothing, venv);
        if (prepared instanceof ClientTools.Unavailable none) {
            return abort(none.reason());
        }
        return ((ClientTools.Prepared) prepared).tools();
    }
}
