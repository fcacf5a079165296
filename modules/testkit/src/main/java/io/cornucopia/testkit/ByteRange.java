package io.cornucopia.testkit;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The one range that a request asks for, of a length that is known; {@code first > last} if there is no such byte. */
record ByteRange(long first, long last) {

    private static final Pattern SINGLE = Pattern.compile("bytes=(?:(\\d{1,18})-(\\d{1,18})?|-(\\d{1,18}))");

    /** Nothing for what is malformed and for several ranges: both are answered with the whole. */
    static Optional<ByteRange> parse(String header, long length) {
        Matcher range = SINGLE.matcher(header.strip());
        if (!range.matches()) {
            return Optional.empty();
        }
        if (range.group(3) != null) {
            long suffix = Math.min(Long.parseLong(range.group(3)), length);
            return Optional.of(new ByteRange(length - suffix, length - 1));
        }
        long first = Long.parseLong(range.group(1));
        if (range.group(2) == null) {
            return Optional.of(new ByteRange(first, length - 1));
        }
        long last = Long.parseLong(range.group(2));
        return last < first ? Optional.empty() : Optional.of(new ByteRange(first, Math.min(last, length - 1)));
    }

    boolean satisfiable() {
        return first <= last;
    }

    long length() {
        return last - first + 1;
    }
}
