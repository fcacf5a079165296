package io.cornucopia.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The real program as a process of its own, killed with the JVM that started it if not before. */
public final class Node implements AutoCloseable {

    private static final Duration READY_WITHIN = Duration.ofSeconds(60);
    private static final Duration FREEZING = Duration.ofSeconds(10);
    private static final int TAIL = 60;

    private final List<String> command;
    private final Map<String, String> env;
    private final Path workDir;
    private final String host;
    private final int port;
    private final OutputLog stdout;
    private final OutputLog stderr;
    private final Thread reaper = new Thread(this::kill9, "node-reaper");
    private volatile Process process;

    private Node(List<String> command, Map<String, String> env, Path workDir, String host, int port) {
        this.command = command;
        this.env = env;
        this.workDir = workDir;
        this.host = host;
        this.port = port;
        this.stdout = new OutputLog(workDir.resolve("stdout.log"));
        this.stderr = new OutputLog(workDir.resolve("stderr.log"));
    }

    /** Starts the description of a node. */
    public static Builder builder() {
        return new Builder();
    }

    /** Its address, without a slash at the end. */
    public String url() {
        return "http://" + host + ":" + port;
    }

    /** Where its index pages are, with a slash at the end. */
    public String simpleUrl() {
        return url() + "/simple/";
    }

    /** The port on which it serves. */
    public int port() {
        return port;
    }

    /** The directory in which it runs, and in which {@code stdout.log} and {@code stderr.log} are. */
    public Path workDir() {
        return workDir;
    }

    /** The id of the process. */
    public long pid() {
        return process.pid();
    }

    /** A probe towards this node. */
    public HttpProbe probe() {
        return HttpProbe.at(URI.create(url()));
    }

    /** The lines that it wrote to its output so far, over all its starts. */
    public List<String> stdout() {
        return stdout.lines();
    }

    /** The lines that it wrote to its error output so far, over all its starts. */
    public List<String> stderr() {
        return stderr.lines();
    }

    /** What Vert.x complains of blocked threads, each complaint with the stack trace that follows it. */
    public List<String> blockedThreads() {
        List<String> complaints = new ArrayList<>();
        boolean inTrace = false;
        for (String line : stderr()) {
            if (line.contains("has been blocked for")) {
                complaints.add(line);
                inTrace = true;
            } else if (inTrace && (line.startsWith("\tat ") || line.startsWith("io.vertx"))) {
                complaints.set(complaints.size() - 1, complaints.get(complaints.size() - 1) + "\n" + line);
            } else {
                inTrace = false;
            }
        }
        return complaints;
    }

    /** Asks it to end. */
    public void sigterm() {
        process.destroy();
    }

    /** Ends it without asking. */
    public void kill9() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
        }
    }

    /** Freezes it; when this returns none of its threads does anything. */
    public void stop() {
        signal("STOP");
        Conditions.await("that all threads of " + pid() + " have stopped", FREEZING, this::isStopped);
    }

    private boolean isStopped() {
        try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(pid()), "task"))) {
            return threads.allMatch(Node::isStopped);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** By its state, which stands behind its name in parentheses. */
    private static boolean isStopped(Path thread) {
        try {
            String stat = Files.readString(thread.resolve("stat"), StandardCharsets.ISO_8859_1);
            return stat.startsWith("T", stat.lastIndexOf(')') + 2);
        } catch (IOException e) {
            // It has just ended.
            return true;
        }
    }

    /** Lets a frozen one go on. */
    public void cont() {
        signal("CONT");
    }

    /** Waits for its end and gives its exit code. */
    public int awaitExit(Duration deadline) {
        try {
            if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("the node still runs after " + deadline + "\n" + tail());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
        return process.exitValue();
    }

    /** Its exit code, if it has ended. */
    public OptionalInt exitCode() {
        return process.isAlive() ? OptionalInt.empty() : OptionalInt.of(process.exitValue());
    }

    /** Whether it runs, frozen or not. */
    public boolean isRunning() {
        return process.isAlive();
    }

    /** Starts it again with the same settings on the same port, ending it first if it still runs, and waits. */
    public Node restart() {
        relaunch();
        awaitReady();
        return this;
    }

    /** The same without waiting until it is ready. */
    public Node relaunch() {
        if (process.isAlive()) {
            sigterm();
            awaitExit(READY_WITHIN);
        }
        launch();
        return this;
    }

    /** Whether it runs and says that it is ready. */
    public boolean isReady() {
        return process.isAlive() && answersReady();
    }

    /** Waits until it says that it is ready. */
    public void awaitReady() {
        try {
            Conditions.await(
                    "a node that is ready on port " + port, READY_WITHIN, () -> !process.isAlive() || answersReady());
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "\n" + tail(), e);
        }
        if (!process.isAlive()) {
            throw new AssertionError("the node ended with " + process.exitValue() + "\n" + tail());
        }
    }

    @Override
    public void close() {
        kill9();
        awaitExit(Duration.ofSeconds(20));
        try {
            Runtime.getRuntime().removeShutdownHook(reaper);
        } catch (IllegalStateException e) {
            // The JVM is going down already: the hook is about to run, or has.
        }
    }

    private void begin() {
        Runtime.getRuntime().addShutdownHook(reaper);
        launch();
    }

    private void launch() {
        ProcessBuilder builder = new ProcessBuilder(command).directory(workDir.toFile());
        builder.environment().putAll(env);
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(String.join(" ", command), e);
        }
        stdout.drain(process.getInputStream());
        stderr.drain(process.getErrorStream());
    }

    private boolean answersReady() {
        try {
            return probe().timeout(Duration.ofSeconds(5)).get("/health/ready").status() == 200;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    private void signal(String name) {
        try {
            int exit = new ProcessBuilder("kill", "-" + name, Long.toString(pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
            if (exit != 0) {
                throw new IllegalStateException("kill -" + name + " ended with " + exit);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private String tail() {
        List<String> all = Stream.concat(stdout().stream(), stderr().stream()).toList();
        return String.join("\n", all.subList(Math.max(0, all.size() - TAIL), all.size()));
    }

    /** Says how a node is started. */
    public static final class Builder {
        private final Map<String, String> settings = new LinkedHashMap<>();
        private final Map<String, String> env = new LinkedHashMap<>();
        private final List<String> jvm = new ArrayList<>();
        private final List<String> args = new ArrayList<>();
        private final List<String> before = new ArrayList<>();
        private Optional<Path> jar = Optional.empty();
        private Optional<Path> conf = Optional.empty();
        private Optional<Path> workDir = Optional.empty();
        private Path javaHome = Path.of(System.getProperty("java.home"));

        private Builder() {
            settings.put("server.host", "127.0.0.1");
        }

        /** The program; without this, the one that was built here. */
        public Builder jar(Path path) {
            jar = Optional.of(path);
            return this;
        }

        /** The JDK that runs it; without this, the one that runs the test. */
        public Builder java(Path home) {
            javaHome = home;
            return this;
        }

        /** Passes {@code --set key=value}. */
        public Builder set(String key, String value) {
            settings.put(key, value);
            return this;
        }

        /** Passes no such key: what the environment says of it holds. */
        public Builder unset(String key) {
            settings.remove(key);
            return this;
        }

        /** Passes {@code --conf path}. */
        public Builder conf(Path path) {
            conf = Optional.of(path);
            return this;
        }

        /** Adds to its environment. */
        public Builder env(String name, String value) {
            env.put(name, value);
            return this;
        }

        /** Adds options of the JVM. */
        public Builder jvm(String... options) {
            jvm.addAll(List.of(options));
            return this;
        }

        /** Adds arguments behind those that this builder makes itself. */
        public Builder args(String... more) {
            args.addAll(List.of(more));
            return this;
        }

        /** What goes before the command that starts it, and becomes that command: {@code ip netns exec ...}. */
        public Builder before(List<String> words) {
            before.addAll(words);
            return this;
        }

        /** The directory in which it runs; without this, a new temporary one. */
        public Builder workDir(Path directory) {
            workDir = Optional.of(directory);
            return this;
        }

        /** Starts it and waits until it is ready. */
        public Node start() {
            Node node = launch();
            try {
                node.awaitReady();
                return node;
            } catch (RuntimeException | Error e) {
                node.close();
                throw e;
            }
        }

        /** Starts it. */
        public Node launch() {
            try {
                Path where = workDir.isPresent()
                        ? Files.createDirectories(workDir.get())
                        : Files.createTempDirectory("cornucopia-node");
                if (!settings.containsKey("server.port")) {
                    settings.put("server.port", Integer.toString(FreePorts.take()));
                }
                Node node = new Node(
                        command(),
                        Map.copyOf(env),
                        where.toAbsolutePath(),
                        settings.get("server.host"),
                        Integer.parseInt(settings.get("server.port")));
                node.begin();
                return node;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private List<String> command() {
            String program = jar.orElseGet(Builder::builtJar).toAbsolutePath().toString();
            List<String> command = new ArrayList<>(before);
            command.add(javaHome.resolve("bin/java").toString());
            // As bin/cornucopia does it, which leaves no place for other options between.
            command.add("-XX:SharedArchiveFile=" + program.replaceFirst("\\.jar$", ".jsa"));
            command.addAll(List.of("-Xlog:cds*=off", "-Xlog:class+path=off"));
            command.addAll(jvm);
            command.add("-jar");
            command.add(program);
            conf.ifPresent(path ->
                    command.addAll(List.of("--conf", path.toAbsolutePath().toString())));
            settings.forEach((key, value) -> command.addAll(List.of("--set", key + "=" + value)));
            command.addAll(args);
            return List.copyOf(command);
        }

        private static Path builtJar() {
            return Stream.of(
                            System.getProperty("cornucopia.jar", ""),
                            "modules/server/target/cornucopia.jar",
                            "../server/target/cornucopia.jar")
                    .filter(candidate -> !candidate.isEmpty())
                    .map(Path::of)
                    .filter(Files::isRegularFile)
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException(
                            "there is no cornucopia.jar: run ./mvnw package first, or set -Dcornucopia.jar=…"));
        }
    }
}
