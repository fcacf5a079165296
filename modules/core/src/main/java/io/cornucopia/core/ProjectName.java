package io.cornucopia.core;

import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The normalised name of a project: lower case, ASCII, every run of {@code -}, {@code _} and {@code .} one {@code -}.
 *
 * @param value the normalised name, 1 to {@value #MAX_LENGTH} characters
 * @see <a href="https://packaging.python.org/en/latest/specifications/name-normalization/">Names and normalization</a>
 */
public record ProjectName(String value) implements Comparable<ProjectName> {
    /** The longest name taken; longer ones exist nowhere and would not make a file name on every file system. */
    public static final int MAX_LENGTH = 200;

    private static final Pattern VALID = Pattern.compile("[A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9._-]*[A-Za-z0-9]");
    private static final Pattern SEPARATORS = Pattern.compile("[-_.]+");

    /** @throws IllegalArgumentException if {@code value} is not a valid name or not normalised */
    public ProjectName {
        Objects.requireNonNull(value, "value");
        if (!isValid(value) || !normalise(value).equals(value)) {
            throw new IllegalArgumentException("not a normalised project name: \"" + value + "\"");
        }
    }

    /**
     * Reads a name in any spelling.
     *
     * @return the normalised name, or empty if {@code raw} is not a valid project name
     */
    public static Optional<ProjectName> parse(String raw) {
        return isValid(raw) ? Optional.of(new ProjectName(normalise(raw))) : Optional.empty();
    }

    private static boolean isValid(String raw) {
        return raw.length() <= MAX_LENGTH && VALID.matcher(raw).matches();
    }

    private static String normalise(String valid) {
        return SEPARATORS.matcher(valid).replaceAll("-").toLowerCase(Locale.ROOT);
    }

    @Override
    public int compareTo(ProjectName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
