package io.cornucopia.http;

import io.cornucopia.core.ContentNegotiation;
import io.cornucopia.core.Representation;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds out in which form a client wants a page. Belongs to one event loop. */
final class Negotiation {
    /** What the choice depends on. */
    static final CharSequence VARY = HttpHeaders.createOptimized("Accept, Accept-Encoding");

    private static final CharSequence TEXT = HttpHeaders.createOptimized("text/plain; charset=utf-8");
    // There are few installers: nearly every request repeats a header that was seen before.
    private static final int MAX_REMEMBERED = 256;
    private static final int MAX_REMEMBERED_LENGTH = 512;

    private final Map<String, Optional<Representation>> choices = new HashMap<>();

    /** The representation to answer with; empty if none is acceptable. */
    Optional<Representation> representation(Exchange exchange) {
        List<String> accept = exchange.requestHeaders().getAll(HttpHeaders.ACCEPT);
        String query = exchange.request().query();
        Optional<String> format = query == null ? Optional.empty() : format(query);
        if (accept.size() != 1 || format.isPresent()) {
            return ContentNegotiation.choose(accept, format);
        }
        Optional<Representation> known = choices.get(accept.get(0));
        if (known == null) {
            known = ContentNegotiation.choose(accept, Optional.empty());
            if (choices.size() < MAX_REMEMBERED && accept.get(0).length() < MAX_REMEMBERED_LENGTH) {
                choices.put(accept.get(0), known);
            }
        }
        return known;
    }

    static boolean prefersGzip(Exchange exchange) {
        return AcceptEncoding.prefersGzip(exchange.requestHeaders().getAll(HttpHeaders.ACCEPT_ENCODING));
    }

    /** The value of {@code Age} for what was confirmed at that moment. */
    static long ageSeconds(Instant checkedAt) {
        return Math.max(0, Duration.between(checkedAt, Instant.now()).toSeconds());
    }

    void notAcceptable(Exchange exchange) {
        exchange.begin(406)
                .putHeader(HttpHeaders.CONTENT_TYPE, TEXT)
                .putHeader(HttpHeaders.CACHE_CONTROL, Exchange.NO_STORE)
                .putHeader(HttpHeaders.VARY, VARY);
        exchange.end(
                Buffer.buffer("Not acceptable. This resource is available as:\n" + ContentNegotiation.acceptable()));
    }

    // A '+' stays one: a media type has no spaces, so there is nothing else it could mean.
    private static Optional<String> format(String query) {
        for (String parameter : query.split("&", -1)) {
            if (parameter.startsWith("format=")) {
                // What cannot be read is a type that nobody knows.
                return Optional.of(PathSegment.decode(parameter.substring("format=".length()))
                        .orElse("?"));
            }
        }
        return Optional.empty();
    }
}
