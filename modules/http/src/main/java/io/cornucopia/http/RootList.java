package io.cornucopia.http;

import io.cornucopia.bus.Addresses;
import io.cornucopia.bus.FailureException;
import io.cornucopia.bus.RootAnswer;
import io.cornucopia.bus.RootQuery;
import io.cornucopia.core.Representation;
import io.cornucopia.storage.StoredFile;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import java.util.Optional;

/** {@code /simple/}: the list of all projects, which lies ready as a file. */
final class RootList {
    private static final CharSequence PUBLIC = HttpHeaders.createOptimized("public, max-age=60");
    private static final CharSequence PRIVATE = HttpHeaders.createOptimized("private, max-age=60");

    private final Vertx vertx;
    private final Negotiation negotiation;

    RootList(Vertx vertx, Negotiation negotiation) {
        this.vertx = vertx;
        this.negotiation = negotiation;
    }

    void handle(Exchange exchange) {
        Optional<Representation> representation = negotiation.representation(exchange);
        if (representation.isEmpty()) {
            negotiation.notAcceptable(exchange);
            return;
        }
        boolean gzip = Negotiation.prefersGzip(exchange);
        Addresses.ROOT.ask(vertx, new RootQuery(representation.get(), gzip)).onComplete(answer -> {
            if (exchange.isFinished()) {
                if (answer.succeeded()) {
                    answer.result().body().close();
                }
            } else if (answer.failed()) {
                exchange.failure(FailureException.of(answer.cause()));
            } else {
                send(exchange, answer.result(), representation.get(), gzip);
            }
        });
    }

    private static void send(Exchange exchange, RootAnswer root, Representation representation, boolean gzip) {
        StoredFile body = root.body();
        exchange.onDone(body::close);
        boolean known = Preconditions.isNotModified(exchange.requestHeaders(), root.etag());
        exchange.begin(known ? 304 : 200)
                .putHeader(HttpHeaders.ETAG, root.etag())
                .putHeader(HttpHeaders.VARY, Negotiation.VARY)
                .putHeader(HttpHeaders.CACHE_CONTROL, exchange.isPrivate() ? PRIVATE : PUBLIC)
                .putHeader(HttpHeaders.AGE, Long.toString(Negotiation.ageSeconds(root.checkedAt())));
        exchange.repeatable(new SameRoot(root, known));
        if (known) {
            exchange.end();
            return;
        }
        exchange.response().putHeader(HttpHeaders.CONTENT_TYPE, representation.contentType());
        if (gzip) {
            exchange.response().putHeader(HttpHeaders.CONTENT_ENCODING, HttpHeaderValues.GZIP);
        }
        if (exchange.isHead()) {
            exchange.endWithout(body.size());
        } else {
            exchange.endWithFile(body.channel(), 0, body.size());
        }
    }
}
