package io.cornucopia.metadata;

import io.cornucopia.storage.WorkInProgress;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Writes files that are whole from the moment on which they have their name, in directories that several processes may share.
 * Blocks.
 */
final class AtomicWrite {
    private static final String TEMPORARY = ".tmp-";
    private static final String OWN = "own-";

    private final WorkInProgress work;

    /** @param directory in or below which it is written */
    AtomicWrite(Path directory) {
        this.work = new WorkInProgress(directory.resolve(".locks"));
    }

    /** Writes what belongs into a file. */
    @FunctionalInterface
    interface Body {
        void write(OutputStream out) throws IOException;
    }

    /** Creates or replaces {@code target}, and its directory if somebody removed that. */
    void replace(Path target, Body body) throws IOException {
        Path temporary = temporaryIn(target.getParent());
        try {
            try (OutputStream out = new BufferedOutputStream(
                    Files.newOutputStream(temporary, StandardOpenOption.CREATE_NEW), 1 << 16)) {
                body.write(out);
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** A name in {@code directory} that nobody uses and that {@link #sweep} knows. */
    Path temporaryIn(Path directory) throws IOException {
        Files.createDirectories(directory);
        return work.name(directory, TEMPORARY, "");
    }

    /** The same for a file that keeps its name as long as this process lives. */
    Path ownIn(Path directory, String suffix) throws IOException {
        Files.createDirectories(directory);
        return work.name(directory, OWN, suffix);
    }

    /** Deletes what writers left in {@code directory} that were killed. */
    void sweep(Path directory) throws IOException {
        work.sweep(directory, TEMPORARY, "");
    }

    /** Deletes what processes left that are no more, under names like those of {@link #ownIn}. */
    void sweepOwn(Path directory, String suffix) throws IOException {
        work.sweep(directory, OWN, suffix);
    }
}
