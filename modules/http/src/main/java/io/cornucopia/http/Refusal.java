package io.cornucopia.http;

import io.cornucopia.bus.Failure;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;

/**
 * Says to those who upload and manage why not (section G9): in the body, and, since that is all some clients show, in the
 * reason phrase as well.
 */
final class Refusal {
    private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
    private static final CharSequence TEXT = HttpHeaders.createOptimized("text/plain; charset=utf-8");
    private static final int MAX_REASON_LENGTH = 200;

    private Refusal() {}

    /** Refuses an upload, in the form that the client asked for. */
    static void ofUpload(Exchange exchange, int status, String message) {
        send(exchange, status, message, prefersJson(exchange.requestHeaders().getAll(HttpHeaders.ACCEPT)));
    }

    /** Refuses an upload. */
    static void ofUpload(Exchange exchange, Failure failure) {
        ofUpload(exchange, FailureStatus.of(failure, Route.UPLOAD), failure.message());
    }

    /** Refuses what was asked of the API. */
    static void ofApi(Exchange exchange, int status, String message) {
        send(exchange, status, message, true);
    }

    /** Refuses what was asked of the API. */
    static void ofApi(Exchange exchange, Failure failure) {
        ofApi(exchange, FailureStatus.of(failure, Route.API), failure.message());
    }

    private static void send(Exchange exchange, int status, String message, boolean json) {
        String reason = reason(message);
        HttpServerResponse response = exchange.begin(status)
                .setStatusMessage(reason)
                .putHeader(HttpHeaders.CACHE_CONTROL, Exchange.NO_STORE)
                .putHeader(HttpHeaders.CONTENT_TYPE, json ? JSON : TEXT);
        response.headers().set(HttpHeaders.VARY, HttpHeaders.ACCEPT);
        exchange.endWithRestDropped(
                json
                        ? new JsonObject()
                                .put("message", message)
                                .put("code", status + " " + reason)
                                .put("title", HttpResponseStatus.valueOf(status).reasonPhrase())
                                .toBuffer()
                        : Buffer.buffer(message));
    }

    /** What of a message may stand on the line of the status. */
    static String reason(String message) {
        StringBuilder reason = new StringBuilder(Math.min(message.length(), MAX_REASON_LENGTH));
        for (int i = 0; i < message.length() && reason.length() < MAX_REASON_LENGTH; i++) {
            char c = message.charAt(i);
            if (c == '\r' || c == '\n') {
                reason.append(' ');
            } else {
                reason.append((c >= 0x20 && c < 0x7f) || (c >= 0xa0 && c <= 0xff) ? c : '?');
            }
        }
        return reason.toString().strip();
    }

    // uv names it, and text and HTML with less weight; a client that takes anything reads text more easily.
    static boolean prefersJson(List<String> accept) {
        double json = 0;
        double text = 0;
        for (String range : String.join(",", accept).toLowerCase(Locale.ROOT).split(",", -1)) {
            String[] parts = range.split(";", -1);
            double weight = 1;
            for (int i = 1; i < parts.length; i++) {
                String parameter = parts[i].strip();
                if (parameter.matches("q=[01](\\.[0-9]{0,3})?")) {
                    weight = Double.parseDouble(parameter.substring(2));
                }
            }
            switch (parts[0].strip()) {
                case "application/json" -> json = Math.max(json, weight);
                case "text/plain" -> text = Math.max(text, weight);
                default -> {
                    // Nothing else is on offer.
                }
            }
        }
        return json > 0 && json >= text;
    }
}
