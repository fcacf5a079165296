package io.cornucopia.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * A version as PEP 440 defines it: {@code [epoch!]release[pre][.post][.dev][+local]}.
 *
 * <p>Equality and order are those of PEP 440: {@code 1.0} equals {@code 1.0.0}, numbers may have any length. Reading
 * takes one pass over the input, whatever it is.
 *
 * @see <a href="https://packaging.python.org/en/latest/specifications/version-specifiers/">Version specifiers</a>
 */
public final class Version implements Comparable<Version> {
    /** The longest input taken, in characters. */
    public static final int MAX_LENGTH = 200;

    private enum Phase {
        /** Only a development release of the release itself: before every pre-release of it. */
        DEVELOPMENT(""),
        ALPHA("a"),
        BETA("b"),
        CANDIDATE("rc"),
        FINAL("");

        private final String letter;

        Phase(String letter) {
            this.letter = letter;
        }
    }

    private final String normalised;
    private final String epoch;
    /** Without trailing zeros: what is compared. */
    private final List<String> release;

    private final Phase phase;
    private final String pre;
    private final Optional<String> post;
    private final Optional<String> dev;
    private final List<String> local;

    private Version(Reading reading) {
        this.epoch = reading.epoch;
        this.release = withoutTrailingZeros(reading.release);
        this.phase = reading.pre.isPresent()
                ? reading.phase
                : reading.post.isEmpty() && reading.dev.isPresent() ? Phase.DEVELOPMENT : Phase.FINAL;
        this.pre = reading.pre.orElse("0");
        this.post = reading.post;
        this.dev = reading.dev;
        this.local = List.copyOf(reading.local);
        this.normalised = normalise(reading.release);
    }

    /**
     * Reads a version in any spelling that PEP 440 allows ({@code v1.0-ALPHA_1}, {@code 1.0-1}), except that white space
     * around it is not taken off: where it may occur, the caller strips it.
     *
     * @return the version, or empty if {@code raw} is none or longer than {@value #MAX_LENGTH}
     */
    public static Optional<Version> parse(String raw) {
        if (raw.isEmpty() || raw.length() > MAX_LENGTH || !isAscii(raw)) {
            return Optional.empty();
        }
        Reading reading = new Reading(raw.toLowerCase(Locale.ROOT));
        return reading.succeeds() ? Optional.of(new Version(reading)) : Optional.empty();
    }

    private static boolean isAscii(String raw) {
        return raw.chars().allMatch(c -> c < 0x80);
    }

    private static List<String> withoutTrailingZeros(List<String> numbers) {
        int end = numbers.size();
        while (end > 0 && numbers.get(end - 1).equals("0")) {
            end--;
        }
        return List.copyOf(numbers.subList(0, end));
    }

    private String normalise(List<String> writtenRelease) {
        StringBuilder text = new StringBuilder();
        if (!epoch.equals("0")) {
            text.append(epoch).append('!');
        }
        text.append(String.join(".", writtenRelease));
        if (!phase.letter.isEmpty()) {
            text.append(phase.letter).append(pre);
        }
        post.ifPresent(number -> text.append(".post").append(number));
        dev.ifPresent(number -> text.append(".dev").append(number));
        if (!local.isEmpty()) {
            text.append('+').append(String.join(".", local));
        }
        return text.toString();
    }

    @Override
    public int compareTo(Version other) {
        int order = compareNumbers(epoch, other.epoch);
        order = order != 0 ? order : compareReleases(release, other.release);
        order = order != 0 ? order : phase.compareTo(other.phase);
        order = order != 0 ? order : compareNumbers(pre, other.pre);
        order = order != 0 ? order : comparePosts(post, other.post);
        order = order != 0 ? order : compareDevs(dev, other.dev);
        return order != 0 ? order : compareLocals(local, other.local);
    }

    /** A development release comes before what it develops. */
    private static int compareDevs(Optional<String> mine, Optional<String> theirs) {
        if (mine.isPresent() && theirs.isPresent()) {
            return compareNumbers(mine.get(), theirs.get());
        }
        return Boolean.compare(theirs.isPresent(), mine.isPresent());
    }

    /** None comes before any. */
    private static int comparePosts(Optional<String> mine, Optional<String> theirs) {
        if (mine.isPresent() && theirs.isPresent()) {
            return compareNumbers(mine.get(), theirs.get());
        }
        return Boolean.compare(mine.isPresent(), theirs.isPresent());
    }

    private static int compareReleases(List<String> mine, List<String> theirs) {
        int common = Math.min(mine.size(), theirs.size());
        for (int i = 0; i < common; i++) {
            int order = compareNumbers(mine.get(i), theirs.get(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(mine.size(), theirs.size());
    }

    private static int compareLocals(List<String> mine, List<String> theirs) {
        int common = Math.min(mine.size(), theirs.size());
        for (int i = 0; i < common; i++) {
            int order = compareLocalParts(mine.get(i), theirs.get(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(mine.size(), theirs.size());
    }

    private static int compareLocalParts(String mine, String theirs) {
        boolean number = isNumber(mine);
        if (number != isNumber(theirs)) {
            return number ? 1 : -1;
        }
        return number ? compareNumbers(mine, theirs) : mine.compareTo(theirs);
    }

    /** Both without leading zeros, so the longer one is the greater one. */
    private static int compareNumbers(String mine, String theirs) {
        int order = Integer.compare(mine.length(), theirs.length());
        return order != 0 ? order : mine.compareTo(theirs);
    }

    private static boolean isNumber(String text) {
        return text.chars().allMatch(Version::isDigit);
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Version that && compareTo(that) == 0;
    }

    @Override
    public int hashCode() {
        return Objects.hash(epoch, release, phase, pre, post, dev, local);
    }

    /** The normalised form, with the release as it was written: {@code V1.0-RC.01} is {@code 1.0rc1}. */
    @Override
    public String toString() {
        return normalised;
    }

    /** One pass over lower-case ASCII, never backwards. */
    private static final class Reading {
        private final String text;
        private int at;

        private String epoch = "0";
        private final List<String> release = new ArrayList<>();
        private Phase phase = Phase.FINAL;
        private Optional<String> pre = Optional.empty();
        private Optional<String> post = Optional.empty();
        private Optional<String> dev = Optional.empty();
        private final List<String> local = new ArrayList<>();

        Reading(String text) {
            this.text = text;
        }

        boolean succeeds() {
            take("v");
            if (!digitAt(at)) {
                return false;
            }
            release.add(number());
            if (take("!")) {
                epoch = release.remove(0);
                if (!digitAt(at)) {
                    return false;
                }
                release.add(number());
            }
            while (charAt(at) == '.' && digitAt(at + 1)) {
                at++;
                release.add(number());
            }
            readPre();
            readPost();
            readDev();
            return at == text.length() || readLocal();
        }

        private void readPre() {
            if (takeWord("alpha", "a")) {
                phase = Phase.ALPHA;
            } else if (takeWord("beta", "b")) {
                phase = Phase.BETA;
            } else if (takeWord("preview", "pre", "c", "rc")) {
                phase = Phase.CANDIDATE;
            } else {
                return;
            }
            pre = Optional.of(numberAfterWord());
        }

        private void readPost() {
            if (charAt(at) == '-' && digitAt(at + 1)) {
                at++;
                post = Optional.of(number());
            } else if (takeWord("post", "rev", "r")) {
                post = Optional.of(numberAfterWord());
            }
        }

        private void readDev() {
            if (takeWord("dev")) {
                dev = Optional.of(numberAfterWord());
            }
        }

        private boolean readLocal() {
            if (!take("+")) {
                return false;
            }
            while (true) {
                int start = at;
                while (isAlphanumeric(charAt(at))) {
                    at++;
                }
                if (at == start) {
                    return false;
                }
                String part = text.substring(start, at);
                local.add(isNumber(part) ? withoutLeadingZeros(part) : part);
                if (at == text.length()) {
                    return true;
                }
                if (!isSeparator(charAt(at))) {
                    return false;
                }
                at++;
            }
        }

        private boolean takeWord(String... words) {
            int start = at;
            if (isSeparator(charAt(at))) {
                at++;
            }
            for (String word : words) {
                if (take(word)) {
                    return true;
                }
            }
            at = start;
            return false;
        }

        private String numberAfterWord() {
            if (isSeparator(charAt(at))) {
                at++;
            }
            return digitAt(at) ? number() : "0";
        }

        private String number() {
            int start = at;
            while (digitAt(at)) {
                at++;
            }
            return withoutLeadingZeros(text.substring(start, at));
        }

        private boolean take(String word) {
            if (!text.startsWith(word, at)) {
                return false;
            }
            at += word.length();
            return true;
        }

        private boolean digitAt(int index) {
            return isDigit(charAt(index));
        }

        private char charAt(int index) {
            return index < text.length() ? text.charAt(index) : '\0';
        }

        private static boolean isSeparator(char c) {
            return c == '.' || c == '-' || c == '_';
        }

        private static boolean isAlphanumeric(char c) {
            return isDigit(c) || (c >= 'a' && c <= 'z');
        }

        private static String withoutLeadingZeros(String digits) {
            int start = 0;
            while (start < digits.length() - 1 && digits.charAt(start) == '0') {
                start++;
            }
            return digits.substring(start);
        }
    }
}
