package io.cornucopia.storage;

import java.io.IOException;

/** A bucket failed, or refused, what it was asked: the message says which one, what for, what it answered and what to do. */
public final class BucketException extends IOException {
    private static final long serialVersionUID = 1L;

    BucketException(String message, Throwable cause) {
        super(message, cause);
    }
}
