package io.cornucopia.upstream;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import java.time.Duration;

/** What is left of an answer that nobody wants to read. */
final class Remainder {
    /** Up to here reading costs less than a new connection. */
    private static final long SHORT = 64 * 1024;

    private Remainder() {}

    /** Reads a short one away, so that its connection can be used again; closes the connection over a long one. */
    static void drop(Vertx vertx, HttpClientResponse response, Duration longest) {
        response.exceptionHandler(ignored -> {}).handler(ignored -> {});
        if (!isShort(response)) {
            response.request().reset();
            return;
        }
        long watch =
                vertx.setTimer(longest.toMillis(), ignored -> response.request().reset());
        response.endHandler(ignored -> vertx.cancelTimer(watch));
        response.resume();
    }

    private static boolean isShort(HttpClientResponse response) {
        if (response.statusCode() == 204 || response.statusCode() == 304) {
            return true;
        }
        String length = response.getHeader(HttpHeaders.CONTENT_LENGTH);
        return length != null && length.matches("[0-9]{1,9}") && Long.parseLong(length) <= SHORT;
    }
}
