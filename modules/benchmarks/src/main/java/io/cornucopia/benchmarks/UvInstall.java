package io.cornucopia.benchmarks;

import io.cornucopia.testkit.ClientTools;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * How long uv takes to install real packages from us, which have everything, and from nginx with the same tree. Without
 * its own cache, into a fresh environment each time.
 */
record UvInstall(String name, String title, double atLeast) implements Scenario {
    private static final Duration DEADLINE = Duration.ofMinutes(5);
    private static final String UV = "uv==0.13.9\npip==26.3\n";

    @Override
    public Outcome run(Stage stage) {
        Path work = stage.options().work();
        Path list = work.resolve("install.txt");
        Path wheels = work.resolve("wheels");
        write(list, resource());
        ClientTools tools = tools(work, "uv", UV);
        fetch(tools, list, wheels);
        List<Path> found = wheels(wheels);
        List<Tree.Item> items = stage.tree().wheels(found);
        Server ours = stage.ours();
        Server nginx = stage.nginx(ours, items);
        List<Server> servers = List.of(ours, nginx);
        servers.forEach(server -> install(stage, tools, list, server));
        List<Stage.Turn> turns = servers.stream()
                .map(server -> new Stage.Turn(server.name(), round -> install(stage, tools, list, server)))
                .toList();
        return Outcome.time(
                name,
                title,
                atLeast,
                stage.inTurns(turns),
                List.of(found.size() + " packages, one installation from each to get warm"));
    }

    static ClientTools tools(Path work, String what, String requirements) {
        Path file = work.resolve(what + ".requirements.txt");
        write(file, requirements.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        ClientTools.Preparation prepared = ClientTools.prepare(file, work.resolve("venv-" + what));
        if (prepared instanceof ClientTools.Prepared there) {
            return there.tools();
        }
        throw new IllegalStateException(what + " cannot be had: " + ((ClientTools.Unavailable) prepared).reason());
    }

    private static Sample install(Stage stage, ClientTools tools, Path list, Server server) {
        Path directory = stage.directory().resolve("environments");
        Stage.remove(directory);
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Path python = tools.newVenv(directory.resolve("venv"));
        Usage before = server.usage();
        long began = System.nanoTime();
        ClientTools.Outcome outcome = tools.run(
                directory,
                Map.of(),
                DEADLINE,
                "uv",
                "pip",
                "install",
                "--no-cache",
                "--python",
                python.toString(),
                "--index-url",
                server.url() + "/simple/",
                "-r",
                list.toString());
        long nanos = System.nanoTime() - began;
        Usage after = server.usage();
        if (!outcome.ok()) {
            throw new IllegalStateException("uv could not install from " + server.name() + ":\n" + outcome.output());
        }
        Stage.remove(directory);
        return new Sample(
                nanos / 1e6,
                java.util.OptionalDouble.empty(),
                after.residentBytes(),
                new io.vertx.core.json.JsonObject().put("server_cpu_ms", after.cpuMillis() - before.cpuMillis()));
    }

    private static void fetch(ClientTools tools, Path list, Path wheels) {
        Path stamp = wheels.resolve("complete");
        if (Files.exists(stamp)) {
            return;
        }
        Stage.remove(wheels);
        // By whatever index this machine is set up for, so not in the clean environment of a client under test.
        Commands.run(
                Duration.ofMinutes(9),
                tools.python().toString(),
                "-m",
                "pip",
                "download",
                "-q",
                "--no-deps",
                "--only-binary",
                ":all:",
                "-d",
                wheels.toString(),
                "-r",
                list.toString());
        write(stamp, new byte[0]);
    }

    private static List<Path> wheels(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".whl"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] resource() {
        try (InputStream in = UvInstall.class.getResourceAsStream("install.txt")) {
            return Objects.requireNonNull(in, "install.txt").readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, byte[] bytes) {
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
