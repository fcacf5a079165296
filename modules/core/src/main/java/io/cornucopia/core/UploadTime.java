package io.cornucopia.core;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;

/** How the time of an upload is read and written (PEP 700, section C12). */
final class UploadTime {
    private static final int MAX_LENGTH = 64;

    private static final DateTimeFormatter ANY_OFFSET = new DateTimeFormatterBuilder()
            .parseCaseInsensitive()
            .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
            .appendPattern("[XXX][XX][X]")
            .toFormatter(Locale.ROOT);
    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter MICROSECONDS = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private UploadTime() {}

    /** Reads an ISO 8601 time with an offset, to the microsecond; empty if it is none in the years 1 to 9999. */
    static Optional<Instant> parse(String raw) {
        if (raw.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        try {
            Instant time = ANY_OFFSET.parse(raw.strip(), Instant::from).truncatedTo(ChronoUnit.MICROS);
            int year = time.atOffset(ZoneOffset.UTC).getYear();
            return year >= 1 && year <= 9999 ? Optional.of(time) : Optional.empty();
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** {@code yyyy-mm-ddThh:mm:ss[.ffffff]Z}, with six fraction digits or none. */
    static String format(Instant time) {
        Instant truncated = time.truncatedTo(ChronoUnit.MICROS);
        return (truncated.equals(time.truncatedTo(ChronoUnit.SECONDS)) ? SECONDS : MICROSECONDS).format(truncated);
    }
}
