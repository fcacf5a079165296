package io.cornucopia.storage;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory of its own for one change of the store while it is prepared: {@code incoming/{id}/}, with a {@link LockFile}
 * beside it, which says whose it is. The lock file is there and locked before the directory is made and goes after it, so a
 * directory whose lock file is free or gone is nobody's. It is taken over by renaming it, which succeeds for one only.
 * Everything blocks.
 */
final class Stage {
    private static final Logger LOG = LoggerFactory.getLogger(Stage.class);

    private static final String DESCRIPTION = "description.json";

    private final Path directory;
    private final LockFile lock;
    private boolean left;

    private Stage(Path incoming, LockFile lock) {
        this.directory = incoming.resolve(lock.id());
        this.lock = lock;
    }

    /** Makes a new one in {@code incoming}, which is there. */
    static Stage begin(Path incoming) throws IOException {
        Stage stage = new Stage(incoming, LockFile.make(incoming));
        try {
            Files.createDirectory(stage.directory);
            return stage;
        } catch (IOException | RuntimeException e) {
            stage.remove();
            throw e;
        }
    }

    /**
     * Takes over one that a process left behind when it died.
     *
     * @param name of something in {@code incoming}
     * @return empty if it is at work, is taken over by somebody else, or was nothing but a lock file, which is removed
     */
    static Optional<Stage> takeOver(Path incoming, String name) throws IOException {
        Optional<String> id = LockFile.idOf(name);
        return id.isEmpty()
                ? Optional.empty()
                : LockFile.ifAbandoned(incoming, id.get(), () -> rename(incoming, id.get()))
                        .flatMap(taken -> taken);
    }

    private static Optional<Stage> rename(Path incoming, String id) throws IOException {
        Path abandoned = incoming.resolve(id);
        if (!Files.isDirectory(abandoned)) {
            return Optional.empty();
        }
        Stage stage = new Stage(incoming, LockFile.make(incoming));
        try {
            Files.move(abandoned, stage.directory, StandardCopyOption.ATOMIC_MOVE);
            return Optional.of(stage);
        } catch (NoSuchFileException e) {
            stage.remove();
            return Optional.empty();
        } catch (IOException | RuntimeException e) {
            stage.leave();
            throw e;
        }
    }

    /** The description in the stage of that name, if there is one, whoever works on it. */
    static Path description(Path incoming, String name) {
        return incoming.resolve(name).resolve(DESCRIPTION);
    }

    /** Whether it has that name in {@code incoming}. */
    boolean isNamed(String name) {
        return lock.id().equals(name);
    }

    /** Where the bytes of an upload go. */
    Path bytes() {
        return directory.resolve("bytes");
    }

    /** Where its companion goes. */
    Path beside(Companion companion) {
        return directory.resolve("bytes" + companion.suffix());
    }

    /** The description that, once it is the one in the store, makes the change happen. */
    Path description() {
        return directory.resolve(DESCRIPTION);
    }

    /** A document that is about to be renamed over another. */
    Path replacement() {
        return directory.resolve("replacement.json");
    }

    /** Brings all names in it to the disk, and its own. */
    void sync() throws IOException {
        DurableDirectories.sync(directory);
        DurableDirectories.sync(directory.getParent());
    }

    /** Removes it with all that is in it. Never fails: what cannot be removed is swept at the next start. */
    void remove() {
        if (left) {
            return;
        }
        try {
            if (Files.isDirectory(directory)) {
                try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
                    for (Path file : files) {
                        Files.deleteIfExists(file);
                    }
                }
                Files.delete(directory);
            }
        } catch (IOException e) {
            LOG.warn("{}: cannot be removed, the next start tries again: {}", directory, e.toString());
            leave();
            return;
        }
        left = true;
        lock.remove();
    }

    /** Leaves it as it is, for whoever starts next to finish. */
    void leave() {
        if (left) {
            return;
        }
        left = true;
        lock.release();
    }
}
