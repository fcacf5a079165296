package io.cornucopia.intake;

import io.cornucopia.core.ProjectName;
import io.cornucopia.core.ProjectStatus;
import io.cornucopia.core.UploadedFile;
import io.cornucopia.storage.Companion;
import io.cornucopia.storage.FileHandle;
import io.cornucopia.storage.IncomingFile;
import io.cornucopia.storage.ProjectUploads;
import io.cornucopia.storage.UploadStore;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A small twin of the store: descriptions in memory, and only what is arriving on the disk. */
final class MemoryStore implements UploadStore {
    /** The next publication fails with this. */
    volatile Optional<IOException> fault = Optional.empty();

    /** What is there was not listed before the next publication finishes it, in the place of a node that died. */
    volatile boolean unfinished;

    /** Every change of a description, in order. */
    final List<UploadedFile> updates = new CopyOnWriteArrayList<>();

    private final Map<String, UploadedFile> files = new TreeMap<>();
    private final Map<String, Map<Companion, Buffer>> companions = new TreeMap<>();
    private final Map<ProjectName, ProjectStatus> statuses = new TreeMap<>();
    private final Set<ProjectName> ever = new HashSet<>();
    private final Set<String> burned = new HashSet<>();

    synchronized Optional<UploadedFile> file(String filename) {
        return Optional.ofNullable(files.get(filename));
    }

    synchronized Map<Companion, Buffer> beside(String filename) {
        return companions.get(filename);
    }

    /** An upload that has arrived in {@code file}. */
    static IncomingFile arrived(Path file, long length) {
        return new Arrived(file, length);
    }

    @Override
    public Future<Set<ProjectName>> open() {
        return Future.succeededFuture(Set.of());
    }

    @Override
    public Future<IncomingFile> receive() {
        throw new UnsupportedOperationException("tests hand in what has arrived");
    }

    @Override
    public synchronized Future<Publication> publish(
            IncomingFile content, UploadedFile file, Map<Companion, Buffer> beside) {
        if (fault.isPresent()) {
            return Future.failedFuture(fault.get());
        }
        if (burned.contains(file.filename())) {
            return Future.succeededFuture(new Publication.Burned());
        }
        UploadedFile existing = files.putIfAbsent(file.filename(), file);
        if (existing != null) {
            return Future.succeededFuture(new Publication.Exists(existing, unfinished));
        }
        companions.put(file.filename(), beside);
        ever.add(file.project());
        return content.discard().map(new Publication.Done());
    }

    @Override
    public synchronized Future<Set<ProjectName>> projects() {
        return Future.succeededFuture(Set.copyOf(ever));
    }

    @Override
    public synchronized Future<ProjectUploads> read(ProjectName project) {
        List<UploadedFile> of = files.values().stream()
                .filter(file -> file.project().equals(project) && !unfinished)
                .toList();
        return Future.succeededFuture(
                new ProjectUploads(project, Optional.ofNullable(statuses.get(project)), ever.contains(project), of));
    }

    @Override
    public Future<Optional<FileHandle>> open(ProjectName project, String filename) {
        throw new UnsupportedOperationException("the intake reads no files");
    }

    @Override
    public Future<Optional<FileHandle>> open(ProjectName project, String filename, Companion beside) {
        throw new UnsupportedOperationException("the intake reads no files");
    }

    /** Takes a turn of the event loop, as a real store takes some. */
    @Override
    public Future<Boolean> update(UploadedFile file) {
        Promise<Boolean> updated = Promise.promise();
        Vertx.currentContext().runOnContext(later -> updated.complete(replace(file)));
        return updated.future();
    }

    private synchronized boolean replace(UploadedFile file) {
        updates.add(file);
        return files.replace(file.filename(), file) != null;
    }

    @Override
    public synchronized Future<Boolean> delete(ProjectName project, String filename) {
        burned.add(filename);
        return Future.succeededFuture(files.remove(filename) != null);
    }

    @Override
    public synchronized Future<Void> setStatus(ProjectName project, ProjectStatus status) {
        statuses.put(project, status);
        return Future.succeededFuture();
    }

    private record Arrived(Path path, long length) implements IncomingFile {
        @Override
        public Future<Void> write(Buffer bytes) {
            throw new IllegalStateException("it has ended");
        }

        @Override
        public Future<Received> end() {
            throw new IllegalStateException("it has ended");
        }

        @Override
        public Future<Void> discard() {
            try {
                Files.deleteIfExists(path);
                return Future.succeededFuture();
            } catch (IOException e) {
                return Future.failedFuture(e);
            }
        }
    }
}
