package io.cornucopia.http;

import io.cornucopia.access.Doorkeeper;
import io.cornucopia.access.Permission;
import io.cornucopia.access.Principal;
import io.cornucopia.access.Token;
import io.cornucopia.bus.Addresses;
import io.cornucopia.bus.AsIsCodec;
import io.cornucopia.bus.Failure;
import io.cornucopia.bus.FailureException;
import io.cornucopia.bus.FileAnswer;
import io.cornucopia.bus.FileQuery;
import io.cornucopia.bus.ManageAnswer;
import io.cornucopia.bus.ManageQuery;
import io.cornucopia.bus.OwnProjectsAnswer;
import io.cornucopia.bus.OwnProjectsAnswer.OwnProject;
import io.cornucopia.bus.PageAnswer;
import io.cornucopia.bus.RootAnswer;
import io.cornucopia.bus.RootQuery;
import io.cornucopia.bus.UploadAnswer;
import io.cornucopia.bus.UploadQuery;
import io.cornucopia.cluster.Announcements;
import io.cornucopia.core.Digest;
import io.cornucopia.core.DistributionFile;
import io.cornucopia.core.HashAlgorithm;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.ProjectPage;
import io.cornucopia.core.ProjectPattern;
import io.cornucopia.core.ProjectStatus;
import io.cornucopia.core.UploadedFile;
import io.cornucopia.storage.CacheEntry;
import io.cornucopia.storage.Download;
import io.cornucopia.storage.FileCache;
import io.cornucopia.storage.OpenFiles;
import io.cornucopia.storage.StoredFile;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** The verticle under test, and beside it on the bus those who answer it, with answers that a test lays ready. */
final class Site implements AutoCloseable {
    static final Instant MODIFIED = Instant.parse("2024-05-06T07:08:09Z");

    final Path directory;
    final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2).setPreferNativeTransport(true));
    final Map<String, PageAnswer> pages = new ConcurrentHashMap<>();
    final Map<String, Failure> failures = new ConcurrentHashMap<>();
    final Map<String, byte[]> files = new ConcurrentHashMap<>();
    final Map<String, Future<FileAnswer>> answers = new ConcurrentHashMap<>();
    final List<FileQuery> fileQueries = new CopyOnWriteArrayList<>();
    final List<StoredFile> handedOut = new CopyOnWriteArrayList<>();
    final AtomicInteger pageQueries = new AtomicInteger();
    final AtomicInteger rootQueries = new AtomicInteger();
    volatile boolean rootHolds;
    private volatile StoredFile keptRoot;
    final Readiness readiness = new Readiness();
    final OpenFiles openFiles = new OpenFiles(16, Duration.ofMinutes(1));
    final PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    final ByteArrayOutputStream log = new ByteArrayOutputStream();
    final AccessLog accessLog;
    final FileCache cache;
    final List<HttpVerticle> verticles = new ArrayList<>();

    final List<UploadQuery> uploads = new CopyOnWriteArrayList<>();
    final List<ManageQuery> acts = new CopyOnWriteArrayList<>();
    final List<OwnProject> ownProjects = new CopyOnWriteArrayList<>();
    final List<Token> tokens = new CopyOnWriteArrayList<>();
    final ReceivingStore store;
    /** What becomes of uploads and acts; by default they succeed. */
    volatile Optional<Failure> refusal = Optional.empty();
    /** What tells whether this node has heard all news. */
    final HeldNews announcements = new HeldNews();
    /** Uploads are answered once this is done. */
    volatile Future<Void> published = Future.succeededFuture();

    /** A node that has heard all news, until the test says that it has not. */
    static final class HeldNews implements Announcements {
        volatile Future<Void> caughtUp = Future.succeededFuture();
        final AtomicInteger waiting = new AtomicInteger();

        @Override
        public boolean current() {
            return caughtUp.isComplete();
        }

        @Override
        public Future<Void> caughtUp() {
            waiting.incrementAndGet();
            return caughtUp;
        }

        @Override
        public Future<Void> announce(Change change) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void listen(Listener listener) {
            throw new UnsupportedOperationException();
        }
    }

    Site(Path directory, String basePath) {
        this(
                directory,
                basePath,
                HttpSettings.Readers.ANONYMOUS,
                new HttpSettings.Upload(true, 1 << 20),
                Optional.empty());
    }

    Site(
            Path directory,
            String basePath,
            HttpSettings.Readers readers,
            HttpSettings.Upload upload,
            Optional<HttpSettings.Tls> tls) {
        this(directory, basePath, readers, upload, tls, AccessLog.Format.TEXT);
    }

    Site(
            Path directory,
            String basePath,
            HttpSettings.Readers readers,
            HttpSettings.Upload upload,
            Optional<HttpSettings.Tls> tls,
            AccessLog.Format format) {
        this.directory = directory;
        accessLog = new AccessLog(vertx, log, format);
        store = new ReceivingStore(vertx, directory.resolve("incoming"));
        cache = new FileCache(vertx, directory.resolve("cache"), OptionalLong.empty(), openFiles, metrics);
        AsIsCodec.register(vertx);
        cache.open().await();
        Addresses.PAGE.serve(vertx, query -> {
            pageQueries.incrementAndGet();
            String name = query.project().value();
            return pages.containsKey(name) ? Future.succeededFuture(pages.get(name)) : failed(name);
        });
        Addresses.ROOT.serve(vertx, this::root);
        Addresses.FILE.serve(vertx, this::file);
        Addresses.UPLOAD.serve(vertx, this::upload);
        Addresses.MANAGE.serve(vertx, this::manage);
        Addresses.OWN_PROJECTS.serve(
                vertx, query -> Future.succeededFuture(new OwnProjectsAnswer(List.copyOf(ownProjects))));
        HttpSettings settings = new HttpSettings(
                "127.0.0.1",
                0,
                basePath,
                Duration.ZERO,
                Duration.ofSeconds(10),
                Duration.ofMinutes(10),
                upload,
                readers,
                tls);
        for (int i = 0; i < 2; i++) {
            HttpVerticle verticle = new HttpVerticle(
                    settings,
                    openFiles,
                    store,
                    new Doorkeeper(() -> tokens, InstantSource.system()),
                    announcements,
                    accessLog,
                    readiness,
                    metrics,
                    metrics::scrape);
            vertx.deployVerticle(verticle).await();
            verticles.add(verticle);
        }
        readiness.ready();
    }

    /** Makes a token known that may do these things to these projects; returns the header that goes with it. */
    String token(String secret, Map<Permission, List<String>> allowed) {
        Map<Permission, List<ProjectPattern>> patterns = new HashMap<>();
        allowed.forEach((permission, texts) ->
                patterns.put(permission, texts.stream().map(ProjectPattern::new).toList()));
        Principal principal = new Principal(secret + "-token", patterns, Optional.empty());
        tokens.add(new Token(digest(secret.getBytes(StandardCharsets.UTF_8)), principal, Optional.empty()));
        return basic("__token__", secret);
    }

    static String basic(String user, String password) {
        return "Authorization: Basic "
                + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    private Future<UploadAnswer> upload(UploadQuery query) {
        uploads.add(query);
        return published.compose(v -> {
            if (refusal.isPresent()) {
                return Future.failedFuture(new FailureException(refusal.get()));
            }
            UploadedFile file = new UploadedFile(
                    new ProjectName("demo"),
                    "1.0",
                    query.filename(),
                    query.received().length(),
                    List.of(new Digest(HashAlgorithm.SHA256, query.received().sha256())),
                    Optional.empty(),
                    MODIFIED,
                    Optional.empty(),
                    Optional.empty(),
                    false,
                    false,
                    query.actor().principal().name());
            return Future.succeededFuture(new UploadAnswer(file, true));
        });
    }

    private Future<ManageAnswer> manage(ManageQuery query) {
        acts.add(query);
        return refusal.isPresent()
                ? Future.failedFuture(new FailureException(refusal.get()))
                : Future.succeededFuture(new ManageAnswer(List.of("demo-1.0-py3-none-any.whl")));
    }

    int port() {
        return verticles.get(0).actualPort();
    }

    RawClient.Answer get(String path, String... headers) throws IOException {
        return RawClient.request(port(), "GET", path, headers);
    }

    RawClient.Answer head(String path, String... headers) throws IOException {
        return RawClient.request(port(), "HEAD", path, headers);
    }

    /** Lays a page ready that was checked a minute ago and is fresh for another. */
    void page(String name, int files, PageAnswer.Origin origin, String revision) {
        Instant now = Instant.now();
        page(name, files, origin, revision, now.minusSeconds(60), now.plusSeconds(60));
    }

    void page(
            String name, int files, PageAnswer.Origin origin, String revision, Instant checkedAt, Instant freshUntil) {
        ProjectName project = new ProjectName(name);
        List<DistributionFile> listed = new ArrayList<>();
        for (int i = 0; i < files; i++) {
            String filename = name.replace('-', '_') + "-1." + i + "+local-py3-none-any.whl";
            listed.add(new DistributionFile(
                    filename,
                    "https://files.example/" + filename,
                    List.of(digest(filename.getBytes(StandardCharsets.UTF_8))),
                    OptionalLong.of(17),
                    Optional.of(">=3.8"),
                    Optional.of(MODIFIED),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of("https://pypi.example/integrity/" + filename),
                    Optional.empty()));
        }
        ProjectPage page = new ProjectPage(
                project,
                ProjectStatus.ACTIVE,
                OptionalLong.of(4711),
                listed.stream().map(file -> file.filename().split("-", -1)[1]).toList(),
                listed);
        pages.put(name, new PageAnswer(page, revision, checkedAt, freshUntil, origin));
    }

    /** A download in progress that {@code filename} is answered with. */
    Download growing(String filename, OptionalLong size, List<Digest> promised) {
        ProjectName project = new ProjectName("growing");
        CacheEntry entry = new CacheEntry(project, filename, Optional.of(MODIFIED));
        Download download = cache.take(entry, size, promised).await();
        answers.put(
                filename,
                Future.succeededFuture(
                        new FileAnswer.Bytes(project, download.follow().orElseThrow())));
        return download;
    }

    static Digest digest(byte[] bytes) {
        try {
            return Digest.of(
                    HashAlgorithm.SHA256, MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    StoredFile stored(String filename, byte[] bytes) {
        try {
            Path path = Files.createTempFile(directory, "stored", null);
            Files.write(path, bytes);
            StoredFile file = new StoredFile(filename, FileChannel.open(path), bytes.length, digest(bytes), MODIFIED);
            handedOut.add(file);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lays a file ready that is open already. */
    StoredFile open(String filename, byte[] bytes) {
        StoredFile file = stored(filename, bytes);
        openFiles.put(new ProjectName("demo"), file, moment -> {});
        file.close();
        return file;
    }

    private Future<RootAnswer> root(RootQuery query) {
        byte[] bytes = ("root " + query.representation() + " gzip=" + query.gzip()).getBytes(StandardCharsets.UTF_8);
        String etag = "\"root-" + query.representation() + (query.gzip() ? "-gzip" : "") + '"';
        rootQueries.incrementAndGet();
        StoredFile kept = keptRoot;
        return Future.succeededFuture(
                kept != null && kept.retain()
                        ? new RootAnswer(kept, etag, Instant.now(), () -> rootHolds)
                        : new RootAnswer(stored("root", bytes), etag, Instant.now(), () -> false));
    }

    /** From now on, until it is closed, this is the root list for all who ask, and goes on being that. */
    StoredFile keepRoot(byte[] bytes) {
        keptRoot = stored("root", bytes);
        rootHolds = true;
        return keptRoot;
    }

    private Future<FileAnswer> file(FileQuery query) {
        fileQueries.add(query);
        String name = query.filename() + query.part().suffix();
        if (answers.containsKey(name)) {
            return answers.get(name);
        }
        byte[] bytes = files.get(name);
        return bytes == null
                ? failed(name)
                : Future.succeededFuture(new FileAnswer.Bytes(new ProjectName("demo"), stored(name, bytes)));
    }

    private <T> Future<T> failed(String name) {
        return Future.failedFuture(new FailureException(
                failures.getOrDefault(name, new Failure.NotFound("there is no " + name + " anywhere"))));
    }

    @Override
    public void close() {
        vertx.close().await();
        accessLog.close();
    }
}
