package io.cornucopia.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whether the directory of uploads is the one that it was. Where its volume is not mounted any more there is an empty directory, or
 * none, which looks like a store without uploads: projects would seem to have no files, and uploads would go where nobody finds them
 * again. Thread-safe.
 */
final class StoreInPlace {
    private final Path root;
    private final Path descriptions;
    private volatile boolean seen;

    StoreInPlace(DirectoryPaths paths) {
        root = paths.root();
        descriptions = paths.descriptions();
    }

    /**
     * One look at the disk.
     *
     * @throws IOException if this process has seen uploads there, and there is no sign of them now
     */
    void check() throws IOException {
        if (Files.isDirectory(descriptions)) {
            seen = true;
        } else if (seen) {
            throw new IOException(root
                    + " held uploads, and is empty or gone now: is its volume still mounted? Nothing is read from it,"
                    + " or written to it, until " + descriptions + " is there again");
        }
    }
}
