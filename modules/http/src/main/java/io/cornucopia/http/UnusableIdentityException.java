package io.cornucopia.http;

import java.io.IOException;
import java.util.List;

/** A certificate and its key with which no server can be begun. */
public final class UnusableIdentityException extends IOException {
    private static final long serialVersionUID = 1L;

    private final List<String> problems;

    UnusableIdentityException(List<String> problems) {
        super(String.join("; ", problems));
        this.problems = List.copyOf(problems);
    }

    /** What is wrong, each with the setting and the file, for people; at least one. */
    public List<String> problems() {
        return problems;
    }
}
