package io.cornucopia.testkit;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A real S3 server on this machine, as a process of its own, killed with the JVM that started it if not before. It holds
 * {@code If-None-Match: *}, however many write at once.
 */
public final class S3Server implements AutoCloseable {
    /** Who may do everything there. */
    public static final String ACCESS_KEY = "cornucopia-tests";

    /** How that is proved. */
    public static final String SECRET_KEY = "a-secret-of-tests-that-is-none";

    private static final Duration READY_WITHIN = Duration.ofSeconds(60);

    /** Makes a bucket. */
    private interface Maker {
        void make(String bucket) throws IOException;
    }

    private final Process process;
    private final int port;
    private final Maker maker;
    private final Thread reaper;

    private S3Server(Process process, int port, Maker maker) {
        this.process = process;
        this.port = port;
        this.maker = maker;
        this.reaper = new Thread(process::destroyForcibly, "s3-reaper");
        Runtime.getRuntime().addShutdownHook(reaper);
    }

    /**
     * Starts moto, which keeps everything in memory, and answers one request at a time: by itself it is not atomic.
     *
     * @param tools with what {@link ClientTools#prepareServers} prepared
     * @param directory for what it says
     */
    public static S3Server moto(ClientTools tools, Path directory) {
        int port = FreePorts.take();
        Process process = start(
                List.of(tools.python().toString(), script(directory).toString(), Integer.toString(port)),
                Map.of("PYTHONUNBUFFERED", "1"),
                directory);
        URI root = URI.create("http://" + Loopback.HOST + ":" + port);
        return new S3Server(process, port, bucket -> {
                    // It asks nobody who he is.
                    HttpProbe.Response made = HttpProbe.at(root).send("PUT", "/" + bucket, new byte[0]);
                    if (made.status() != 200) {
                        throw new IOException("no bucket " + bucket + ": " + made.text());
                    }
                })
                .awaited("/moto-api/");
    }

    private static Path script(Path directory) {
        String name = "moto_in_turns.py";
        try (InputStream in = S3Server.class.getResourceAsStream(name)) {
            Files.createDirectories(directory);
            return Files.write(
                            directory.resolve(name),
                            Objects.requireNonNull(in, name).readAllBytes())
                    .toAbsolutePath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where MinIO lies, on the path or where Go installs it. */
    public static Optional<Path> minioProgram() {
        Stream<String> path = Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1));
        return Stream.concat(path, Stream.of(System.getProperty("user.home") + "/go/bin"))
                .map(directory -> Path.of(directory, "minio"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Starts MinIO, which keeps everything below {@code directory}. */
    public static S3Server minio(Path program, Path directory) {
        int port = FreePorts.take();
        int console = FreePorts.take();
        Path data = directory.resolve("data");
        Process process = start(
                List.of(
                        program.toString(),
                        "server",
                        "--quiet",
                        "--address",
                        Loopback.HOST + ":" + port,
                        "--console-address",
                        Loopback.HOST + ":" + console,
                        data.toString()),
                Map.of(
                        "MINIO_ROOT_USER",
                        ACCESS_KEY,
                        "MINIO_ROOT_PASSWORD",
                        SECRET_KEY,
                        "MINIO_BROWSER",
                        "off",
                        "MINIO_UPDATE",
                        "off"),
                directory);
        return new S3Server(process, port, bucket -> Files.createDirectories(data.resolve(bucket)))
                .awaited("/minio/health/ready");
    }

    private static Process start(List<String> command, Map<String, String> env, Path directory) {
        try {
            Files.createDirectories(directory);
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("s3-server.log").toFile());
            builder.environment().putAll(env);
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(String.join(" ", command), e);
        }
    }

    private S3Server awaited(String path) {
        HttpProbe probe = HttpProbe.at(URI.create(url())).timeout(Duration.ofSeconds(5));
        try {
            Conditions.await("an S3 server on port " + port, READY_WITHIN, () -> {
                try {
                    return !process.isAlive() || probe.get(path).status() == 200;
                } catch (UncheckedIOException e) {
                    return false;
                }
            });
            if (!process.isAlive()) {
                throw new AssertionError("the S3 server ended with " + process.exitValue());
            }
            return this;
        } catch (AssertionError e) {
            close();
            throw e;
        }
    }

    /** Its address, without a slash at the end. */
    public String url() {
        return "http://" + Loopback.HOST + ":" + port;
    }

    /** The port on which it serves. */
    public int port() {
        return port;
    }

    /** Makes a bucket with nothing in it. */
    public void makeBucket(String name) {
        try {
            maker.make(name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(20, TimeUnit.SECONDS);
            Runtime.getRuntime().removeShutdownHook(reaper);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IllegalStateException e) {
            // The JVM is going down already: the hook is about to run, or has.
        }
    }
}
