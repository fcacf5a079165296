package io.cornucopia.benchmarks;

import io.cornucopia.testkit.HttpProbe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A server as a process of its own, on a port of 127.0.0.1. Its output goes to a file without passing through us, so
 * that writing an access log costs it what it costs in earnest, and us nothing. Killed with this JVM.
 */
final class Server implements AutoCloseable {
    private static final Duration UP_WITHIN = Duration.ofSeconds(90);

    private final String name;
    private final int port;
    private final Path directory;
    private final Process process;
    private final Thread reaper;

    private Server(String name, int port, Path directory, Process process) {
        this.name = name;
        this.port = port;
        this.directory = directory;
        this.process = process;
        this.reaper = new Thread(this::kill, "reaper of " + name);
        Runtime.getRuntime().addShutdownHook(reaper);
    }

    /** Starts it without waiting for it. */
    static Server launch(String name, int port, Path directory, Map<String, String> environment, List<String> command) {
        try {
            Files.createDirectories(directory);
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            directory.resolve("stdout.log").toFile()))
                    .redirectError(ProcessBuilder.Redirect.appendTo(
                            directory.resolve("stderr.log").toFile()));
            builder.environment().putAll(environment);
            return new Server(name, port, directory, builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(String.join(" ", command), e);
        }
    }

    String name() {
        return name;
    }

    int port() {
        return port;
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    Path directory() {
        return directory;
    }

    HttpProbe probe() {
        return HttpProbe.at(port);
    }

    Usage usage() {
        return Usage.of(process.toHandle());
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** What it wrote to its error output. */
    String errors() {
        try {
            return Files.readString(directory.resolve("stderr.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until this path is answered with 200, asking every so often, and gives the nanoTime at which it was. */
    long awaitReady(String path, Duration pause) {
        long deadline = System.nanoTime() + UP_WITHIN.toNanos();
        while (System.nanoTime() < deadline && process.isAlive()) {
            // To find a closed port costs next to nothing; a whole request is only sent to one that is open.
            if (accepts() && answers(path)) {
                return System.nanoTime();
            }
            LockSupport.parkNanos(pause.toNanos());
        }
        throw new IllegalStateException(name + " did not get ready; see " + directory + "\n" + errors());
    }

    Server ready(String path) {
        try {
            awaitReady(path, Duration.ofMillis(20));
            return this;
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Empties its logs, which grow fast under load. They are opened for appending, so nothing is lost but the past. */
    void emptyLogs() {
        for (String log : List.of("stdout.log", "access.log")) {
            Path path = directory.resolve(log);
            if (Files.exists(path)) {
                try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
                    channel.truncate(0);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    @Override
    public void close() {
        kill();
        try {
            Runtime.getRuntime().removeShutdownHook(reaper);
        } catch (IllegalStateException e) {
            // The JVM is going down already, and the hook does the same.
        }
    }

    private void kill() {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        children.forEach(ProcessHandle::destroyForcibly);
    }

    private boolean accepts() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private boolean answers(String path) {
        try {
            return probe().timeout(Duration.ofSeconds(30)).get(path).status() == 200;
        } catch (UncheckedIOException e) {
            return false;
        }
    }
}
