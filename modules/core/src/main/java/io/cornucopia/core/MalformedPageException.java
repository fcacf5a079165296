package io.cornucopia.core;

/**
 * That what an index answered is not the page it was asked for, and nothing of it may be used.
 *
 * <p>The message says what was wrong, is short, and holds nothing of the input that could break a log line.
 */
public final class MalformedPageException extends Exception {
    private static final int MAX_QUOTED = 40;

    public MalformedPageException(String message) {
        super(message);
    }

    MalformedPageException(String message, Throwable cause) {
        super(message, cause);
    }

    /** A piece of the input, cut and reduced to printable ASCII, in quotes. */
    static String quote(String input) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < Math.min(input.length(), MAX_QUOTED); i++) {
            char c = input.charAt(i);
            quoted.append(c >= ' ' && c < 0x7f ? c : '?');
        }
        return quoted.append(input.length() > MAX_QUOTED ? "…\"" : "\"").toString();
    }
}
