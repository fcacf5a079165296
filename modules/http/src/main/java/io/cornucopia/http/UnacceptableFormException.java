package io.cornucopia.http;

/** A form that no upload can be made of. Its message is for whoever sent it. */
final class UnacceptableFormException extends Exception {
    private final int status;

    UnacceptableFormException(String message) {
        this(400, message);
    }

    UnacceptableFormException(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    /** What to answer with. */
    int status() {
        return status;
    }
}
