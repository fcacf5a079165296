package io.cornucopia.http;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import java.time.Instant;

/** The value of {@code Date}, written once a second. Belongs to one event loop. */
final class DateHeader {
    private static final long PERIOD_MILLIS = 1000;

    private CharSequence value = now();

    DateHeader(Vertx vertx) {
        vertx.setPeriodic(PERIOD_MILLIS, id -> value = now());
    }

    CharSequence value() {
        return value;
    }

    private static CharSequence now() {
        return HttpHeaders.createOptimized(HttpDates.format(Instant.now()));
    }
}
