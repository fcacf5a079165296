package io.cornucopia.storage;

import io.cornucopia.core.ProjectName;
import io.cornucopia.core.ProjectStatus;
import io.cornucopia.core.UploadedFile;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Uploads in a directory of this machine. Nothing is made there before the first upload. */
public final class DirectoryStore implements UploadStore {
    private final Vertx vertx;
    private final Path directory;

    public DirectoryStore(Vertx vertx, Path directory) {
        this.vertx = Objects.requireNonNull(vertx, "vertx");
        this.directory = Objects.requireNonNull(directory, "directory");
    }

    @Override
    public Future<Void> open() {
        return Future.succeededFuture();
    }

    @Override
    public Future<IncomingFile> receive() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<Publication> publish(IncomingFile content, UploadedFile file, Map<Companion, Buffer> beside) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<Set<ProjectName>> projects() {
        return Future.succeededFuture(Set.of());
    }

    @Override
    public Future<ProjectUploads> read(ProjectName project) {
        return Future.succeededFuture(new ProjectUploads(project, Optional.empty(), false, List.of()));
    }

    @Override
    public Future<Optional<StoredFile>> open(ProjectName project, String filename) {
        return Future.succeededFuture(Optional.empty());
    }

    @Override
    public Future<Optional<StoredFile>> open(ProjectName project, String filename, Companion beside) {
        return Future.succeededFuture(Optional.empty());
    }

    @Override
    public Future<Boolean> update(UploadedFile file) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<Boolean> delete(ProjectName project, String filename) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<Void> setStatus(ProjectName project, ProjectStatus status) {
        throw new UnsupportedOperationException();
    }
}
