package io.cornucopia.storage;

import java.io.IOException;

/** The bytes that arrived are not those that were promised: another length or another digest. */
public final class BrokenFileException extends IOException {
    private static final long serialVersionUID = 1L;

    /** @param message names the file, what was promised and what came */
    public BrokenFileException(String message) {
        super(message);
    }
}
