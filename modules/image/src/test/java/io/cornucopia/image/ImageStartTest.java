package io.cornucopia.image;

import static io.cornucopia.testkit.Conditions.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cornucopia.testkit.FakeUpstream;
import io.cornucopia.testkit.FreePorts;
import io.cornucopia.testkit.GoldenFile;
import io.cornucopia.testkit.GoldenWheel;
import io.cornucopia.testkit.HttpProbe;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The image that was made starts and serves, with an engine and without one. */
class ImageStartTest {
    private static final Duration WITHIN = Duration.ofSeconds(60);
    private static final ImageFile IMAGE = ImageFile.built();
    private static final GoldenFile LIB =
            GoldenWheel.of("golden-lib", "1.5").payload(300_000).build();

    @TempDir
    Path directory;

    @Test
    @DisplayName(
            "its files alone, none of which can be written to, are enough to start and to serve as a user with no rights")
    void withoutAnEngine() throws Exception {
        assumeTrue(isRoot(), "not root: its files cannot be made the root of a process");
        assumeTrue(
                ran(List.of("unshare", "--mount", "true")).exit() == 0, "no namespaces of mounts here: see unshare(1)");
        Path root = Files.createDirectories(directory.resolve("root"));
        IMAGE.unpack(root);
        for (String system : List.of("proc", "dev")) {
            Files.createDirectories(root.resolve(system));
        }
        JsonObject runs = IMAGE.configuration().getJsonObject("config");
        String script = """
                set -e
                root=$1 user=$2; shift 2
                mount --bind "$root" "$root"
                mount --rbind /proc "$root/proc"
                mount --rbind /dev "$root/dev"
                for volume in tmp var/lib/cornucopia; do mount -t tmpfs -o mode=1777 tmpfs "$root/$volume"; done
                mount -o remount,bind,ro "$root"
                exec chroot --userspec="$user" "$root" "$@"
                """;
        List<String> command = new ArrayList<>(List.of(
                "unshare",
                "--mount",
                "--propagation",
                "private",
                "sh",
                "-c",
                script,
                "sh",
                root.toString(),
                runs.getString("User")));
        runs.getJsonArray("Entrypoint").forEach(word -> command.add(word.toString()));
        command.addAll(List.of("--conf", runs.getString("WorkingDir") + "/conf/cornucopia.yaml"));
        int port = FreePorts.take();
        try (FakeUpstream upstream = FakeUpstream.start().put(LIB)) {
            command.addAll(settings(port, upstream));
            Path log = directory.resolve("log.txt");
            long begun = System.nanoTime();
            Process node = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            try {
                assertServes(port, node, log);
                System.out.printf("IMAGE ready without an engine within %d ms%n", millisSince(begun));
                node.destroy();
                assertThat(node.waitFor(WITHIN.toSeconds(), TimeUnit.SECONDS)).isTrue();
                assertThat(Files.readString(log)).contains("Program  ended");
            } finally {
                node.destroyForcibly().waitFor();
            }
        }
    }

    @Test
    @DisplayName(
            "a container engine loads it and runs it: read-only, with no capabilities, ended in order by docker stop")
    void inAnEngine() throws Exception {
        Ended engine = ran(List.of("docker", "version", "--format", "{{.Server.Version}}"));
        assumeTrue(engine.exit() == 0, "there is no container engine: " + engine.output());
        docker("load", "--input", IMAGE.file().toString());
        int port = FreePorts.take();
        try (FakeUpstream upstream = FakeUpstream.start().put(LIB)) {
            List<String> run = new ArrayList<>(List.of(
                    "run",
                    "--detach",
                    "--read-only",
                    "--cap-drop",
                    "ALL",
                    "--security-opt",
                    "no-new-privileges",
                    "--network",
                    "host",
                    "--memory",
                    "1g",
                    IMAGE.name()));
            run.addAll(settings(port, upstream));
            long begun = System.nanoTime();
            String container = docker(run.toArray(String[]::new));
            try {
                HttpProbe probe = HttpProbe.at(port);
                await("a container that is ready", WITHIN, () -> isReady(probe) || !isRunning(container));
                assertThat(isRunning(container))
                        .as(ran(List.of("docker", "logs", container)).output())
                        .isTrue();
                System.out.printf("IMAGE ready in an engine within %d ms%n", millisSince(begun));
                assertServed(probe);
                docker("stop", "--time", "40", container);
                assertThat(ran(List.of("docker", "logs", container)).output()).contains("Program  ended");
            } finally {
                ran(List.of("docker", "rm", "--force", "--volumes", container));
            }
        } finally {
            ran(List.of("docker", "rmi", IMAGE.name()));
        }
    }

    private static List<String> settings(int port, FakeUpstream upstream) {
        return List.of(
                "--set",
                "server.host=127.0.0.1",
                "--set",
                "server.port=" + port,
                "--set",
                "upstream.url=" + upstream.url());
    }

    private static long millisSince(long begun) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
    }

    private static void assertServes(int port, Process node, Path log) throws IOException {
        HttpProbe probe = HttpProbe.at(port);
        await("a process that is ready", WITHIN, () -> isReady(probe) || !node.isAlive());
        assertThat(node.isAlive()).as(Files.readString(log)).isTrue();
        assertServed(probe);
    }

    private static void assertServed(HttpProbe probe) {
        assertThat(probe.get("/simple/golden-lib/").status()).isEqualTo(200);
        assertThat(probe.digest("/packages/" + LIB.filename()).sha256()).isEqualTo(LIB.sha256());
    }

    private static boolean isReady(HttpProbe probe) {
        try {
            return probe.get("/health/ready").status() == 200;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    private static boolean isRunning(String container) {
        return ran(List.of("docker", "inspect", "--format", "{{.State.Running}}", container))
                .output()
                .equals("true");
    }

    private static String docker(String... words) {
        List<String> command =
                Stream.concat(Stream.of("docker"), Stream.of(words)).collect(Collectors.toList());
        Ended ended = ran(command);
        assertThat(ended.exit()).as(command + ": " + ended.output()).isZero();
        return ended.output();
    }

    private static boolean isRoot() {
        return ran(List.of("id", "-u")).output().equals("0");
    }

    private record Ended(int exit, String output) {}

    private static Ended ran(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return new Ended(process.waitFor(), output);
        } catch (IOException e) {
            return new Ended(127, e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
