package io.cornucopia.storage;

import io.cornucopia.core.MalformedPageException;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.UploadDocument;
import io.cornucopia.core.UploadedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes of the store that have been decided, and are brought to their end: by whoever decided them or, when that one has died,
 * by whoever finds its {@link Stage}. Thread-safe; everything blocks.
 *
 * <p>What has to be done says the description in the stage: if it is the one in the store, bytes and companions are to be moved
 * to their places, or, if it is a tombstone, to be removed.
 */
final class DirectoryRecovery {
    private static final Logger LOG = LoggerFactory.getLogger(DirectoryRecovery.class);

    private final DirectoryPaths paths;
    private final DurableDirectories directories;
    private final StoreInPlace inPlace;

    DirectoryRecovery(DirectoryPaths paths, DurableDirectories directories, StoreInPlace inPlace) {
        this.paths = paths;
        this.directories = directories;
        this.inPlace = inPlace;
    }

    /** What {@link UploadStore#open()} says. */
    Set<ProjectName> open() throws IOException {
        if (Files.exists(paths.root()) && !Files.isDirectory(paths.root())) {
            throw new IOException(paths.root() + " is to be the directory of uploads, and is not a directory");
        }
        inPlace.check();
        Set<ProjectName> touched = new HashSet<>();
        for (String name : DirectoryContents.names(paths.incoming())) {
            Optional<Stage> abandoned = Stage.takeOver(paths.incoming(), name);
            if (abandoned.isPresent()) {
                finish(abandoned.get()).ifPresent(touched::add);
            }
        }
        return touched;
    }

    /** Finishes what that stage is about; says of which project it was, if there was anything to finish. */
    Optional<ProjectName> finish(Stage stage) throws IOException {
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
            UploadDocument document = UploadDocument.read(DirectoryContents.input(stage.description()));
            UploadedFile file = document.file();
            Path inStore = paths.description(file.project(), file.filename());
            return Files.mismatch(stage.description(), inStore) < 0 ? Optional.of(document) : Optional.empty();
        } catch (NoSuchFileException | MalformedPageException e) {
            // It died before its description was on the disk, or before it got its name.
            return Optional.empty();
        }
    }

    /** Also goes on where it was interrupted. */
    void moveIn(Stage stage, UploadedFile file) throws IOException {
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

    static void move(Path from, Path to) throws IOException {
        if (Files.isRegularFile(from)) {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /** The bytes go last: as long as they are there, there is something to remove. */
    void removeFiles(UploadedFile file) throws IOException {
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
