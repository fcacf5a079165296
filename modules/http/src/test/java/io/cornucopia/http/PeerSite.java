package io.cornucopia.http;

import io.cornucopia.bus.Addresses;
import io.cornucopia.bus.AsIsCodec;
import io.cornucopia.bus.Failure;
import io.cornucopia.bus.FailureException;
import io.cornucopia.bus.FileAnswer;
import io.cornucopia.bus.PeerFileQuery;
import io.cornucopia.bus.PeerPageAnswer;
import io.cornucopia.bus.PeerPageQuery;
import io.cornucopia.cluster.ClusterSecret;
import io.cornucopia.cluster.HostPort;
import io.cornucopia.cluster.HttpPeerClient;
import io.cornucopia.cluster.Member;
import io.cornucopia.cluster.PeerAnswer;
import io.cornucopia.cluster.PeerClient;
import io.cornucopia.core.Digest;
import io.cornucopia.core.HashAlgorithm;
import io.cornucopia.core.ProjectName;
import io.cornucopia.storage.CacheEntry;
import io.cornucopia.storage.Download;
import io.cornucopia.storage.FileCache;
import io.cornucopia.storage.OpenFiles;
import io.cornucopia.storage.StoredFile;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** A node's internal port, with what a test lays ready behind it, and other nodes that ask there. */
final class PeerSite implements AutoCloseable {
    static final ProjectName PROJECT = new ProjectName("thing");
    static final ClusterSecret SECRET = new ClusterSecret("test", "a secret of sixteen and more");
    static final ClusterSecret OTHER_SECRET = new ClusterSecret("test", "another secret, as long");
    static final Duration PATIENCE = Duration.ofMillis(800);

    final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
    final Map<String, Supplier<Future<FileAnswer.Bytes>>> files = new ConcurrentHashMap<>();
    final Map<String, byte[]> pages = new ConcurrentHashMap<>();
    final AtomicInteger fileQuestions = new AtomicInteger();
    final ByteArrayOutputStream log = new ByteArrayOutputStream();
    final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    final AccessLog accessLog = new AccessLog(vertx, log, AccessLog.Format.TEXT);
    private final Path directory;
    private final FileCache cache;
    private final PeerVerticle verticle;

    PeerSite(Path directory) {
        this.directory = directory;
        AsIsCodec.register(vertx);
        cache = new FileCache(
                vertx, directory, OptionalLong.empty(), new OpenFiles(10, Duration.ofMinutes(1)), metrics);
        await(cache.open());
        Addresses.PEER_FILE.serve(vertx, this::file);
        Addresses.PEER_PAGE.serve(vertx, this::page);
        HttpSettings settings = new HttpSettings(
                "127.0.0.1",
                0,
                "",
                Duration.ZERO,
                Duration.ofSeconds(5),
                Duration.ofMinutes(10),
                new HttpSettings.Upload(false, 1),
                HttpSettings.Readers.TOKEN,
                Optional.empty());
        verticle = new PeerVerticle(
                settings,
                SECRET.tls(),
                SECRET.signature("asked", System::currentTimeMillis),
                accessLog,
                new Readiness(),
                metrics);
        await(vertx.deployVerticle(verticle));
        // The first handshake of a process loads and compiles what the patience of the tests is not meant for.
        Reading first = read(client(SECRET, Duration.ofSeconds(20)), member(port()), "none", 0);
        if (!"not there".equals(failure(first.end.future()).getMessage())) {
            throw new IllegalStateException("cannot be asked");
        }
        fileQuestions.set(0);
    }

    private Future<FileAnswer.Bytes> file(PeerFileQuery query) {
        fileQuestions.incrementAndGet();
        Supplier<Future<FileAnswer.Bytes>> laid = files.get(query.name());
        return laid == null || !query.project().equals(PROJECT) ? notThere() : laid.get();
    }

    private Future<PeerPageAnswer> page(PeerPageQuery query) {
        byte[] bytes = pages.get(query.project().value());
        return bytes == null
                ? notThere()
                : Future.succeededFuture(new PeerPageAnswer(stored("page", bytes), "revision-" + bytes.length));
    }

    private static <T> Future<T> notThere() {
        return Future.failedFuture(new FailureException(new Failure.NotFound("not here")));
    }

    int port() {
        return verticle.actualPort();
    }

    /** Lays a whole file ready. */
    void whole(String name, byte[] bytes) {
        files.put(name, () -> Future.succeededFuture(new FileAnswer.Bytes(PROJECT, stored(name, bytes))));
    }

    /** Lays a file ready that the test lets arrive. */
    Download arriving(String name, OptionalLong size) {
        Download download = await(cache.take(new CacheEntry(PROJECT, name, Optional.empty()), size, List.of()));
        files.put(
                name,
                () -> Future.succeededFuture(
                        new FileAnswer.Bytes(PROJECT, download.follow().orElseThrow())));
        return download;
    }

    static String sha256(byte[] bytes) {
        return digest(bytes).hex();
    }

    private static Digest digest(byte[] bytes) {
        try {
            return Digest.of(
                    HashAlgorithm.SHA256, MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private StoredFile stored(String filename, byte[] bytes) {
        try {
            Path path = Files.createTempFile(directory, "stored", null);
            Files.write(path, bytes);
            return new StoredFile(filename, FileChannel.open(path), bytes.length, digest(bytes), Instant.EPOCH);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Another node, as this one would see it, with what is asked of it going to that port. */
    static Member member(int port) {
        return new Member("asked", new HostPort("127.0.0.1", 1), new HostPort("127.0.0.1", port), "1", false);
    }

    PeerClient client(ClusterSecret secret) {
        return client(secret, PATIENCE);
    }

    private PeerClient client(ClusterSecret secret, Duration patience) {
        return new HttpPeerClient(vertx, secret.tls(), secret.signature("asking", System::currentTimeMillis), patience);
    }

    /** Asks on a context, as is to be done, and reads to the end. */
    Reading read(PeerClient client, Member member, String name, long offset) {
        Reading reading = new Reading();
        vertx.runOnContext(ignored -> client.file(member, PROJECT, name, offset).onComplete(answer -> {
            if (answer.failed()) {
                reading.end.tryFail(answer.cause());
            } else if (answer.result().isEmpty()) {
                reading.end.tryFail("not there");
            } else {
                reading.begin(answer.result().get());
            }
        }));
        return reading;
    }

    /** What comes of an answer. */
    static final class Reading {
        final Promise<Void> end = Promise.promise();
        final Promise<PeerAnswer> head = Promise.promise();
        private final Buffer collected = Buffer.buffer();

        void begin(PeerAnswer answer) {
            answer.body().exceptionHandler(end::tryFail);
            answer.body().endHandler(ignored -> end.tryComplete());
            answer.body().handler(bytes -> {
                synchronized (collected) {
                    collected.appendBuffer(bytes);
                }
            });
            answer.body().resume();
            head.complete(answer);
        }

        byte[] bytes() {
            synchronized (collected) {
                return collected.getBytes();
            }
        }
    }

    static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    static Throwable failure(Future<?> future) {
        try {
            Object answer = future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
            throw new AssertionError("expected a failure, got " + answer);
        } catch (ExecutionException e) {
            return e.getCause();
        } catch (InterruptedException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        await(vertx.close());
        accessLog.close();
    }
}
