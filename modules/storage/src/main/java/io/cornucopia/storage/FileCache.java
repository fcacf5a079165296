package io.cornucopia.storage;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.cornucopia.core.Digest;
import io.cornucopia.core.ProjectName;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The disposable directory of mirrored files: {@code packages/{project}/{filename}}. A file's presence under its name means
 * that it is whole and was verified. Anything below it may be deleted at any time.
 *
 * <p>What is in progress lies in {@code partial/} and gets its name by one atomic rename; that directory is swept at start.
 *
 * <p>When a limit is set, the files that were not asked for longest go first. Deleting a name takes nothing from whoever is
 * reading the file, nor from what is in progress.
 *
 * <p>Thread-safe. The methods that return futures may be called on any context; the others block.
 */
public final class FileCache {
    private static final Logger LOG = LoggerFactory.getLogger(FileCache.class);
    private static final int HASHES_KEPT = 100_000;

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

    /** Makes the directories, sweeps what an earlier run left unfinished, and counts what is there. */
    public Future<Void> open() {
        return vertx.executeBlocking(
                () -> {
                    Files.createDirectories(packages);
                    Files.createDirectories(partial);
                    sweep();
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

    /** Begins to take a file in; the caller writes to it and ends it. Completes on the caller's context. */
    public Future<Download> take(CacheEntry entry, OptionalLong size, List<Digest> promised) {
        Path path = partial.resolve(UUID.randomUUID() + ".part");
        return vertx.executeBlocking(() -> new PartialFile(path), false)
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
        file.moveTo(path);
        Instant now = Instant.now();
        setTimes(path, entry.lastModified().orElse(now), now);
        hashed.put(Identity.of(path), sha256);
        StoredFile stored = openAt(path, entry);
        bytes.addAndGet(stored.size());
        keepOpen(path, entry, stored);
        evict();
        return stored;
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
            StoredFile stored = openAt(path, entry);
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

    private StoredFile openAt(Path path, CacheEntry entry) throws IOException {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        try {
            Identity identity = Identity.of(path);
            Digest digest = hashed.getIfPresent(identity);
            if (digest == null) {
                digest = FileVerification.sha256(channel);
                hashed.put(identity, digest);
            }
            Instant modified = identity.modified().toInstant().truncatedTo(ChronoUnit.SECONDS);
            return new StoredFile(entry.filename(), channel, identity.size(), digest, modified);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
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

    private void sweep() throws IOException {
        Files.walkFileTree(partial, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private Path path(CacheEntry entry) {
        return path(entry.project(), entry.filename());
    }

    private Path path(ProjectName project, String filename) {
        return packages.resolve(project.value()).resolve(filename);
    }
}
