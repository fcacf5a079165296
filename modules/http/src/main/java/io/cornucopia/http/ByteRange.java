package io.cornucopia.http;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a {@code Range} header means for a body of known length. */
sealed interface ByteRange {
    /** The header asks for nothing that we do: all of the body is sent. */
    record Whole() implements ByteRange {}

    /** No byte of the body is asked for. */
    record Unsatisfiable() implements ByteRange {}

    /**
     * Some bytes.
     *
     * @param from the first
     * @param to behind the last
     */
    record Part(long from, long to) implements ByteRange {}

    /** Reads a header. Several ranges in one are answered with the whole body, as the RFC lets a server do. */
    static ByteRange of(String header, long length) {
        Matcher matcher = Syntax.SINGLE.matcher(header);
        if (!matcher.matches()
                || (matcher.group(1).isEmpty() && matcher.group(2).isEmpty())) {
            return new Whole();
        }
        if (matcher.group(1).isEmpty()) {
            long suffix = number(matcher.group(2));
            return suffix == 0 || length == 0 ? new Unsatisfiable() : new Part(Math.max(0, length - suffix), length);
        }
        long first = number(matcher.group(1));
        long last = matcher.group(2).isEmpty() ? Long.MAX_VALUE : number(matcher.group(2));
        if (last < first) {
            return new Whole();
        }
        return first >= length ? new Unsatisfiable() : new Part(first, last >= length ? length : last + 1);
    }

    // A number too large to be held is larger than any body, which is all that matters.
    private static long number(String digits) {
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }

    /** How a single range is written. */
    final class Syntax {
        private static final Pattern SINGLE =
                Pattern.compile("bytes[ \\t]*=[ \\t]*([0-9]{0,100})-([0-9]{0,100})[ \\t]*", Pattern.CASE_INSENSITIVE);

        private Syntax() {}
    }
}
