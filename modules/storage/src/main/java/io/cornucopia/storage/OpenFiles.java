package io.cornucopia.storage;

import java.time.Duration;
import java.util.Optional;

/** Files that were served lately, kept open so that serving them again costs no system call for opening. Thread-safe. */
public final class OpenFiles {
    /**
     * @param limit how many are kept open at most
     * @param idle after how long without use one is closed
     */
    public OpenFiles(int limit, Duration idle) {}

    /** The open file of that name, with a reference for the caller to close; empty if it is not open. Never blocks. */
    public Optional<StoredFile> get(String filename) {
        return Optional.empty();
    }

    /** Keeps {@code file} open; takes a reference of its own. */
    public void put(StoredFile file) {}

    /** Forgets the file of that name; whoever reads it goes on. */
    public void forget(String filename) {}
}
