package io.cornucopia.storage;

import io.cornucopia.core.ProjectName;
import io.cornucopia.core.ProjectStatus;
import io.cornucopia.core.UploadedFile;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Uploads in a directory, which several processes may share. Nothing is made there before the first upload.
 *
 * <pre>
 * packages/{project}/{filename}      the files, and what lies beside them
 * meta/{project}/{filename}.json     their descriptions; one of a deleted file says so
 * meta/{project}/.status.json        the project's status, once it was set
 * meta/{project}/.lock               held by whoever changes a description; empty
 * incoming/                          what is on its way
 * </pre>
 *
 * <p>Several at once may publish and read, also in one project, and so may several processes. What rewrites a document is done
 * one by one. Nothing is remembered of the directory: what one process has done, the next look of every other one sees, as
 * far as the file system shows it to them.
 */
public final class DirectoryStore implements UploadStore {
    private final Vertx vertx;
    private final DirectoryContents contents;
    private final DirectoryStages stages;
    private final DirectoryPublishing publishing;
    private final DirectoryChanges rewriting;
    private final DirectoryRecovery recovery;
    private final WorkerExecutor changes;

    /** @param directory where they are, or will be */
    public DirectoryStore(Vertx vertx, Path directory) {
        this.vertx = Objects.requireNonNull(vertx, "vertx");
        DirectoryPaths paths = new DirectoryPaths(directory.toAbsolutePath().normalize());
        DurableDirectories directories = new DurableDirectories(paths.root());
        StoreInPlace inPlace = new StoreInPlace(paths);
        this.contents = new DirectoryContents(paths, inPlace);
        this.stages = new DirectoryStages(paths, directories, inPlace);
        this.recovery = new DirectoryRecovery(paths, directories, inPlace);
        this.publishing = new DirectoryPublishing(paths, directories, contents, recovery);
        this.rewriting = new DirectoryChanges(paths, directories, contents, stages, recovery);
        // One thread for all stores of this Vert.x: two of the same directory take their turns too.
        this.changes = vertx.createSharedWorkerExecutor("upload-changes", 1);
    }

    @Override
    public Future<Set<ProjectName>> open() {
        return vertx.executeBlocking(recovery::open, false);
    }

    @Override
    public Future<IncomingFile> receive() {
        // On a worker, since the first one loads what hashes.
        return vertx.executeBlocking(() -> new SpooledUpload(vertx, stages::begin), false);
    }

    @Override
    public Future<Publication> publish(IncomingFile content, UploadedFile file, Map<Companion, Buffer> beside) {
        if (!(content instanceof SpooledUpload upload)) {
            return Future.failedFuture(new IllegalArgumentException("not received by this store: " + content));
        }
        Map<Companion, Buffer> companions = Map.copyOf(beside);
        return vertx.executeBlocking(() -> publishing.publish(upload, file, companions), false);
    }

    @Override
    public Future<Set<ProjectName>> projects() {
        return vertx.executeBlocking(contents::projects, false);
    }

    @Override
    public Future<ProjectUploads> read(ProjectName project) {
        return vertx.executeBlocking(() -> contents.read(project), false);
    }

    @Override
    public Future<Optional<FileHandle>> open(ProjectName project, String filename) {
        return vertx.executeBlocking(() -> contents.open(project, filename).map(FileHandle.class::cast), false);
    }

    @Override
    public Future<Optional<FileHandle>> open(ProjectName project, String filename, Companion beside) {
        return vertx.executeBlocking(
                () -> contents.open(project, filename, beside).map(FileHandle.class::cast), false);
    }

    @Override
    public Future<Boolean> update(UploadedFile file) {
        return changes.executeBlocking(() -> rewriting.update(file), false);
    }

    @Override
    public Future<Boolean> delete(ProjectName project, String filename) {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
        return changes.executeBlocking(() -> rewriting.delete(project, filename, now), false);
    }

    @Override
    public Future<Void> setStatus(ProjectName project, ProjectStatus status) {
        return changes.executeBlocking(
                () -> {
                    rewriting.setStatus(project, status);
                    return null;
                },
                false);
    }
}
