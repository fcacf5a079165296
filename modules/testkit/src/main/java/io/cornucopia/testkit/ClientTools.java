package io.cornucopia.testkit;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The real clients of a package index, at pinned versions in a Python environment of their own, each run as if on a
 * machine where nobody ever configured anything.
 */
public final class ClientTools {

    private static final Duration INSTALL_WITHIN = Duration.ofMinutes(10);
    private static final Object ONE_AT_A_TIME = new Object();

    private final Path venv;

    private ClientTools(Path venv) {
        this.venv = venv;
    }

    /** Whether there are clients to be had. */
    public sealed interface Preparation {}

    /** There are. */
    public record Prepared(ClientTools tools) implements Preparation {}

    /** There are none, and why. */
    public record Unavailable(String reason) implements Preparation {}

    /**
     * How a command ended.
     *
     * @param exit its exit code; 124 if it was ended because its time was over
     * @param output what it wrote, both streams together
     */
    public record Outcome(int exit, String output) {
        public boolean ok() {
            return exit == 0;
        }
    }

    /** Prepares pip, uv, poetry, pdm, twine, hatch and flit. */
    public static Preparation prepareClients(Path venvDir) {
        return prepare(resource("clients.txt"), venvDir);
    }

    /** Prepares bandersnatch, which needs an environment of its own. */
    public static Preparation prepareBandersnatch(Path venvDir) {
        return prepare(resource("bandersnatch.txt"), venvDir);
    }

    /** Prepares moto, an S3 server, in an environment of its own. */
    public static Preparation prepareServers(Path venvDir) {
        return prepare(resource("servers.txt"), venvDir);
    }

    /** Prepares what this file of requirements lists, unless the same was prepared in this directory before. */
    public static Preparation prepare(Path requirements, Path venvDir) {
        try {
            return prepare(Files.readAllBytes(requirements), venvDir);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The directory in which the environment is. */
    public Path venv() {
        return venv;
    }

    /** The Python that runs the clients. */
    public Path python() {
        return venv.resolve("bin/python");
    }

    /** The home directory that a command run in this directory sees: for a .pypirc or a .netrc. */
    public static Path homeOf(Path workDir) {
        try {
            return Files.createDirectories(workDir.toAbsolutePath().resolve("home"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a client in a directory, with nothing in its environment but what it cannot do without and {@code env}. */
    public Outcome run(Path workDir, Map<String, String> env, Duration deadline, String... command) {
        return run(workDir, homeOf(workDir), env, deadline, command);
    }

    /** The same with another home than the one in that directory. */
    public Outcome run(Path workDir, Path home, Map<String, String> env, Duration deadline, String... command) {
        Map<String, String> clean = CleanEnvironment.of(System.getenv(), home, venv.resolve("bin"));
        clean.putAll(env);
        List<String> resolved = new ArrayList<>(List.of(command));
        Path client = venv.resolve("bin").resolve(command[0]);
        if (Files.isExecutable(client)) {
            resolved.set(0, client.toString());
        }
        return Command.run(workDir, clean, deadline, resolved);
    }

    /** Makes an environment with nothing in it, not even pip, and gives its Python. */
    public Path newVenv(Path dir) {
        Path home = homeOf(dir.toAbsolutePath().getParent());
        Outcome made = Command.run(
                home,
                CleanEnvironment.of(System.getenv(), home, venv.resolve("bin")),
                Duration.ofMinutes(2),
                List.of(
                        python().toString(),
                        "-m",
                        "venv",
                        "--without-pip",
                        dir.toAbsolutePath().toString()));
        if (!made.ok()) {
            throw new AssertionError("no environment in " + dir + "\n" + made.output());
        }
        return dir.toAbsolutePath().resolve("bin/python");
    }

    private static byte[] resource(String name) {
        try (InputStream in = ClientTools.class.getResourceAsStream(name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Preparation prepare(byte[] requirements, Path venvDir) {
        Path venv = venvDir.toAbsolutePath();
        Path lockFile = venv.resolveSibling(venv.getFileName() + ".lock");
        synchronized (ONE_AT_A_TIME) {
            try {
                Files.createDirectories(venv.getParent());
                try (FileChannel channel =
                                FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                        FileLock lock = channel.lock()) {
                    Objects.requireNonNull(lock);
                    return prepareAlone(requirements, venv);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static Preparation prepareAlone(byte[] requirements, Path venv) throws IOException {
        Path stamp = venv.resolve("prepared.sha256");
        String wanted = Sha256.hex(requirements);
        if (Files.isRegularFile(stamp) && Files.readString(stamp).equals(wanted)) {
            return new Prepared(new ClientTools(venv));
        }
        Optional<String> python = python3();
        if (python.isEmpty()) {
            return new Unavailable("there is no python3 of version 3.9 or later on the path");
        }
        Path parent = venv.getParent();
        Map<String, String> env = new LinkedHashMap<>(System.getenv());
        Outcome made = Command.run(
                parent, env, INSTALL_WITHIN, List.of(python.get(), "-m", "venv", "--clear", venv.toString()));
        if (!made.ok()) {
            return new Unavailable("python3 -m venv failed:\n" + made.output());
        }
        Path list = venv.resolve("requirements.txt");
        Files.write(list, requirements);
        Outcome installed = Command.run(
                parent,
                env,
                INSTALL_WITHIN,
                List.of(venv.resolve("bin/python").toString(), "-m", "pip", "install", "-q", "-r", list.toString()));
        if (!installed.ok()) {
            return new Unavailable("pip install failed:\n" + installed.output());
        }
        Files.writeString(stamp, wanted);
        return new Prepared(new ClientTools(venv));
    }

    private static Optional<String> python3() {
        for (String dir : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
            Path candidate = Path.of(dir, "python3");
            if (Files.isExecutable(candidate) && recentEnough(candidate)) {
                return Optional.of(candidate.toString());
            }
        }
        return Optional.empty();
    }

    private static boolean recentEnough(Path python) {
        String check = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 9))";
        return Command.run(
                        Path.of("").toAbsolutePath(),
                        System.getenv(),
                        Duration.ofSeconds(30),
                        List.of(python.toString(), "-c", check))
                .ok();
    }
}
