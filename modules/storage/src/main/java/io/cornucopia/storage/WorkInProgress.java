package io.cornucopia.storage;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Names for files that are not finished, in directories that several processes may share: each name says whose file it is,
 * so that whoever starts sweeps what dead processes left, and nothing that one is at work on. That it is at work says a
 * {@link LockFile}, one a process.
 *
 * <p>Where the file system has no locks, or somebody deletes the lock files, files in progress look abandoned to a process
 * that starts: one process alone is as well off as ever, and of several one may lose what it has not finished. Thread-safe;
 * everything blocks.
 */
public final class WorkInProgress {
    private static final Logger LOG = LoggerFactory.getLogger(WorkInProgress.class);

    private final Path locks;
    private LockFile lock;
    private boolean told;

    /** @param locks the directory of the lock files, of all who share those directories alike; made when it is needed */
    public WorkInProgress(Path locks) {
        this.locks = Objects.requireNonNull(locks, "locks");
    }

    /**
     * A name that nobody uses, in {@code directory}.
     *
     * @param prefix what it begins with; the same for {@link #sweep}
     * @param suffix what it ends in
     */
    public Path name(Path directory, String prefix, String suffix) {
        return directory.resolve(prefix + owner() + '-' + UUID.randomUUID() + suffix);
    }

    private synchronized String owner() {
        if (lock != null && !lock.isThere()) {
            lock.release();
            lock = null;
        }
        if (lock == null) {
            try {
                Files.createDirectories(locks);
                lock = LockFile.make(locks);
            } catch (IOException e) {
                if (!told) {
                    told = true;
                    LOG.warn(
                            "{}: no lock can be held there, so only one node may use this directory: {}",
                            locks,
                            e.toString());
                }
                return UUID.randomUUID().toString();
            }
        }
        return lock.id();
    }

    /** Deletes the files in {@code directory} of that prefix and suffix that nobody is at work on. */
    public void sweep(Path directory, String prefix, String suffix) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, path -> {
            String name = path.getFileName().toString();
            return name.startsWith(prefix) && name.endsWith(suffix) && Files.isRegularFile(path);
        })) {
            for (Path file : files) {
                if (isAbandoned(file.getFileName().toString().substring(prefix.length()))) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (NoSuchFileException e) {
            LOG.debug("{} is not there: nothing to sweep", directory);
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    private boolean isAbandoned(String name) throws IOException {
        if (name.length() <= LockFile.ID_LENGTH || name.charAt(LockFile.ID_LENGTH) != '-') {
            return true;
        }
        String owner = name.substring(0, LockFile.ID_LENGTH);
        return !LockFile.isId(owner)
                || LockFile.ifAbandoned(locks, owner, () -> true).isPresent();
    }
}
