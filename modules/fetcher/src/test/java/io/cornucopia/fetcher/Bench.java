package io.cornucopia.fetcher;

import io.cornucopia.bus.Addresses;
import io.cornucopia.bus.AsIsCodec;
import io.cornucopia.bus.Failure;
import io.cornucopia.bus.FailureException;
import io.cornucopia.bus.FileAnswer;
import io.cornucopia.bus.FileQuery;
import io.cornucopia.bus.FileQuery.Part;
import io.cornucopia.bus.FileQuery.Purpose;
import io.cornucopia.bus.ListedFile;
import io.cornucopia.bus.ListedFileQuery;
import io.cornucopia.bus.PageAnswer;
import io.cornucopia.bus.ProjectChanged;
import io.cornucopia.cluster.Cluster;
import io.cornucopia.cluster.HostPort;
import io.cornucopia.cluster.Member;
import io.cornucopia.core.CoreMetadata;
import io.cornucopia.core.Digest;
import io.cornucopia.core.DistributionFile;
import io.cornucopia.core.HashAlgorithm;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.ProjectStatus;
import io.cornucopia.storage.Chunk;
import io.cornucopia.storage.FileCache;
import io.cornucopia.storage.GrowingFile;
import io.cornucopia.storage.OpenFiles;
import io.cornucopia.storage.StoredFile;
import io.cornucopia.testkit.FakeUpstream;
import io.cornucopia.testkit.GoldenFile;
import io.cornucopia.testkit.LiveDirectory;
import io.cornucopia.upstream.Upstream;
import io.cornucopia.upstream.UpstreamSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/** A fetcher between an upstream with faults, pages that say what the test says, and a test. */
final class Bench implements AutoCloseable {
    private static final HostPort NOWHERE = new HostPort("localhost", 1);

    static final ProjectName PROJECT = new ProjectName("thing");

    final Vertx vertx = Vertx.vertx();
    final FakeUpstream upstream;
    final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    final List<ListedFileQuery> pageQuestions = new CopyOnWriteArrayList<>();

    final OpenFiles openFiles = new OpenFiles(100, Duration.ofMinutes(1));
    final FileUploads uploads;

    private final Path directory;
    private final boolean upstreamIsShared;
    private volatile Future<ListedFile> listed = Future.failedFuture("nothing is listed yet");
    private volatile Future<ListedFile> listedAgain;
    private final AtomicReference<Runnable> afterNext = new AtomicReference<>();

    Bench(Path directory) {
        this(directory, false);
    }

    Bench(Path directory, boolean offline) {
        this(
                directory,
                offline,
                FakeUpstream.start(),
                false,
                vertx -> Cluster.alone(new Member("alone", NOWHERE, NOWHERE, "", true)));
    }

    /** One of several, with an upstream that is closed by somebody else. */
    Bench(Path directory, FakeUpstream upstream, Function<Vertx, Cluster> cluster) {
        this(directory, false, upstream, true, cluster);
    }

    private Bench(
            Path directory,
            boolean offline,
            FakeUpstream upstream,
            boolean upstreamIsShared,
            Function<Vertx, Cluster> cluster) {
        this.directory = directory;
        this.upstream = upstream;
        this.upstreamIsShared = upstreamIsShared;
        this.uploads = new FileUploads(directory.resolve("data"));
        AsIsCodec.register(vertx);
        Addresses.LISTED_FILE.serve(vertx, query -> {
            pageQuestions.add(query);
            Future<ListedFile> answer =
                    query.effort() == ListedFileQuery.Effort.ASK_AGAIN && listedAgain != null ? listedAgain : listed;
            Runnable next = afterNext.getAndSet(null);
            return next == null
                    ? answer
                    : vertx.executeBlocking(Executors.callable(next)).compose(done -> answer);
        });
        Upstream client = new Upstream(
                vertx,
                new UpstreamSettings(
                        URI.create(upstream.url()),
                        List.of(),
                        Optional.empty(),
                        2,
                        Duration.ofSeconds(2),
                        // Several nodes have stalls to live through, which this one would end.
                        upstreamIsShared ? Duration.ofSeconds(20) : Duration.ofMillis(700),
                        offline),
                metrics);
        await(vertx.deployVerticle(new FetcherVerticle(
                new FileCache(vertx, directory, OptionalLong.empty(), openFiles, metrics),
                client,
                openFiles,
                uploads,
                cluster.apply(vertx),
                metrics)));
    }

    /** What a page says of this file. */
    DistributionFile described(GoldenFile file) {
        return new DistributionFile(
                file.filename(),
                upstream.fileUrl(file),
                List.of(new Digest(HashAlgorithm.SHA256, file.sha256())),
                OptionalLong.of(file.size()),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                file.metadata().map(bytes -> new CoreMetadata(Optional.empty())),
                Optional.empty(),
                Optional.empty());
    }

    /** The same without digest and size, as of an index that is a directory of links. */
    static DistributionFile undescribed(DistributionFile file) {
        return new DistributionFile(
                file.filename(),
                file.url(),
                List.of(),
                OptionalLong.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** The page lists this from now on. */
    void list(DistributionFile file) {
        list(file, ProjectStatus.ACTIVE);
    }

    void list(DistributionFile file, ProjectStatus status) {
        listed = Future.succeededFuture(new ListedFile(PROJECT, status, file, PageAnswer.Origin.UPSTREAM));
    }

    /** What the page says to whoever asks again. */
    void listAgain(DistributionFile file) {
        listedAgain =
                Future.succeededFuture(new ListedFile(PROJECT, ProjectStatus.ACTIVE, file, PageAnswer.Origin.UPSTREAM));
    }

    /** The page lists this as a file of ours from now on. */
    void listOwn(DistributionFile file, ProjectStatus status) {
        listed = Future.succeededFuture(new ListedFile(PROJECT, status, file, PageAnswer.Origin.OWN));
    }

    /** The news that follow a change of the project's uploads. */
    void announce(ProjectName project) {
        await(Addresses.PROJECT_CHANGED.publish(vertx, new ProjectChanged(project)));
    }

    /** What happens between the next look at the page and the answer. */
    void afterNextQuestion(Runnable action) {
        afterNext.set(action);
    }

    void listFailure(Failure failure) {
        listed = Future.failedFuture(new FailureException(failure));
    }

    Future<FileAnswer> ask(String filename, Part part, Purpose purpose) {
        return Addresses.FILE.ask(vertx, new FileQuery(filename, part, purpose));
    }

    /** The bytes of a file, to its end. */
    Future<Buffer> fetch(String filename, Part part) {
        Promise<Buffer> bytes = Promise.promise();
        vertx.runOnContext(ignored -> ask(filename, part, Purpose.BYTES)
                .compose(answer -> read((FileAnswer.Bytes) answer))
                .onComplete(bytes));
        return bytes.future();
    }

    Future<Buffer> fetch(GoldenFile file) {
        return fetch(file.filename(), Part.FILE);
    }

    /** What is counted under that name, with these tags. */
    double counted(String name, String... tags) {
        return metrics.get(name).tags(tags).counter().count();
    }

    /** The names below {@code packages} in the cache. */
    List<String> kept() {
        return below("packages");
    }

    /** The names of what is being downloaded. */
    List<String> partial() {
        return below("partial");
    }

    Path keptFile(String filename) {
        return directory.resolve("packages").resolve(PROJECT.value()).resolve(filename);
    }

    private List<String> below(String name) {
        return LiveDirectory.files(directory.resolve(name)).stream()
                .map(file -> file.substring(file.lastIndexOf('/') + 1))
                .toList();
    }

    /** The bytes of a file that is open, as whoever serves files sends them without asking; empty if it is not open. */
    Optional<Buffer> openBytes(String name) {
        return openFiles.get(name).map(file -> await(read(new FileAnswer.Bytes(PROJECT, file))));
    }

    private Future<Buffer> read(FileAnswer.Bytes answer) {
        if (answer.handle() instanceof StoredFile stored) {
            ByteBuffer bytes = ByteBuffer.allocate((int) stored.size());
            try {
                while (bytes.hasRemaining() && stored.channel().read(bytes, bytes.position()) > 0) {
                    // Until all of it was read.
                }
            } catch (IOException e) {
                return Future.failedFuture(e);
            } finally {
                stored.close();
            }
            return Future.succeededFuture(Buffer.buffer(bytes.array()));
        }
        GrowingFile growing = (GrowingFile) answer.handle();
        Context context = vertx.getOrCreateContext();
        Promise<Buffer> whole = Promise.promise();
        Buffer collected = Buffer.buffer();
        ReadStream<Chunk> tail = growing.tail(context, 0, Long.MAX_VALUE);
        tail.exceptionHandler(whole::tryFail);
        tail.endHandler(ignored -> whole.tryComplete(collected));
        tail.handler(chunk -> {
            collected.appendBuffer(chunk.bytes());
            chunk.release();
        });
        return whole.future().onComplete(ignored -> growing.close());
    }

    static Failure failure(Future<?> future) {
        try {
            Object answer = future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
            throw new AssertionError("expected a failure, got " + answer);
        } catch (ExecutionException e) {
            return FailureException.of(e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new IllegalStateException(e);
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

    @Override
    public void close() {
        await(vertx.close());
        if (!upstreamIsShared) {
            upstream.close();
        }
    }
}
