package io.cornucopia.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Makes sure of a directory before anything is opened. */
final class WritableDirectory {
    private WritableDirectory() {}

    /** @throws SettingsException if it cannot be made or written to */
    static void prepare(Key<?> key, Path directory) throws SettingsException {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new SettingsException(List.of(key.name() + ": " + directory + " cannot be made ("
                    + e.getClass().getSimpleName() + ": " + e.getMessage()
                    + "); name a directory that can be written to"));
        }
        if (!Files.isWritable(directory)) {
            throw new SettingsException(List.of(key.name() + ": " + directory
                    + " cannot be written to; change its owner, or name another directory"));
        }
    }
}
