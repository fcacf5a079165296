package io.cornucopia.http;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;

/** Dates as HTTP writes them: {@code Sun, 06 Nov 1994 08:49:37 GMT}. */
final class HttpDates {
    private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private HttpDates() {}

    static String format(Instant instant) {
        return FORMAT.format(instant);
    }

    /** The moment; empty if it is not written in the one form that HTTP still generates. */
    static Optional<Instant> parse(String raw) {
        try {
            return Optional.of(FORMAT.parse(raw.trim(), Instant::from));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
