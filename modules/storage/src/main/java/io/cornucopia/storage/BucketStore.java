package io.cornucopia.storage;

import io.cornucopia.core.Digest;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.ProjectStatus;
import io.cornucopia.core.UploadDocument;
import io.cornucopia.core.UploadedFile;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Uploads in a bucket, which any number of processes may share that see nothing of one another but the bucket.
 *
 * <pre>
 * meta/{project}/{filename}.json               descriptions: whoever makes one has the filename
 * meta/{project}/{filename}.deleted            that the file was deleted
 * status/{project}.json                        the project's status, once it was set
 * packages/{project}/{upload}/{filename}       the files, and what lies beside them
 * incoming/{id}.json                           notes of what is on its way
 * </pre>
 *
 * <p>The bucket must refuse to make what is there ({@code If-None-Match: *}): {@link #open} tries whether it does.
 */
public final class BucketStore implements UploadStore, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BucketStore.class);
    private static final long SWEEP_MILLIS = TimeUnit.HOURS.toMillis(6);

    private final Vertx vertx;
    private final BucketSettings settings;
    private final BucketThreads threads;
    private final Bucket bucket;
    private final BucketPaths paths;
    private final BucketContents contents;
    private final BucketSweep sweep;
    private final BucketPublishing publishing;
    private final BucketChanges changes;
    private final BucketFiles files;
    private final AtomicBoolean proven = new AtomicBoolean();

    /**
     * Loads what speaks to buckets, which takes a while; asks nothing yet.
     *
     * @param cache where files of the bucket are kept on this node
     */
    public BucketStore(Vertx vertx, BucketSettings settings, FileCache cache) {
        this.vertx = Objects.requireNonNull(vertx, "vertx");
        this.settings = settings;
        threads = BucketThreads.of(vertx);
        bucket = new Bucket(settings);
        paths = new BucketPaths(settings.prefix());
        contents = new BucketContents(bucket, paths);
        sweep = new BucketSweep(bucket, paths, contents);
        publishing = new BucketPublishing(bucket, paths, contents, sweep);
        changes = new BucketChanges(bucket, paths, contents, sweep);
        files = new BucketFiles(vertx, cache, bucket, threads, settings.maxRetries());
    }

    /**
     * {@inheritDoc}
     *
     * <p>The first time it fails as well if the bucket is not there, may not be used, or does not refuse to make what is there.
     */
    @Override
    public Future<Set<ProjectName>> open() {
        return threads.documents()
                .executeBlocking(
                        () -> {
                            if (!proven.get()) {
                                new BucketProbe(settings, bucket, paths).run();
                                if (!proven.getAndSet(true)) {
                                    vertx.setPeriodic(SWEEP_MILLIS, fired -> sweepLater());
                                }
                            }
                            sweepSpool();
                            sweepBucket();
                            // What is decided is whole by then, so that nothing comes by this.
                            return Set.of();
                        },
                        false);
    }

    private void sweepLater() {
        threads.documents()
                .executeBlocking(
                        () -> {
                            sweepBucket();
                            return null;
                        },
                        false)
                .onFailure(why -> LOG.warn("{}: cannot be swept now: {}", settings, why.getMessage()));
    }

    private void sweepBucket() throws IOException {
        sweep.run(Instant.now().minus(BucketSweep.AGE));
    }

    /** Removes what dead processes of this node left of uploads that were arriving. */
    private void sweepSpool() throws IOException {
        Path incoming = settings.incoming();
        if (!Files.isDirectory(incoming)) {
            return;
        }
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(incoming)) {
            entries.forEach(entry -> names.add(entry.getFileName().toString()));
        }
        for (String name : names) {
            Stage.takeOver(incoming, name).ifPresent(Stage::remove);
        }
    }

    @Override
    public Future<IncomingFile> receive() {
        // On a worker, since the first one loads what hashes.
        return vertx.executeBlocking(
                () -> new SpooledUpload(vertx, () -> {
                    Files.createDirectories(settings.incoming());
                    return Stage.begin(settings.incoming());
                }),
                false);
    }

    @Override
    public Future<Publication> publish(IncomingFile content, UploadedFile file, Map<Companion, Buffer> beside) {
        if (!(content instanceof SpooledUpload upload)) {
            return Future.failedFuture(new IllegalArgumentException("not received by this store: " + content));
        }
        Map<Companion, Buffer> companions = Map.copyOf(beside);
        return threads.uploads().executeBlocking(() -> publishing.publish(upload, file, companions), false);
    }

    @Override
    public Future<Set<ProjectName>> projects() {
        return threads.documents().executeBlocking(contents::projects, false);
    }

    @Override
    public Future<ProjectUploads> read(ProjectName project) {
        Future<Optional<ProjectStatus>> status =
                threads.documents().executeBlocking(() -> contents.status(project), false);
        return threads.documents()
                .executeBlocking(() -> contents.list(project), false)
                .compose(listing -> files(project, listing)
                        .compose(files -> status.map(set -> new ProjectUploads(
                                project, set, !listing.described().isEmpty(), files, listing.buried()))));
    }

    /** Descriptions are read some at a time, so that a project of many files leaves threads for others. */
    private Future<List<UploadedFile>> files(ProjectName project, BucketContents.Listing listing) {
        List<BucketContents.Entry> live = listing.described().stream()
                .filter(entry -> !listing.buried().contains(entry.filename()))
                .toList();
        int share = Math.max(1, (live.size() + BucketThreads.SHARE - 1) / BucketThreads.SHARE);
        List<Future<List<UploadedFile>>> shares = new ArrayList<>();
        for (int i = 0; i < live.size(); i += share) {
            List<BucketContents.Entry> some = live.subList(i, Math.min(i + share, live.size()));
            shares.add(threads.documents().executeBlocking(() -> contents.files(project, some), false));
        }
        return Future.all(shares)
                .map(all ->
                        shares.stream().flatMap(one -> one.result().stream()).toList());
    }

    @Override
    public Future<Optional<FileHandle>> open(ProjectName project, String filename) {
        return live(project, filename)
                .compose(found -> found.isEmpty()
                        ? Future.succeededFuture(Optional.empty())
                        : files.open(wanted(found.get())).map(Optional::of));
    }

    private BucketFiles.Wanted wanted(UploadDocument document) {
        UploadedFile file = document.file();
        return new BucketFiles.Wanted(
                paths.file(document),
                file.project(),
                file.filename(),
                OptionalLong.of(file.size()),
                file.sha256(),
                lastModified(file));
    }

    @Override
    public Future<Optional<FileHandle>> open(ProjectName project, String filename, Companion beside) {
        return live(project, filename).compose(found -> {
            Optional<BucketFiles.Wanted> wanted = found.filter(document -> beside.isDescribed(document.file()))
                    .flatMap(document -> beside(document, beside));
            return wanted.isEmpty()
                    ? Future.succeededFuture(Optional.empty())
                    : files.open(wanted.get()).map(Optional::of);
        });
    }

    private Optional<BucketFiles.Wanted> beside(UploadDocument document, Companion companion) {
        UploadedFile file = document.file();
        Optional<Digest> digest =
                Optional.ofNullable(document.place().orElseThrow().beside().get(companion.suffix()));
        return digest.map(sha256 -> new BucketFiles.Wanted(
                paths.beside(document, companion),
                file.project(),
                file.filename() + companion.suffix(),
                OptionalLong.empty(),
                sha256,
                lastModified(file)));
    }

    private Future<Optional<UploadDocument>> live(ProjectName project, String filename) {
        return threads.documents()
                .executeBlocking(() -> contents.live(project, filename).map(BucketContents.Described::document), false);
    }

    private static Instant lastModified(UploadedFile file) {
        return file.uploadTime().truncatedTo(ChronoUnit.SECONDS);
    }

    @Override
    public Future<Boolean> update(UploadedFile file) {
        return threads.documents().executeBlocking(() -> changes.update(file), false);
    }

    @Override
    public Future<Boolean> delete(ProjectName project, String filename) {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
        return threads.documents().executeBlocking(() -> changes.delete(project, filename, now), false);
    }

    @Override
    public Future<Void> setStatus(ProjectName project, ProjectStatus status) {
        return threads.documents()
                .executeBlocking(
                        () -> {
                            changes.setStatus(project, status);
                            return null;
                        },
                        false);
    }

    /** Closes its connections; blocks a little. */
    @Override
    public void close() {
        bucket.close();
    }
}
