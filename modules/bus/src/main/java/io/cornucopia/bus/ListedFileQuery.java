package io.cornucopia.bus;

import java.util.Objects;

/**
 * Asks which project lists a file, and what its page says about it.
 *
 * @param filename a distribution file's name, without {@code .metadata}, {@code .asc} or the like
 * @param effort how far to go
 */
public record ListedFileQuery(String filename, Effort effort) {
    public ListedFileQuery {
        Objects.requireNonNull(filename, "filename");
        Objects.requireNonNull(effort, "effort");
    }

    /** How far to go for an answer. */
    public enum Effort {
        /** A page that is here is good enough, however old; upstream is asked only if none lists the file. */
        ANY_AGE,
        /** Upstream is asked again first: what the page said turned out wrong. */
        ASK_AGAIN
    }
}
