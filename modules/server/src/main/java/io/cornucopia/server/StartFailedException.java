package io.cornucopia.server;

/** The program could not start; the message is one line for the operator. */
final class StartFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    StartFailedException(String message, Throwable cause) {
        super(message, cause);
    }

    /** The port for clients cannot be listened on. */
    static StartFailedException ofPort(Settings settings, Throwable cause) {
        return ofPort(Keys.PORT, settings.get(Keys.HOST), settings.get(Keys.PORT), cause);
    }

    /** One of the ports cannot be listened on. */
    static StartFailedException ofPort(Key<Integer> key, String host, int port, Throwable cause) {
        return new StartFailedException(
                key.name() + ": " + host + ":" + port + " cannot be listened on (" + cause.getMessage()
                        + "); stop what uses it, or choose another with --set " + key.name() + "=…",
                cause);
    }
}
