package io.cornucopia.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Lets one at a time rewrite what is known of a project's files, of all processes that share the store: each reads a document
 * and writes it anew, and a yank that was begun before a deletion must not bring the file's description back. A
 * process that dies gives it back. Blocks.
 */
final class ProjectLock {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long LOOK_AGAIN_MILLIS = 5;
    // To open such a file twice in a process, and close it once, gives the lock back.
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private ProjectLock() {}

    /** What is done while it is held. */
    interface Step<T> {
        T take() throws IOException;
    }

    /**
     * Takes {@code step} as soon as nobody else holds the lock.
     *
     * @param path of the lock's file, which is made if it is not there; its directory is
     */
    static <T> T holding(Path path, Step<T> step) throws IOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!HELD.add(path)) {
            lookAgain(path, end);
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            while (!isLocked(channel)) {
                lookAgain(path, end);
            }
            return step.take();
        } finally {
            HELD.remove(path);
        }
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    private static void lookAgain(Path path, long end) throws IOException {
        if (System.nanoTime() > end) {
            throw new IOException(path + " has been locked for " + PATIENCE.toSeconds()
                    + " s by another change to the project, whose node may be frozen; nothing was changed, try again");
        }
        try {
            TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + path, e);
        }
    }
}
