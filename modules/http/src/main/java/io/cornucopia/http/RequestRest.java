package io.cornucopia.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;

/**
 * What is still to come of a request that is answered already. Most clients send all of it before they read the answer, so
 * it is read and dropped; within bounds, since that helps nobody but them.
 */
final class RequestRest {
    private static final long MAX_LENGTH = 64L * 1024 * 1024;
    private static final long MAX_MILLIS = 10_000;
    // Who asks whether to send it at all is not going to, now that it reads the answer.
    private static final long MAX_MILLIS_UNASKED = 2_000;

    private final Exchange exchange;
    private final HttpServerRequest request;
    private final boolean isUnasked;
    private final boolean closes;
    private long passed;
    private long timer;

    private RequestRest(Exchange exchange) {
        this.exchange = exchange;
        this.request = exchange.request();
        this.isUnasked = !exchange.isContinued() && exchange.expectsContinue();
        long length = exchange.bodyLength();
        this.closes = !exchange.isHttp2() && (isUnasked || length < 0 || length > MAX_LENGTH);
    }

    /** The rest of it; empty if there is none. */
    static Optional<RequestRest> of(Exchange exchange) {
        // Looked at first, since asking whether it has ended takes a lock.
        return exchange.bodyLength() == 0 || exchange.request().isEnded()
                ? Optional.empty()
                : Optional.of(new RequestRest(exchange));
    }

    /** Says in the head of the answer what becomes of the connection. */
    void announce() {
        if (closes) {
            exchange.announceClose();
        }
    }

    /** Reads and drops it. What has been set to read the request until now is not called any more. */
    void drop() {
        timer = exchange.surroundings()
                .vertx()
                .setTimer(isUnasked ? MAX_MILLIS_UNASKED : MAX_MILLIS, id -> exchange.breakOff());
        request.handler(chunk -> {
            passed += chunk.length();
            if (passed > MAX_LENGTH) {
                end();
                exchange.breakOff();
            }
        });
        request.exceptionHandler(gone -> end());
        request.endHandler(v -> {
            end();
            if (closes) {
                exchange.breakOff();
            }
        });
        request.resume();
    }

    private void end() {
        exchange.surroundings().vertx().cancelTimer(timer);
    }

    static long length(HttpServerRequest request, boolean isHttp2) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        if (length == null) {
            return isHttp2 || request.headers().contains(HttpHeaders.TRANSFER_ENCODING) ? -1 : 0;
        }
        return length.matches("[0-9]{1,18}") ? Long.parseLong(length) : -1;
    }
}
