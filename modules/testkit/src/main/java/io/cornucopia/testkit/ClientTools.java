package io.cornucopia.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The real clients, at pinned versions, in a virtual environment that is made once and kept.
 *
 * <p>They run with nothing of the machine's configuration for them: with it, a pip that was told of another place would pass by
 * the server under test without a word. What names a CA bundle stays, or nothing reaches the outside.
 */
public final class ClientTools {
    private static final List<String> DROPPED =
            List.of("PIP_", "UV_", "POETRY_", "PDM_", "TWINE_", "HATCH_", "FLIT_", "XDG_", "VIRTUAL_ENV", "PYTHON");
    private static final Duration MAKING = Duration.ofMinutes(10);

    private final Path environment;

    private ClientTools(Path environment) {
        this.environment = environment;
    }

    /** Whether there are clients. */
    public sealed interface Availability {
        record Prepared(ClientTools tools) implements Availability {}

        record Unavailable(String reason) implements Availability {}
    }

    /** How a client ended. */
    public record Outcome(int exitCode, String output) {}

    /**
     * Makes the environment in {@code directory}, or takes the one that is there if it was made from the same requirements.
     *
     * @param requirements the name of a resource beside this class, such as {@code clients.txt}
     */
    public static Availability prepare(String requirements, Path directory) {
        try (InputStream resource = ClientTools.class.getResourceAsStream(requirements)) {
            byte[] wanted = resource.readAllBytes();
            Files.createDirectories(directory.toAbsolutePath().getParent());
            Path lockFile = directory.resolveSibling(directory.getFileName() + ".lock");
            try (RandomAccessFile lock = new RandomAccessFile(lockFile.toFile(), "rw");
                    FileLock held = lock.getChannel().lock()) {
                return make(wanted, directory.toAbsolutePath(), held);
            }
        } catch (IOException e) {
            return new Availability.Unavailable("the clients could not be prepared: " + e);
        }
    }

    private static Availability make(byte[] requirements, Path directory, FileLock held) throws IOException {
        if (!held.isValid()) {
            throw new IOException("lost the lock of " + directory);
        }
        Path stamp = directory.resolve("made-from");
        String wanted = HexFormat.of().formatHex(GoldenWheel.sha256(requirements));
        if (Files.exists(stamp) && Files.readString(stamp).equals(wanted)) {
            return new Availability.Prepared(new ClientTools(directory));
        }
        Path list = Files.createTempFile("clients", ".txt");
        Files.write(list, requirements);
        Outcome made = execute(
                List.of("python3", "-m", "venv", "--clear", directory.toString()),
                Path.of("."),
                System.getenv(),
                MAKING);
        if (made.exitCode() != 0) {
            return new Availability.Unavailable("no virtual environment can be made: " + made.output());
        }
        Outcome installed = execute(
                List.of(
                        directory.resolve("bin/python").toString(),
                        "-m",
                        "pip",
                        "install",
                        "--quiet",
                        "--requirement",
                        list.toString()),
                Path.of("."),
                System.getenv(),
                MAKING);
        if (installed.exitCode() != 0) {
            return new Availability.Unavailable("the clients cannot be installed: " + installed.output());
        }
        Files.writeString(stamp, wanted);
        return new Availability.Prepared(new ClientTools(directory));
    }

    /** Where a client of that name is. */
    public Path client(String name) {
        return environment.resolve("bin").resolve(name);
    }

    /** An empty environment to install into. */
    public Path newEnvironment(Path directory) {
        Outcome made = execute(
                List.of(client("python").toString(), "-m", "venv", "--without-pip", directory.toString()),
                Path.of("."),
                System.getenv(),
                MAKING);
        if (made.exitCode() != 0) {
            throw new AssertionError(made.output());
        }
        return directory.resolve("bin/python");
    }

    /**
     * Runs a client in {@code workDir}, with a home of its own in there and its caches off.
     *
     * @param extra variables beside
     * @param deadline after which it is killed
     */
    public Outcome run(Path workDir, Map<String, String> extra, Duration deadline, String client, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(client(client).toString());
        command.addAll(List.of(arguments));
        try {
            Path home = Files.createDirectories(workDir.resolve(".home"));
            Map<String, String> variables = new java.util.HashMap<>(System.getenv());
            variables
                    .keySet()
                    .removeIf(name -> DROPPED.stream().anyMatch(name::startsWith) && !name.equals("PIP_CERT"));
            variables.put("HOME", home.toString());
            variables.put("PATH", environment.resolve("bin") + ":" + System.getenv("PATH"));
            variables.put("PIP_CONFIG_FILE", "/dev/null");
            variables.put("PIP_NO_CACHE_DIR", "1");
            variables.put("PIP_DISABLE_PIP_VERSION_CHECK", "1");
            variables.put("UV_NO_CACHE", "1");
            variables.put("UV_NO_CONFIG", "1");
            variables.put("UV_PYTHON_DOWNLOADS", "never");
            variables.put("POETRY_CACHE_DIR", home.resolve("poetry").toString());
            variables.put("POETRY_NO_INTERACTION", "1");
            variables.put("POETRY_VIRTUALENVS_IN_PROJECT", "true");
            variables.put("PDM_CACHE_DIR", home.resolve("pdm").toString());
            variables.put("PDM_CHECK_UPDATE", "false");
            variables.put("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring");
            variables.putAll(extra);
            return execute(command, workDir, variables, deadline);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Outcome execute(
            List<String> command, Path workDir, Map<String, String> variables, Duration deadline) {
        try {
            Path output = Files.createTempFile("client", ".out");
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(workDir.toFile())
                    .redirectErrorStream(true)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(output.toFile());
            builder.environment().clear();
            builder.environment().putAll(variables);
            Process process = builder.start();
            boolean ended = process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS);
            if (!ended) {
                process.destroyForcibly().waitFor();
            }
            String text = Files.readString(output, StandardCharsets.UTF_8);
            Files.delete(output);
            return ended
                    ? new Outcome(process.exitValue(), text)
                    : new Outcome(-1, text + "\n(killed after " + deadline + ")");
        } catch (IOException e) {
            return new Outcome(-1, command + ": " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
