package io.cornucopia.core;

import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A project's name, or the beginning of names: {@code acme-tools}, {@code acme-*}, {@code *}. Normalised like the names that
 * it is held against, so that {@code Acme_Tools} cannot slip past {@code acme-*}.
 *
 * @param text the pattern, normalised; a {@code *} stands only at its end
 */
public record ProjectPattern(String text) implements Comparable<ProjectPattern> {
    private static final Pattern SEPARATORS = Pattern.compile("[-_.]+");
    private static final Pattern VALID = Pattern.compile("\\*|[a-z0-9](-?[a-z0-9])*(-?\\*)?");

    /** @throws IllegalArgumentException if {@code text} is not a normalised pattern */
    public ProjectPattern {
        Objects.requireNonNull(text, "text");
        if (text.length() > ProjectName.MAX_LENGTH || !VALID.matcher(text).matches()) {
            throw new IllegalArgumentException("not a pattern of project names: \"" + text + "\"");
        }
    }

    /** Reads a pattern in any spelling ({@code Acme_*}); empty if it is none. */
    public static Optional<ProjectPattern> parse(String raw) {
        String normalised = SEPARATORS.matcher(raw.strip()).replaceAll("-").toLowerCase(Locale.ROOT);
        return normalised.length() <= ProjectName.MAX_LENGTH
                        && VALID.matcher(normalised).matches()
                ? Optional.of(new ProjectPattern(normalised))
                : Optional.empty();
    }

    /** Whether it covers that project. */
    public boolean matches(ProjectName project) {
        return isPrefix()
                ? project.value().startsWith(text.substring(0, text.length() - 1))
                : project.value().equals(text);
    }

    private boolean isPrefix() {
        return text.endsWith("*");
    }

    /** The more specific first: whole names before beginnings, longer beginnings before shorter ones. */
    @Override
    public int compareTo(ProjectPattern other) {
        if (isPrefix() != other.isPrefix()) {
            return isPrefix() ? 1 : -1;
        }
        return text.length() != other.text.length()
                ? Integer.compare(other.text.length(), text.length())
                : text.compareTo(other.text);
    }

    @Override
    public String toString() {
        return text;
    }
}
