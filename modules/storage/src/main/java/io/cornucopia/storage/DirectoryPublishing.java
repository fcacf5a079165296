package io.cornucopia.storage;

import io.cornucopia.core.UploadDocument;
import io.cornucopia.core.UploadedFile;
import io.cornucopia.storage.UploadStore.Publication;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a file comes into the directory of uploads. Bytes, companions and description are brought to the disk in a {@link Stage}.
 * Then the description gets a second name, a hard link, in {@code meta/{project}/}: the file system gives a name to one only, so
 * this decides who has the filename, on all machines alike. Then companions and, last, bytes are renamed to
 * {@code packages/{project}/}. A process that dies before the link leaves a stage that is swept; one that dies after it leaves a
 * stage whose description is the one in the store, and {@link DirectoryRecovery} goes on from there, or whoever uploads a file of
 * that name again. Thread-safe; everything blocks.
 */
final class DirectoryPublishing {
    private static final Logger LOG = LoggerFactory.getLogger(DirectoryPublishing.class);
    private static final int ATTEMPTS = 3;
    /** How long somebody else may take from having the name to having the bytes under it. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final long LOOK_AGAIN_MILLIS = 10;

    private final DirectoryPaths paths;
    private final DurableDirectories directories;
    private final DirectoryContents contents;
    private final DirectoryRecovery recovery;

    DirectoryPublishing(
            DirectoryPaths paths,
            DurableDirectories directories,
            DirectoryContents contents,
            DirectoryRecovery recovery) {
        this.paths = paths;
        this.directories = directories;
        this.contents = contents;
        this.recovery = recovery;
    }

    /** What {@link UploadStore#publish} says. */
    Publication publish(SpooledUpload upload, UploadedFile file, Map<Companion, Buffer> beside) throws IOException {
        IncomingFile.Received received = upload.received();
        Stage stage = upload.take();
        try {
            Fit.check(received, file, beside);
            Optional<UploadDocument> earlier = contents.description(file.project(), file.filename());
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
            Optional<UploadDocument> winner = contents.description(file.project(), file.filename());
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
                finished |= recovery.finish(abandoned.get()).isPresent();
            } else {
                lookAgain(winner, end);
            }
        }
        return new Publication.Exists(winner, finished);
    }

    /** The name of the stage from which that file is on its way to its place. */
    private Optional<String> stageOf(UploadedFile file, Stage other) throws IOException {
        Path inStore = paths.description(file.project(), file.filename());
        for (String name : DirectoryContents.names(paths.incoming())) {
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
            recovery.moveIn(stage, file);
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
        DirectoryRecovery.move(paths.file(file.project(), file.filename()), stage.bytes());
        for (Companion companion : Companion.values()) {
            DirectoryRecovery.move(paths.beside(file.project(), file.filename(), companion), stage.beside(companion));
        }
        Files.delete(description);
        DurableDirectories.sync(description.getParent());
        return true;
    }
}
