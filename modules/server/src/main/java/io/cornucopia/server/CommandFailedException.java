package io.cornucopia.server;

/** A command could not do what it was asked to; the message is one line for the operator. */
final class CommandFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    CommandFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
