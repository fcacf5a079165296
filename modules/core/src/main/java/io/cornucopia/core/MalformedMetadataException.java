package io.cornucopia.core;

/** That a distribution's metadata cannot be used. The message says why, is short, and breaks no log line. */
public final class MalformedMetadataException extends Exception {
    MalformedMetadataException(String message) {
        super(message);
    }

    MalformedMetadataException(String message, Throwable cause) {
        super(message, cause);
    }
}
