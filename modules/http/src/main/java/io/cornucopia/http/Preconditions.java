package io.cornucopia.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** The conditions a request may set (RFC 9110, section 13), for GET and HEAD. */
final class Preconditions {
    private Preconditions() {}

    /** Whether the client has it already, going by the tag alone. */
    static boolean isNotModified(MultiMap headers, String etag) {
        return isNotModified(headers, Optional.of(etag), Optional.empty());
    }

    /** Whether the client has it already. A tag in the request outranks a date. */
    static boolean isNotModified(MultiMap headers, Optional<String> etag, Optional<Instant> lastModified) {
        if (headers.contains(HttpHeaders.IF_NONE_MATCH)) {
            List<String> lines = headers.getAll(HttpHeaders.IF_NONE_MATCH);
            return lines.stream().anyMatch(line -> names(line, etag));
        }
        String since = headers.get(HttpHeaders.IF_MODIFIED_SINCE);
        return since != null
                && lastModified.isPresent()
                && HttpDates.parse(since)
                        .filter(date -> !seconds(lastModified.get()).isAfter(date))
                        .isPresent();
    }

    /** Whether a {@code Range} in the request counts: there is no {@code If-Range}, or it names what is here. */
    static boolean isRangeWanted(MultiMap headers, Optional<String> etag, Optional<Instant> lastModified) {
        String condition = headers.get(HttpHeaderNames.IF_RANGE);
        if (condition == null) {
            return true;
        }
        String trimmed = condition.trim();
        // A weak tag starts with W/ and so equals none of ours, as the RFC wants it.
        if (trimmed.startsWith("\"") || trimmed.startsWith("W/")) {
            return etag.isPresent() && etag.get().equals(trimmed);
        }
        return lastModified.isPresent() && HttpDates.parse(trimmed).equals(lastModified.map(Preconditions::seconds));
    }

    private static boolean names(String line, Optional<String> etag) {
        if (line.trim().equals("*")) {
            return true;
        }
        if (etag.isEmpty()) {
            return false;
        }
        int open = line.indexOf('"');
        while (open >= 0) {
            int close = line.indexOf('"', open + 1);
            if (close < 0) {
                return false;
            }
            if (line.regionMatches(open, etag.get(), 0, etag.get().length())
                    && close - open + 1 == etag.get().length()) {
                return true;
            }
            open = line.indexOf('"', close + 1);
        }
        return false;
    }

    private static Instant seconds(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS);
    }
}
