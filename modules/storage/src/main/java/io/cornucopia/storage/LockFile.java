package io.cornucopia.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file {@code {id}.lock} in a directory that several processes may share, on several machines too. As long as its lock is
 * held, whoever made it is alive: the kernel gives the lock back when the process dies in whatever way, and a process id or a
 * time would only be a guess. Nobody takes over a lock file; what it stood for goes with it. Everything blocks.
 */
final class LockFile {
    private static final Logger LOG = LoggerFactory.getLogger(LockFile.class);
    private static final String SUFFIX = ".lock";
    private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    /** As long as an id is written. */
    static final int ID_LENGTH = 36;
    /**
     * Those that this process holds. It must not even open them again: to close a file gives back every lock that the process
     * has on it.
     */
    private static final Set<String> HELD = ConcurrentHashMap.newKeySet();

    private final String id;
    private final Path path;
    private final FileChannel channel;

    private LockFile(String id, Path path, FileChannel channel) {
        this.id = id;
        this.path = path;
        this.channel = channel;
    }

    /** Makes a new one in {@code directory}, which is there, and holds it. */
    static LockFile make(Path directory) throws IOException {
        while (true) {
            String id = UUID.randomUUID().toString();
            Path path = path(directory, id);
            HELD.add(id);
            FileChannel channel;
            try {
                channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            } catch (IOException | RuntimeException e) {
                HELD.remove(id);
                throw e;
            }
            LockFile made = new LockFile(id, path, channel);
            try {
                // Between being made and being locked it looks abandoned, and a process that sweeps may remove it.
                if (isLocked(channel) && Files.exists(path)) {
                    return made;
                }
            } catch (IOException e) {
                made.remove();
                throw new IOException(path + " cannot be locked: " + e.getMessage(), e);
            }
            made.release();
        }
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    /** The id that a name in the directory of lock files is about: that of a lock file, or of what it stands for. */
    static Optional<String> idOf(String name) {
        String id = name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name;
        return isId(id) ? Optional.of(id) : Optional.empty();
    }

    static boolean isId(String text) {
        return ID.matcher(text).matches();
    }

    /** What to do about something that nobody works on any more. */
    interface Step<T> {
        T take() throws IOException;
    }

    /**
     * Takes {@code step} while nobody holds that lock file, and then removes it if it is there. Of several who try, one at a
     * time gets to it.
     *
     * @return what came of the step; empty if whoever made the lock file is at work, or somebody else is taking the step
     */
    static <T> Optional<T> ifAbandoned(Path directory, String id, Step<T> step) throws IOException {
        if (HELD.contains(id)) {
            return Optional.empty();
        }
        Path path = path(directory, id);
        FileChannel channel;
        try {
            channel = FileChannel.open(path, StandardOpenOption.WRITE);
        } catch (NoSuchFileException e) {
            return Optional.of(step.take());
        }
        try (channel) {
            if (!isLocked(channel)) {
                return Optional.empty();
            }
            T taken = step.take();
            Files.deleteIfExists(path);
            return Optional.of(taken);
        }
    }

    private static Path path(Path directory, String id) {
        return directory.resolve(id + SUFFIX);
    }

    String id() {
        return id;
    }

    /** Whether it has its name still: somebody may have deleted it by hand. */
    boolean isThere() {
        return Files.exists(path);
    }

    /** Removes it, which says that nothing is left of what it stood for. Never fails: what stays is swept at the next start. */
    void remove() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOG.warn("{}: cannot be removed, the next start tries again: {}", path, e.toString());
        }
        release();
    }

    /** Gives the lock back and leaves the file, as if the process had died. */
    void release() {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.warn("{}: cannot be closed: {}", path, e.toString());
        }
        HELD.remove(id);
    }
}
