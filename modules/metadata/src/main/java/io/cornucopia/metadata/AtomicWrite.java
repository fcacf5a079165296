package io.cornucopia.metadata;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** Writes files that are whole from the moment on which they have their name. Blocks. */
final class AtomicWrite {
    private static final String TEMPORARY = ".tmp-";

    private AtomicWrite() {}

    /** Writes what belongs into a file. */
    @FunctionalInterface
    interface Body {
        void write(OutputStream out) throws IOException;
    }

    /** Creates or replaces {@code target}, and its directory if somebody removed that. */
    static void replace(Path target, Body body) throws IOException {
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
    static Path temporaryIn(Path directory) throws IOException {
        Files.createDirectories(directory);
        return directory.resolve(TEMPORARY + UUID.randomUUID());
    }

    /** Deletes what writers left that were killed. */
    static void sweep(Path directory) throws IOException {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(directory, TEMPORARY + "*")) {
            for (Path path : left) {
                Files.deleteIfExists(path);
            }
        }
    }
}
