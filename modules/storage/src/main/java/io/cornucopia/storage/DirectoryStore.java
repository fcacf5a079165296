package io.cornucopia.storage;

import io.cornucopia.core.Digest;
import io.cornucopia.core.DistributionFilename;
import io.cornucopia.core.MalformedPageException;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.ProjectStatus;
import io.cornucopia.core.StatusDocument;
import io.cornucopia.core.UploadDocument;
import io.cornucopia.core.UploadedFile;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Uploads in a directory, which several processes may share. Nothing is made there before the first upload.
 *
 * <p>An upload has happened at the moment at which its description is linked to its name in {@code meta}, which fails if there
 * is one: everything else was made durable before, in a {@link Stage}, or is finished after it, by whoever finds it
 * unfinished. A file is listed only once its bytes are in {@code packages}, where they come last.
 */
public final class DirectoryStore implements UploadStore {
    private static final Logger LOG = LoggerFactory.getLogger(DirectoryStore.class);
    private static final int STRIPES = 64;

    private final Vertx vertx;
    private final UploadPaths paths;
    private final DurableDirectories directories;
    // Held on workers while a description is rewritten, so that no yank overwrites a tombstone.
    private final Object[] rewriting =
            Stream.generate(Object::new).limit(STRIPES).toArray();

    /** @param directory where uploads are kept; made with the first one */
    public DirectoryStore(Vertx vertx, Path directory) {
        this.vertx = Objects.requireNonNull(vertx, "vertx");
        Path root = directory.toAbsolutePath().normalize();
        this.paths = new UploadPaths(root);
        this.directories = new DurableDirectories(root);
    }

    @Override
    public Future<Void> open() {
        return inWorker(() -> {
            for (String name : names(paths.incoming())) {
                Optional<Stage> abandoned = Stage.takeOver(paths.incoming(), name);
                if (abandoned.isPresent()) {
                    finish(abandoned.get());
                }
            }
            return null;
        });
    }

    /** Rolls forward what had happened when a process died, and drops what had not. */
    private void finish(Stage stage) throws IOException {
        Optional<UploadDocument> document = readDescription(stage.description());
        if (document.isPresent()) {
            UploadedFile file = document.get().file();
            Path description = paths.description(file.project(), file.filename());
            if (Files.exists(description) && Files.isSameFile(stage.description(), description)) {
                moveIn(stage, file);
                LOG.info("{}: finished, as the process that took it could not", file.filename());
                return;
            }
        }
        stage.remove();
    }

    @Override
    public Future<IncomingFile> receive() {
        return Future.succeededFuture(new SpooledUpload(vertx, () -> {
            directories.make(paths.incoming());
            return Stage.begin(paths.incoming());
        }));
    }

    @Override
    public Future<Publication> publish(IncomingFile content, UploadedFile file, Map<Companion, Buffer> beside) {
        if (!(content instanceof SpooledUpload upload)) {
            throw new IllegalArgumentException("not received here");
        }
        return inWorker(() -> publish(upload.take(), file, beside));
    }

    private Publication publish(Stage stage, UploadedFile file, Map<Companion, Buffer> beside) throws IOException {
        Path description = paths.description(file.project(), file.filename());
        try {
            for (Map.Entry<Companion, Buffer> companion : beside.entrySet()) {
                DurableDirectories.write(
                        stage.beside(companion.getKey()), companion.getValue().getBytes());
            }
            DurableDirectories.write(
                    stage.description(), UploadDocument.of(file).write());
            stage.sync();
            directories.make(paths.descriptions(file.project()));
            directories.make(paths.files(file.project()));
            Files.createLink(description, stage.description());
        } catch (FileAlreadyExistsException taken) {
            stage.remove();
            return readDescription(description)
                    .orElseThrow(() -> new IOException(description + " is in the way, and is no description", taken))
                    .live()
                    .<Publication>map(Publication.Exists::new)
                    .orElseGet(Publication.Burned::new);
        } catch (IOException | RuntimeException e) {
            stage.remove();
            throw e;
        }
        try {
            DurableDirectories.sync(description.getParent());
            moveIn(stage, file);
            return new Publication.Done();
        } catch (IOException | RuntimeException e) {
            undo(stage, file, description);
            throw e;
        }
    }

    /** Gives what is in the stage its names, the bytes last: once they are there, all is. */
    private void moveIn(Stage stage, UploadedFile file) throws IOException {
        Path files = paths.files(file.project());
        directories.make(files);
        for (Companion companion : Companion.values()) {
            moveIfThere(stage.beside(companion), paths.beside(file.project(), file.filename(), companion));
        }
        DurableDirectories.sync(files);
        moveIfThere(stage.bytes(), paths.file(file.project(), file.filename()));
        DurableDirectories.sync(files);
        stage.remove();
    }

    private static void moveIfThere(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException e) {
            // Was moved before a process died, or never was.
        }
    }

    /** Takes a link back after which the disk failed, if nobody can have seen the file. */
    private void undo(Stage stage, UploadedFile file, Path description) {
        try {
            if (Files.exists(stage.bytes())) {
                Files.delete(description);
                DurableDirectories.sync(description.getParent());
                for (Companion companion : Companion.values()) {
                    Files.deleteIfExists(paths.beside(file.project(), file.filename(), companion));
                }
                stage.remove();
                return;
            }
        } catch (IOException e) {
            LOG.error("{}: was not finished, the next start tries again: {}", file.filename(), e.toString());
        }
        stage.leave();
    }

    @Override
    public Future<Set<ProjectName>> projects() {
        return inWorker(() -> {
            Set<ProjectName> projects = new HashSet<>();
            for (String name : names(paths.descriptions())) {
                Optional<ProjectName> project =
                        ProjectName.parse(name).filter(parsed -> parsed.value().equals(name));
                if (project.isPresent() && !described(project.get()).isEmpty()) {
                    projects.add(project.get());
                }
            }
            return projects;
        });
    }

    @Override
    public Future<ProjectUploads> read(ProjectName project) {
        return inWorker(() -> {
            List<UploadedFile> files = new ArrayList<>();
            List<String> filenames = described(project);
            for (String filename : filenames) {
                live(project, filename).ifPresent(files::add);
            }
            files.sort(Comparator.comparing(UploadedFile::uploadTime).thenComparing(UploadedFile::filename));
            return new ProjectUploads(project, readStatus(project), !filenames.isEmpty(), files);
        });
    }

    private List<String> described(ProjectName project) throws IOException {
        return names(paths.descriptions(project)).stream()
                .flatMap(name -> UploadPaths.described(name).stream())
                .toList();
    }

    /** The description of a file that is here whole. */
    private Optional<UploadedFile> live(ProjectName project, String filename) throws IOException {
        return readDescription(paths.description(project, filename))
                .flatMap(UploadDocument::live)
                .filter(file ->
                        file.project().equals(project) && file.filename().equals(filename))
                .filter(file -> Files.exists(paths.file(project, filename)));
    }

    private Optional<ProjectStatus> readStatus(ProjectName project) throws IOException {
        Path path = paths.status(project);
        try {
            return Optional.of(StatusDocument.read(new ByteArrayInputStream(Files.readAllBytes(path))));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (MalformedPageException e) {
            // Not to be passed over: it may say that the project is quarantined.
            throw new IOException(path + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static Optional<UploadDocument> readDescription(Path path) throws IOException {
        try {
            return Optional.of(UploadDocument.read(new ByteArrayInputStream(Files.readAllBytes(path))));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (MalformedPageException e) {
            LOG.error(
                    "{}: cannot be read, so its file is not listed; restore it from a backup: {}", path, e.toString());
            return Optional.empty();
        }
    }

    @Override
    public Future<Optional<StoredFile>> open(ProjectName project, String filename) {
        return inWorker(() -> {
            Optional<UploadedFile> file = safe(project, filename);
            if (file.isEmpty()) {
                return Optional.empty();
            }
            Path path = paths.file(project, filename);
            FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
            if (channel.size() != file.get().size()) {
                channel.close();
                throw new IOException(path + " is not what was uploaded: it should have "
                        + file.get().size() + " bytes; restore it from a backup");
            }
            return Optional.of(new StoredFile(
                    filename, channel, file.get().size(), file.get().sha256(), modified(file.get())));
        });
    }

    @Override
    public Future<Optional<StoredFile>> open(ProjectName project, String filename, Companion beside) {
        return inWorker(() -> {
            Optional<UploadedFile> file = safe(project, filename);
            if (file.isEmpty()) {
                return Optional.empty();
            }
            try {
                FileChannel channel =
                        FileChannel.open(paths.beside(project, filename, beside), StandardOpenOption.READ);
                try {
                    Digest sha256 = FileVerification.sha256(channel);
                    if (beside == Companion.CORE_METADATA
                            && !file.get().coreMetadata().equals(Optional.of(sha256))) {
                        throw new IOException(
                                filename + beside.suffix() + " is not what was uploaded; restore it from a backup");
                    }
                    return Optional.of(new StoredFile(
                            filename + beside.suffix(), channel, channel.size(), sha256, modified(file.get())));
                } catch (IOException | RuntimeException e) {
                    channel.close();
                    throw e;
                }
            } catch (NoSuchFileException e) {
                return Optional.empty();
            }
        });
    }

    private Optional<UploadedFile> safe(ProjectName project, String filename) throws IOException {
        return DistributionFilename.isSafe(filename) ? live(project, filename) : Optional.empty();
    }

    private static Instant modified(UploadedFile file) {
        return file.uploadTime().truncatedTo(ChronoUnit.SECONDS);
    }

    @Override
    public Future<Boolean> update(UploadedFile file) {
        return inWorker(() -> {
            synchronized (rewriting(file.project())) {
                if (live(file.project(), file.filename()).isEmpty()) {
                    return false;
                }
                replace(
                        paths.description(file.project(), file.filename()),
                        UploadDocument.of(file).write());
                return true;
            }
        });
    }

    @Override
    public Future<Boolean> delete(ProjectName project, String filename) {
        return inWorker(() -> {
            synchronized (rewriting(project)) {
                Optional<UploadedFile> file = safe(project, filename);
                if (file.isEmpty()) {
                    return false;
                }
                replace(
                        paths.description(project, filename),
                        UploadDocument.tombstone(file.get(), Instant.now()).write());
                // It has happened: what is left of the file is not to be had any more.
                Files.deleteIfExists(paths.file(project, filename));
                for (Companion companion : Companion.values()) {
                    Files.deleteIfExists(paths.beside(project, filename, companion));
                }
                return true;
            }
        });
    }

    @Override
    public Future<Void> setStatus(ProjectName project, ProjectStatus status) {
        return inWorker(() -> {
            directories.make(paths.descriptions(project));
            replace(paths.status(project), StatusDocument.write(status));
            return null;
        });
    }

    private Object rewriting(ProjectName project) {
        return rewriting[Math.floorMod(project.hashCode(), STRIPES)];
    }

    private void replace(Path document, byte[] bytes) throws IOException {
        directories.make(paths.incoming());
        Stage stage = Stage.begin(paths.incoming());
        try {
            DurableDirectories.write(stage.replacement(), bytes);
            Files.move(
                    stage.replacement(), document, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            DurableDirectories.sync(document.getParent());
        } finally {
            stage.remove();
        }
    }

    private static List<String> names(Path directory) throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            entries.forEach(entry -> names.add(entry.getFileName().toString()));
        } catch (NoSuchFileException | NotDirectoryException e) {
            // Nothing was uploaded yet, or somebody left a file there.
        }
        return names;
    }

    private <T> Future<T> inWorker(Callable<T> work) {
        return vertx.executeBlocking(work, false);
    }
}
