package io.cornucopia.server;

import java.util.List;
import java.util.Optional;

/**
 * What was said about a setting, and where.
 *
 * @param place the file, the variable, or {@code --set}
 * @param text the value as it was written
 */
record Said(String place, String text) {
    /** Reads the value; if that fails, {@code problems} gets one line that names the place, the key and the value. */
    <T> Optional<T> parse(String name, ValueType<T> type, boolean secret, List<String> problems) {
        try {
            return Optional.of(type.parser().apply(text));
        } catch (IllegalArgumentException e) {
            String where = place.startsWith(Keys.VARIABLE_PREFIX) ? place : place + ": " + name;
            problems.add(where + ": \"" + (secret ? "***" : text) + "\" is not " + e.getMessage());
            return Optional.empty();
        }
    }

    /** The line for a name that means nothing. */
    static String noSuchSetting(String place, String name, List<String> candidates) {
        return place + ": " + name + ": there is no such setting; " + Suggestion.among(name, candidates);
    }
}
