package io.cornucopia.storage;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.cornucopia.core.Digest;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The disposable directory of mirrored files, {@code packages/{project}/{filename}}, and of copies of uploads that lie in a
 * bucket, {@code packages/.uploads/{project}/{filename}}. A file's presence under its name means
 * that it is whole and was verified. Anything below it may be deleted at any time.
 *
 * <p>What is in progress lies in {@code partial/} and gets its name by one atomic rename; what dead processes left there is
 * swept at start. Several processes may share the directory: each removes what any of them kept, when there is too much.
 *
 * <p>When a limit is set, the files that were not asked for longest go first. Deleting a name takes nothing from whoever is
 * reading the file, nor from what is in progress.
 *
 * <p>Thread-safe. The methods that return futures may be called on any context; the others block.
 */
public final class FileCache {
    private static final Logger LOG = LoggerFactory.getLogger(FileCache.class);
    private static final int HASHES_KEPT = 100_000;
    private static final long NOTE_USE_MILLIS = 5 * 60_000L;

    /** A file on disk that is still the one it was. */
    private record Identity(Object key, long size, FileTime modified) {
        static Identity of(Path path) throws IOException {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            return new Identity(attributes.fileKey(), attributes.size(), attributes.lastModifiedTime());
        }
    }

    private final Cache<Identity, Digest> hashed =
            Caffeine.newBuilder().maximumSize(HASHES_KEPT).build();
    private final Vertx vertx;
    private final Path packages;
    private final Path partial;
    private final WorkInProgress work;
    private final OpenFiles openFiles;
    private final AtomicLong bytes = new AtomicLong();
    private final Eviction eviction;
    private final Counter evictions;
    private final Counter unkept;

    /**
     * @param directory the cache directory; created if it is not there
     * @param maxSize how many bytes of files are kept at most; empty: as many as the disk takes
     * @param openFiles where the files that are handed out stay open
     */
    public FileCache(Vertx vertx, Path directory, OptionalLong maxSize, OpenFiles openFiles, MeterRegistry metrics) {
        this.vertx = vertx;
        this.packages = directory.resolve("packages");
        this.partial = directory.resolve("partial");
        this.work = new WorkInProgress(directory.resolve(".locks"));
        this.openFiles = openFiles;
        this.eviction = new Eviction(packages, maxSize, openFiles);
        this.evictions = Counter.builder("cornucopia.cache.evictions")
                .description("files removed to stay within cache.max_size")
                .register(metrics);
        this.unkept = Counter.builder("cornucopia.cache.unkept")
                .description("files passed on without being kept, since the disk did not take them")
                .register(metrics);
        Gauge.builder("cornucopia.cache.size", bytes, AtomicLong::get)
                .baseUnit("bytes")
                .description("what the kept files take")
                .register(metrics);
    }

    /** Makes the directories, sweeps what dead processes left unfinished, and counts what is there. */
    public Future<Void> open() {
        if (eviction.isLimited()) {
            // Another process that evicts sees on the disk only how long a file was not used.
            vertx.setPeriodic(NOTE_USE_MILLIS, fired -> noteUse());
        }
        return vertx.executeBlocking(
                () -> {
                    Files.createDirectories(packages);
                    Files.createDirectories(partial);
                    work.sweep(partial, "", "");
                    bytes.set(eviction.measure());
                    evict();
                    return null;
                },
                false);
    }

    /**
     * The file as it is kept, open, with a reference for the caller; empty if it is not here. It is read through once a
     * process to see what its bytes really hash to, whatever became of the disk meanwhile.
     */
    public Future<Optional<StoredFile>> find(CacheEntry entry) {
        return vertx.executeBlocking(() -> openKept(entry), false);
    }

    /**
     * Like {@link #find}, for somebody who looks at the bytes himself: it is not read through, which of a large one takes
     * seconds, nor kept open, nor counted as used.
     */
    public Future<Optional<StoredFile>> openUnread(CacheEntry entry) {
        return vertx.executeBlocking(
                () -> {
                    Path path = path(entry);
                    try {
                        return Optional.of(openAt(path, entry, (identity, channel) -> known(identity)));
                    } catch (NoSuchFileException e) {
                        return Optional.empty();
                    }
                },
                false);
    }

    /** Begins to take a file in; the caller writes to it and ends it. Completes on the caller's context. */
    public Future<Download> take(CacheEntry entry, OptionalLong size, List<Digest> promised) {
        return vertx.executeBlocking(() -> new PartialFile(work.name(partial, "", ".part")), false)
                .map(file -> new Download(vertx, this, entry, size, promised, file));
    }

    /** Removes a file, such as one that turned out to be another than the page lists. */
    public Future<Void> remove(CacheEntry entry) {
        openFiles.forget(entry.filename());
        return vertx.executeBlocking(
                () -> {
                    Path path = path(entry);
                    long size = Files.exists(path) ? Files.size(path) : 0;
                    if (Files.deleteIfExists(path)) {
                        bytes.addAndGet(-size);
                    }
                    return null;
                },
                false);
    }

    /** Gives a verified file its name; blocks. */
    StoredFile keep(PartialFile file, CacheEntry entry, Digest sha256) throws IOException {
        Path path = path(entry);
        Instant now = Instant.now();
        // All of it before the file has its name: from then on another process may put another one in its place.
        setTimes(file.path(), entry.lastModified().orElse(now), now);
        hashed.put(Identity.of(file.path()), sha256);
        StoredFile stored = openAt(file.path(), entry, this::hash);
        try {
            file.moveTo(path);
        } catch (IOException | RuntimeException e) {
            stored.close();
            throw e;
        }
        bytes.addAndGet(stored.size());
        keepOpen(path, entry, stored);
        evict();
        return stored;
    }

    /** Brings it to the disk when files that are kept open were last used. */
    Future<Void> noteUse() {
        return vertx.executeBlocking(
                () -> {
                    openFiles.noteUse();
                    return null;
                },
                false);
    }

    void countUnkept() {
        unkept.increment();
    }

    private void evict() {
        long freed = eviction.makeRoom(bytes.get(), path -> {
            evictions.increment();
            LOG.debug("evicted {}", path);
        });
        bytes.addAndGet(-freed);
    }

    private Optional<StoredFile> openKept(CacheEntry entry) throws IOException {
        Path path = path(entry);
        try {
            StoredFile stored = openAt(path, entry, this::hash);
            setTimes(path, null, Instant.now());
            keepOpen(path, entry, stored);
            return Optional.of(stored);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private void keepOpen(Path path, CacheEntry entry, StoredFile stored) {
        openFiles.put(entry.project(), stored, entry.since(), lastUsed -> setTimes(path, null, lastUsed));
    }

    private StoredFile openAt(Path path, CacheEntry entry, Hashing hashing) throws IOException {
        while (true) {
            Identity identity = Identity.of(path);
            FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
            try {
                if (identity.equals(Identity.of(path))) {
                    Instant modified = identity.modified().toInstant().truncatedTo(ChronoUnit.SECONDS);
                    return new StoredFile(
                            entry.filename(), channel, identity.size(), hashing.of(identity, channel), modified);
                }
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
            // Somebody put another file in its place, so that it is not known which one was opened.
            channel.close();
        }
    }

    private interface Hashing {
        Optional<Digest> of(Identity identity, FileChannel channel) throws IOException;
    }

    private Optional<Digest> hash(Identity identity, FileChannel channel) throws IOException {
        Optional<Digest> known = known(identity);
        if (known.isPresent()) {
            return known;
        }
        Digest digest = FileVerification.sha256(channel);
        hashed.put(identity, digest);
        return Optional.of(digest);
    }

    private Optional<Digest> known(Identity identity) {
        return Optional.ofNullable(hashed.getIfPresent(identity));
    }

    private static void setTimes(Path path, Instant modified, Instant accessed) {
        try {
            Files.getFileAttributeView(path, BasicFileAttributeView.class)
                    .setTimes(modified == null ? null : FileTime.from(modified), FileTime.from(accessed), null);
        } catch (IOException e) {
            // Only the order of eviction suffers; the file may just have been deleted by hand.
            LOG.debug("{}: times cannot be set: {}", path, e.toString());
        }
    }

    private Path path(CacheEntry entry) {
        // No project's name begins with a dot.
        Path root = entry.origin() == CacheEntry.Origin.UPLOADS ? packages.resolve(".uploads") : packages;
        return root.resolve(entry.project().value()).resolve(entry.filename());
    }
}
