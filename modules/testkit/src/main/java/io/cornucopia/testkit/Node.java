package io.cornucopia.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The real program as a process of its own. Not thread-safe, but for what reads its output. */
public final class Node implements AutoCloseable {
    private static final Duration READY = Duration.ofSeconds(60);

    private final Builder settings;
    private final int port;
    private final List<String> stdout = new CopyOnWriteArrayList<>();
    private final List<String> stderr = new CopyOnWriteArrayList<>();
    private Process process;

    private Node(Builder settings, int port) {
        this.settings = settings;
        this.port = port;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** What a node is started with. */
    public static final class Builder {
        private Path jar = defaultJar();
        private Path javaHome = Path.of(System.getProperty("java.home"));
        private Path workDir = Path.of(".");
        private final Map<String, String> set = new LinkedHashMap<>(Map.of("server.host", "127.0.0.1"));
        private final Map<String, String> environment = new LinkedHashMap<>();
        private final List<String> jvm = new ArrayList<>();

        private Builder() {}

        public Builder jar(Path path) {
            jar = path;
            return this;
        }

        public Builder java(Path home) {
            javaHome = home;
            return this;
        }

        /** The directory that it runs in. */
        public Builder workDir(Path directory) {
            workDir = directory;
            return this;
        }

        /** {@code --set key=value} */
        public Builder set(String key, String value) {
            set.put(key, value);
            return this;
        }

        public Builder env(String name, String value) {
            environment.put(name, value);
            return this;
        }

        public Builder jvm(String flag) {
            jvm.add(flag);
            return this;
        }

        /**
         * Starts it on a free port and waits until it is ready.
         *
         * @throws AssertionError with the end of its output if it is not
         */
        public Node start() {
            Node node = new Node(this, freePort());
            node.restart();
            return node;
        }

        /** Runs it with these arguments until it ends by itself. */
        public Finished run(String... arguments) {
            try {
                Process finished = process(List.of(arguments)).start();
                List<String> out = new CopyOnWriteArrayList<>();
                List<String> err = new CopyOnWriteArrayList<>();
                Thread reader = drain(finished.getInputStream(), out);
                Thread errors = drain(finished.getErrorStream(), err);
                if (!finished.waitFor(60, TimeUnit.SECONDS)) {
                    finished.destroyForcibly();
                    throw new AssertionError("did not end: " + List.of(arguments) + "\n" + out + err);
                }
                reader.join();
                errors.join();
                return new Finished(finished.exitValue(), out, err);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }

        private ProcessBuilder process(List<String> arguments) {
            List<String> command = new ArrayList<>();
            command.add(javaHome.resolve("bin/java").toString());
            command.addAll(jvm);
            command.add("-jar");
            command.add(jar.toAbsolutePath().toString());
            command.addAll(arguments);
            ProcessBuilder builder = new ProcessBuilder(command).directory(workDir.toFile());
            builder.environment().keySet().removeIf(name -> name.startsWith("CORNUCOPIA_"));
            builder.environment().putAll(environment);
            return builder;
        }
    }

    /** How a run ended. */
    public record Finished(int exitCode, List<String> stdout, List<String> stderr) {}

    private static Path defaultJar() {
        String named = System.getProperty("cornucopia.jar");
        return Stream.of(
                        named == null ? "modules/server/target/cornucopia.jar" : named,
                        "../server/target/cornucopia.jar")
                .map(Path::of)
                .filter(Files::exists)
                .findFirst()
                .orElseThrow(() -> new AssertionError(
                        "there is no modules/server/target/cornucopia.jar: run ./mvnw -DskipTests package"));
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts it again, with the same settings on the same port, after it ended. */
    public void restart() {
        List<String> arguments = new ArrayList<>();
        settings.set.forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));
        arguments.addAll(List.of("--set", "server.port=" + port));
        try {
            process = settings.process(arguments).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Process started = process;
        Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
        drain(started.getInputStream(), stdout);
        drain(started.getErrorStream(), stderr);
        Conditions.await("the node on port " + port + " is ready", READY, () -> {
            if (!started.isAlive()) {
                throw new AssertionError("the node ended with " + started.exitValue() + ":\n"
                        + String.join("\n", stdout) + "\n" + String.join("\n", stderr));
            }
            return isReady();
        });
    }

    private boolean isReady() {
        try {
            return HttpProbe.at(URI.create(url())).get("/health/ready").status() == 200;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    private static Thread drain(InputStream stream, List<String> lines) {
        Thread thread = new Thread(() -> {
            try (BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                // Gathered, since a list that is copied on each write is slow to add to one line at a time.
                List<String> batch = new ArrayList<>();
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    batch.add(line);
                    if (!reader.ready()) {
                        lines.addAll(batch);
                        batch.clear();
                    }
                }
                lines.addAll(batch);
            } catch (IOException e) {
                lines.add("(the output could not be read: " + e.getMessage() + ")");
            }
        });
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    public int port() {
        return port;
    }

    /** Scheme, host and port. */
    public String url() {
        return "http://127.0.0.1:" + port;
    }

    /** The index URL to give to an installer. */
    public String simpleUrl() {
        return url() + "/simple/";
    }

    /** The lines that it printed so far. */
    public List<String> stdout() {
        return List.copyOf(stdout);
    }

    /** The lines that it logged so far. */
    public List<String> stderr() {
        return List.copyOf(stderr);
    }

    /** The lines in which the blocked-thread checker complains. */
    public List<String> warnings() {
        return Stream.concat(stdout.stream(), stderr.stream())
                .filter(line -> line.contains("has been blocked for"))
                .toList();
    }

    public void sigterm() {
        process.destroy();
    }

    public void kill9() {
        process.destroyForcibly();
        awaitExit(Duration.ofSeconds(10));
    }

    /** Freezes it. */
    public void stop() {
        signal("STOP");
    }

    /** Lets it go on. */
    public void cont() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public void awaitExit(Duration deadline) {
        Process awaited = process;
        Conditions.await("the node on port " + port + " ends", deadline, () -> !awaited.isAlive());
    }

    public int exitCode() {
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        awaitExit(Duration.ofSeconds(10));
    }
}
