package io.cornucopia.cluster;

/** This node can be no member; the message says what to change. */
public final class JoinFailedException extends Exception {
    private static final long serialVersionUID = 1;

    JoinFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
