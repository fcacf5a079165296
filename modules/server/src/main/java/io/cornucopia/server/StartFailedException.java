package io.cornucopia.server;

/** The program could not start; the message is one line for the operator. */
final class StartFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    StartFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
