package io.cornucopia.upstream;

import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** How long to wait before asking again. */
final class Backoff {
    /** Longer than this no client waits with us; who is asked to wait longer is told so instead. */
    static final Duration LONGEST = Duration.ofSeconds(10);

    private static final long FIRST_MILLIS = 200;

    private Backoff() {}

    /** Doubling from 200 ms, with half of it left to chance so that many who failed together do not return together. */
    static Duration before(int retry) {
        long full = Math.min(LONGEST.toMillis(), FIRST_MILLIS << Math.min(retry, 16));
        return Duration.ofMillis(full / 2 + ThreadLocalRandom.current().nextLong(full / 2 + 1));
    }

    /** What {@code Retry-After} says, seconds or a date (RFC 9110, section 10.2.3); empty if it says nothing that is understood. */
    static Optional<Duration> retryAfter(String header, Instant now) {
        if (header == null) {
            return Optional.empty();
        }
        String value = header.strip();
        if (!value.isEmpty() && value.length() <= 9 && value.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return Optional.of(Duration.ofSeconds(Long.parseLong(value)));
        }
        try {
            Instant until = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return Optional.of(until.isAfter(now) ? Duration.between(now, until) : Duration.ZERO);
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
