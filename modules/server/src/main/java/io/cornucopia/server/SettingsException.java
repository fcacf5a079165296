package io.cornucopia.server;

import java.util.List;

/** The configuration cannot be used; each problem is one line that names the place, the value and what to do. */
final class SettingsException extends Exception {
    private static final long serialVersionUID = 1L;

    private final List<String> problems;

    SettingsException(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    List<String> problems() {
        return problems;
    }
}
