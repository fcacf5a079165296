package io.cornucopia.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory of its own for one change of the store while it is prepared: {@code incoming/{id}/}, with
 * {@code incoming/{id}.lock} beside it. Everything blocks.
 *
 * <p><b>Whose it is.</b> Several processes, on several machines, may share a store, and one that starts must not sweep what
 * another is working on. Whoever works on a stage holds the lock of its lock file, which the kernel gives back when the process
 * dies in whatever way; a process id or a time would only be a guess. The lock file is there and locked before the directory
 * is made and goes after it, so a directory whose lock file is free or gone is nobody's. It is taken over by renaming it, which
 * succeeds for one only.
 */
final class Stage {
    private static final Logger LOG = LoggerFactory.getLogger(Stage.class);
    private static final String LOCK_SUFFIX = ".lock";
    private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    /**
     * Those that this process works on. It must not even open their lock files: to close a file gives back every lock that the
     * process has on it.
     */
    private static final Set<String> HELD = ConcurrentHashMap.newKeySet();

    private final String id;
    private final Path directory;
    private final Path lockFile;
    private final FileChannel lock;
    private boolean left;

    private Stage(String id, Path incoming, FileChannel lock) {
        this.id = id;
        this.directory = incoming.resolve(id);
        this.lockFile = incoming.resolve(id + LOCK_SUFFIX);
        this.lock = lock;
    }

    /** Makes a new one in {@code incoming}, which is there. */
    static Stage begin(Path incoming) throws IOException {
        Stage stage = reserve(incoming);
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
        String id = name.endsWith(LOCK_SUFFIX) ? name.substring(0, name.length() - LOCK_SUFFIX.length()) : name;
        if (HELD.contains(id) || !ID.matcher(id).matches()) {
            return Optional.empty();
        }
        Path abandonedLock = incoming.resolve(id + LOCK_SUFFIX);
        try (FileChannel channel = FileChannel.open(abandonedLock, StandardOpenOption.WRITE)) {
            if (!locked(channel)) {
                return Optional.empty();
            }
            Optional<Stage> taken = rename(incoming, id);
            Files.deleteIfExists(abandonedLock);
            return taken;
        } catch (NoSuchFileException e) {
            return rename(incoming, id);
        }
    }

    private static Optional<Stage> rename(Path incoming, String id) throws IOException {
        Path abandoned = incoming.resolve(id);
        if (!Files.isDirectory(abandoned)) {
            return Optional.empty();
        }
        Stage stage = reserve(incoming);
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

    /** A new lock file, locked. */
    private static Stage reserve(Path incoming) throws IOException {
        while (true) {
            String id = UUID.randomUUID().toString();
            Path file = incoming.resolve(id + LOCK_SUFFIX);
            HELD.add(id);
            FileChannel channel;
            try {
                channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            } catch (IOException | RuntimeException e) {
                HELD.remove(id);
                throw e;
            }
            Stage stage = new Stage(id, incoming, channel);
            try {
                // Between being made and being locked it looks abandoned, and a process that starts may remove it.
                if (locked(channel) && Files.exists(file)) {
                    return stage;
                }
            } catch (IOException e) {
                stage.remove();
                throw new IOException(file + " cannot be locked, as the store of uploads needs: " + e.getMessage(), e);
            }
            stage.leave();
        }
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
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
        return directory.resolve("description.json");
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
            Files.deleteIfExists(lockFile);
        } catch (IOException e) {
            LOG.warn("{}: cannot be removed, the next start tries again: {}", directory, e.toString());
        }
        leave();
    }

    /** Leaves it as it is, for whoever starts next to finish. */
    void leave() {
        if (left) {
            return;
        }
        left = true;
        try {
            lock.close();
        } catch (IOException e) {
            LOG.warn("{}: cannot be closed: {}", lockFile, e.toString());
        }
        HELD.remove(id);
    }
}
