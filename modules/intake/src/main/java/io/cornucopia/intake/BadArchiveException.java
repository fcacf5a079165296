package io.cornucopia.intake;

import java.util.Objects;

/** That a file is not the archive that its name says, or one that is not taken. The message says why, for people. */
final class BadArchiveException extends Exception {
    BadArchiveException(String message) {
        super(Objects.requireNonNull(message, "message"));
    }

    BadArchiveException(String message, Throwable cause) {
        super(Objects.requireNonNull(message, "message"), cause);
    }
}
