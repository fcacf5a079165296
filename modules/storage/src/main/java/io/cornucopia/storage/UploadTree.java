package io.cornucopia.storage;

import io.cornucopia.core.Digest;
import io.cornucopia.core.DistributionFilename;
import io.cornucopia.core.MalformedPageException;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.ProjectStatus;
import io.cornucopia.core.StatusDocument;
import io.cornucopia.core.UploadDocument;
import io.cornucopia.core.UploadedFile;
import io.cornucopia.storage.UploadStore.Publication;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory of uploads. Everything blocks. Thread-safe.
 *
 * <p><b>What is there.</b> A file is there if it has a description that is no tombstone, and its bytes lie under their name.
 *
 * <p><b>How a file comes.</b> Bytes, companions and description are brought to the disk in a {@link Stage}. Then the description
 * gets a second name, a hard link, in {@code meta/{project}/}: the file system gives a name to one only, so this decides who
 * has the filename, on all machines alike. Then companions and, last, bytes are renamed to {@code packages/{project}/}. A
 * process that dies before the link leaves a stage that is swept; one that dies after it leaves a stage whose description is
 * the one in the store, and {@link #open} goes on from there, or whoever uploads a file of that name again.
 *
 * <p><b>How a file goes.</b> The tombstone is made in a stage, and renamed over the description under a second name. Its
 * stage then says, in the same way, that bytes and companions are to be removed. The tombstone keeps the filename taken.
 */
final class UploadTree {
    private static final Logger LOG = LoggerFactory.getLogger(UploadTree.class);
    private static final int ATTEMPTS = 3;
    /** How long somebody else may take from having the name to having the bytes under it. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final long LOOK_AGAIN_MILLIS = 10;
    private static final Comparator<UploadedFile> BY_TIME_AND_NAME =
            Comparator.comparing(UploadedFile::uploadTime).thenComparing(UploadedFile::filename);

    private final UploadPaths paths;
    private final DurableDirectories directories;
    private final StoreInPlace inPlace;

    /** @param root absolute */
    UploadTree(Path root) {
        this.paths = new UploadPaths(root);
        this.directories = new DurableDirectories(root);
        this.inPlace = new StoreInPlace(paths);
    }

    /** @see UploadStore#open() */
    Set<ProjectName> open() throws IOException {
        if (Files.exists(paths.root()) && !Files.isDirectory(paths.root())) {
            throw new IOException(paths.root() + " is to be the directory of uploads, and is not a directory");
        }
        inPlace.check();
        Set<ProjectName> touched = new HashSet<>();
        for (String name : names(paths.incoming())) {
            Optional<Stage> abandoned = Stage.takeOver(paths.incoming(), name);
            if (abandoned.isPresent()) {
                finish(abandoned.get()).ifPresent(touched::add);
            }
        }
        return touched;
    }

    /** @return of which project it was, if there was anything to finish */
    private Optional<ProjectName> finish(Stage stage) throws IOException {
        Optional<UploadDocument> intent;
        try {
            intent = intent(stage);
            if (intent.isPresent()) {
                UploadedFile file = intent.get().file();
                LOG.info("{}: finishing what a process was at when it died", file.filename());
                DurableDirectories.sync(paths.descriptions(file.project()));
                if (intent.get().live().isPresent()) {
                    moveIn(stage, file);
                } else {
                    removeFiles(file);
                }
            }
        } catch (IOException e) {
            stage.leave();
            throw e;
        }
        stage.remove();
        return intent.map(document -> document.file().project());
    }

    /**
     * What its description says, if that is the one in the store. They are compared by what they say rather than by being one
     * file, so that a copy of the directory can be opened as well; two that say the same are of the same bytes.
     */
    private Optional<UploadDocument> intent(Stage stage) throws IOException {
        try {
            UploadDocument document = UploadDocument.read(input(stage.description()));
            UploadedFile file = document.file();
            Path inStore = paths.description(file.project(), file.filename());
            return Files.mismatch(stage.description(), inStore) < 0 ? Optional.of(document) : Optional.empty();
        } catch (NoSuchFileException | MalformedPageException e) {
            // It died before its description was on the disk, or before it got its name.
            return Optional.empty();
        }
    }

    /** A new stage. */
    Stage stage() throws IOException {
        inPlace.check();
        directories.make(paths.incoming());
        return Stage.begin(paths.incoming());
    }

    /** @see UploadStore#publish */
    Publication publish(SpooledUpload upload, UploadedFile file, Map<Companion, Buffer> beside) throws IOException {
        SpooledUpload.Received received = upload.received();
        Stage stage = upload.take();
        try {
            Fit.check(received, file, beside);
            Optional<UploadDocument> earlier = description(file.project(), file.filename());
            if (earlier.isPresent()) {
                return lostTo(earlier.get(), stage);
            }
            upload.force();
            for (Map.Entry<Companion, Buffer> companion : beside.entrySet()) {
                DurableDirectories.write(
                        stage.beside(companion.getKey()), companion.getValue().getBytes());
            }
            DurableDirectories.write(
                    stage.description(), UploadDocument.of(file).write());
            stage.sync();
            return decide(stage, file);
        } finally {
            try {
                upload.close();
            } finally {
                stage.remove();
            }
        }
    }

    private Publication decide(Stage stage, UploadedFile file) throws IOException {
        Path description = paths.description(file.project(), file.filename());
        directories.make(description.getParent());
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            if (link(stage, description)) {
                moveInOrUndo(stage, file, description);
                return new Publication.Done();
            }
            Optional<UploadDocument> winner = description(file.project(), file.filename());
            if (winner.isPresent()) {
                return lostTo(winner.get(), stage);
            }
            // Who had the name could not move its bytes, and gave the name back.
        }
        throw new IOException(description + " cannot be made, although it is not there");
    }

    private static boolean link(Stage stage, Path description) throws IOException {
        try {
            Files.createLink(description, stage.description());
            return true;
        } catch (FileAlreadyExistsException e) {
            // Over a network the link can have been made, and only the answer was lost.
            return Files.exists(description) && Files.isSameFile(description, stage.description());
        } catch (UnsupportedOperationException e) {
            throw new IOException(
                    description + ": the store of uploads needs a file system with hard links, which this is not", e);
        }
    }

    /**
     * What whoever comes second is told. That a file exists is said only once it is there: who has the name may be about to
     * move the bytes, or may have died before, and then it is done here.
     */
    private Publication lostTo(UploadDocument earlier, Stage loser) throws IOException {
        if (earlier.live().isEmpty()) {
            return new Publication.Burned();
        }
        UploadedFile winner = earlier.live().get();
        boolean finished = false;
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!Files.exists(paths.file(winner.project(), winner.filename()))) {
            Optional<String> stage = stageOf(winner, loser);
            if (stage.isEmpty()) {
                // In this very moment it was moved; or somebody took the bytes away, and it stays described.
                break;
            }
            Optional<Stage> abandoned = Stage.takeOver(paths.incoming(), stage.get());
            if (abandoned.isPresent()) {
                finished |= finish(abandoned.get()).isPresent();
            } else {
                lookAgain(winner, end);
            }
        }
        return new Publication.Exists(winner, finished);
    }

    /** The name of the stage from which that file is on its way to its place. */
    private Optional<String> stageOf(UploadedFile file, Stage other) throws IOException {
        Path inStore = paths.description(file.project(), file.filename());
        for (String name : names(paths.incoming())) {
            try {
                if (!other.isNamed(name) && Files.mismatch(Stage.description(paths.incoming(), name), inStore) < 0) {
                    return Optional.of(name);
                }
            } catch (NoSuchFileException | NotDirectoryException e) {
                // It has no description yet, or is gone, or is a lock file.
            } catch (FileSystemException e) {
                if (Files.isDirectory(paths.incoming().resolve(name))) {
                    throw e;
                }
            }
        }
        return Optional.empty();
    }

    private static void lookAgain(UploadedFile file, long end) throws IOException {
        if (System.nanoTime() > end) {
            throw new IOException(file.filename() + " has been on its way into the store for " + PATIENCE.toSeconds()
                    + " s by another upload, whose node may be frozen; try again");
        }
        try {
            TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + file.filename(), e);
        }
    }

    private void moveInOrUndo(Stage stage, UploadedFile file, Path description) throws IOException {
        try {
            DurableDirectories.sync(description.getParent());
            moveIn(stage, file);
        } catch (IOException | RuntimeException e) {
            undo(stage, file, description, e);
            throw e;
        }
    }

    /** Gives the name back. */
    private void undo(Stage stage, UploadedFile file, Path description, Exception because) {
        try {
            ProjectLock.holding(paths.lock(file.project()), () -> undoLocked(stage, file, description));
        } catch (IOException e) {
            because.addSuppressed(e);
            LOG.error(
                    "{}: its upload failed half-way and cannot be undone; the next start finishes it: {}",
                    file.filename(),
                    e.toString());
            stage.leave();
        }
    }

    /** The bytes go first: whoever had the name next would seem to have them. */
    private boolean undoLocked(Stage stage, UploadedFile file, Path description) throws IOException {
        if (!Files.isSameFile(description, stage.description())) {
            // It was here for a moment, and somebody changed it: it stays.
            return false;
        }
        move(paths.file(file.project(), file.filename()), stage.bytes());
        for (Companion companion : Companion.values()) {
            move(paths.beside(file.project(), file.filename(), companion), stage.beside(companion));
        }
        Files.delete(description);
        DurableDirectories.sync(description.getParent());
        return true;
    }

    /** Also goes on where it was interrupted. */
    private void moveIn(Stage stage, UploadedFile file) throws IOException {
        Path bytes = paths.file(file.project(), file.filename());
        directories.make(bytes.getParent());
        for (Companion companion : Companion.values()) {
            move(stage.beside(companion), paths.beside(file.project(), file.filename(), companion));
        }
        move(stage.bytes(), bytes);
        DurableDirectories.sync(bytes.getParent());
        if (!Files.exists(bytes)) {
            LOG.error("{}: it is described, and its bytes are gone; it is not listed", bytes);
        }
    }

    private static void move(Path from, Path to) throws IOException {
        if (Files.isRegularFile(from)) {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /** @see UploadStore#projects */
    Set<ProjectName> projects() throws IOException {
        inPlace.check();
        Set<ProjectName> projects = new HashSet<>();
        for (String name : names(paths.descriptions())) {
            Optional<ProjectName> project =
                    ProjectName.parse(name).filter(parsed -> parsed.value().equals(name));
            if (project.isPresent()
                    && names(paths.descriptions(project.get())).stream()
                            .anyMatch(file -> UploadPaths.described(file).isPresent())) {
                projects.add(project.get());
            }
        }
        return Set.copyOf(projects);
    }

    /** @see UploadStore#read */
    ProjectUploads read(ProjectName project) throws IOException {
        inPlace.check();
        Set<String> present = Set.copyOf(names(paths.files(project)));
        List<UploadedFile> files = new ArrayList<>();
        Set<String> burned = new HashSet<>();
        boolean everUploaded = false;
        for (String name : names(paths.descriptions(project))) {
            Optional<String> filename = UploadPaths.described(name);
            if (filename.isPresent()) {
                everUploaded = true;
                Optional<UploadDocument> document = described(project, filename.get());
                document.flatMap(UploadDocument::live)
                        .filter(file -> present.contains(file.filename()))
                        .ifPresent(files::add);
                if (document.isPresent() && document.get().deleted().isPresent()) {
                    burned.add(filename.get());
                }
            }
        }
        files.sort(BY_TIME_AND_NAME);
        return new ProjectUploads(project, status(project), everUploaded, files, burned);
    }

    /** One damaged description does not take the other files of its project away. */
    private Optional<UploadDocument> described(ProjectName project, String filename) throws IOException {
        try {
            return description(project, filename);
        } catch (BrokenFileException e) {
            LOG.error("{}; this file is not listed", e.getMessage());
            return Optional.empty();
        }
    }

    private Optional<ProjectStatus> status(ProjectName project) throws IOException {
        Path path = paths.status(project);
        try {
            return Optional.of(StatusDocument.read(input(path)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (MalformedPageException e) {
            throw new BrokenFileException(
                    path + " is damaged (" + e.getMessage() + "): set the project's status again");
        }
    }

    private Optional<UploadDocument> description(ProjectName project, String filename) throws IOException {
        Path path = paths.description(project, filename);
        try {
            UploadDocument document = UploadDocument.read(input(path));
            UploadedFile file = document.file();
            // Where the file system does not tell upper from lower case, a name is taken in every spelling.
            if (!file.project().equals(project) || !file.filename().equalsIgnoreCase(filename)) {
                throw new BrokenFileException(
                        path + " describes another file, " + file.filename() + " of " + file.project());
            }
            return Optional.of(document);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (MalformedPageException e) {
            throw new BrokenFileException(path + " is damaged (" + e.getMessage() + "): restore it from a backup");
        }
    }

    private static ByteArrayInputStream input(Path path) throws IOException {
        return new ByteArrayInputStream(Files.readAllBytes(path));
    }

    private static List<String> names(Path directory) throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                names.add(entry.getFileName().toString());
            }
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return names;
    }

    /** @see UploadStore#open(ProjectName, String) */
    Optional<StoredFile> open(ProjectName project, String filename) throws IOException {
        Optional<UploadedFile> described = live(project, filename);
        if (described.isEmpty()) {
            return Optional.empty();
        }
        UploadedFile file = described.get();
        return open(paths.file(project, filename), channel -> {
            long size = channel.size();
            if (size != file.size()) {
                throw new BrokenFileException(paths.file(project, filename) + " has " + size
                        + " bytes where its description says " + file.size() + ": restore it from a backup");
            }
            return new StoredFile(filename, channel, size, file.sha256(), lastModified(file));
        });
    }

    /** @see UploadStore#open(ProjectName, String, Companion) */
    Optional<StoredFile> open(ProjectName project, String filename, Companion beside) throws IOException {
        Optional<UploadedFile> described = live(project, filename).filter(beside::isDescribed);
        if (described.isEmpty() || !Files.exists(paths.file(project, filename))) {
            return Optional.empty();
        }
        UploadedFile file = described.get();
        Path path = paths.beside(project, filename, beside);
        return open(path, channel -> {
            // Small enough to be read through whenever it is opened; only of metadata it is known what it has to hash
            // to.
            Digest digest = FileVerification.sha256(read(channel));
            if (beside == Companion.CORE_METADATA && !file.coreMetadata().equals(Optional.of(digest))) {
                throw new BrokenFileException(path + " has " + digest + " where the description of its file says "
                        + file.coreMetadata().orElseThrow() + ": restore it from a backup");
            }
            return new StoredFile(filename + beside.suffix(), channel, channel.size(), digest, lastModified(file));
        });
    }

    private Optional<UploadedFile> live(ProjectName project, String filename) throws IOException {
        inPlace.check();
        return DistributionFilename.isSafe(filename)
                ? description(project, filename)
                        .flatMap(UploadDocument::live)
                        .filter(file -> file.filename().equals(filename))
                : Optional.empty();
    }

    private static Instant lastModified(UploadedFile file) {
        return file.uploadTime().truncatedTo(ChronoUnit.SECONDS);
    }

    private interface Opened {
        StoredFile file(FileChannel channel) throws IOException;
    }

    private static Optional<StoredFile> open(Path path, Opened opened) throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(path, StandardOpenOption.READ);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        try {
            return Optional.of(opened.file(channel));
        } catch (IOException | RuntimeException e) {
            channel.close();
            if (e instanceof BrokenFileException) {
                LOG.error("{}; it is not served", e.getMessage());
            }
            throw e;
        }
    }

    private static byte[] read(FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(channel.size()));
        while (bytes.hasRemaining() && channel.read(bytes, bytes.position()) >= 0) {
            // Read on.
        }
        return bytes.array();
    }

    /** @see UploadStore#update */
    boolean update(UploadedFile changed) throws IOException {
        return here(changed.project(), changed.filename()).isPresent()
                && ProjectLock.holding(paths.lock(changed.project()), () -> updateLocked(changed));
    }

    private boolean updateLocked(UploadedFile changed) throws IOException {
        Optional<UploadedFile> file = here(changed.project(), changed.filename());
        if (file.isEmpty()) {
            return false;
        }
        Fit.checkChange(file.get(), changed);
        replace(
                paths.description(changed.project(), changed.filename()),
                UploadDocument.of(changed).write());
        return true;
    }

    /** @see UploadStore#setStatus */
    void setStatus(ProjectName project, ProjectStatus status) throws IOException {
        replace(paths.status(project), StatusDocument.write(status));
    }

    private void replace(Path document, byte[] bytes) throws IOException {
        directories.make(document.getParent());
        Stage stage = stage();
        try {
            DurableDirectories.write(stage.replacement(), bytes);
            Files.move(stage.replacement(), document, StandardCopyOption.ATOMIC_MOVE);
            DurableDirectories.sync(document.getParent());
        } finally {
            stage.remove();
        }
    }

    /** @see UploadStore#delete */
    boolean delete(ProjectName project, String filename, Instant now) throws IOException {
        return here(project, filename).isPresent()
                && ProjectLock.holding(paths.lock(project), () -> deleteLocked(project, filename, now));
    }

    private boolean deleteLocked(ProjectName project, String filename, Instant now) throws IOException {
        Optional<UploadedFile> file = here(project, filename);
        if (file.isEmpty()) {
            return false;
        }
        Path description = paths.description(project, filename);
        Stage stage = stage();
        try {
            DurableDirectories.write(
                    stage.description(),
                    UploadDocument.tombstone(file.get(), now).write());
            Files.createLink(stage.replacement(), stage.description());
            stage.sync();
            Files.move(stage.replacement(), description, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | RuntimeException e) {
            stage.remove();
            throw e;
        }
        try {
            DurableDirectories.sync(description.getParent());
            removeFiles(file.get());
        } catch (IOException | RuntimeException e) {
            LOG.error("{}: is deleted, and its bytes cannot be removed; the next start tries again", filename, e);
            stage.leave();
            throw e;
        }
        stage.remove();
        return true;
    }

    private Optional<UploadedFile> here(ProjectName project, String filename) throws IOException {
        return live(project, filename).filter(file -> Files.exists(paths.file(project, filename)));
    }

    /** The bytes go last: as long as they are there, there is something to remove. */
    private void removeFiles(UploadedFile file) throws IOException {
        for (Companion companion : Companion.values()) {
            Files.deleteIfExists(paths.beside(file.project(), file.filename(), companion));
        }
        Files.deleteIfExists(paths.file(file.project(), file.filename()));
        Path directory = paths.files(file.project());
        if (Files.isDirectory(directory)) {
            DurableDirectories.sync(directory);
        }
    }
}
