package io.cornucopia.http;

import io.cornucopia.bus.FailureException;
import io.cornucopia.bus.PageAnswer.Origin;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.Representation;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.util.Optional;

/** {@code /simple/{project}/}: the page of a project. */
final class ProjectPages {
    private static final CharSequence LAST_SERIAL = HttpHeaders.createOptimized("x-pypi-last-serial");
    private static final String ASK_EVERY_TIME = "max-age=0, must-revalidate";
    private static final long LONGEST_MAX_AGE = 600;

    private final RenderedPages pages;
    private final Negotiation negotiation;
    private final RequestMeters meters;
    private final CharSequence own;
    private final CharSequence mirrored;

    ProjectPages(RenderedPages pages, Negotiation negotiation, RequestMeters meters, HttpSettings settings) {
        this.pages = pages;
        this.negotiation = negotiation;
        this.meters = meters;
        // The whole time that a page may be kept: what has passed of it is told by Age, which caches count against
        // this.
        long seconds =
                Math.max(0, Math.min(LONGEST_MAX_AGE, settings.pageMaxAge().toSeconds()));
        boolean isPrivate = settings.readers() == HttpSettings.Readers.TOKEN;
        this.own = HttpHeaders.createOptimized(isPrivate ? "private, " + ASK_EVERY_TIME : ASK_EVERY_TIME);
        this.mirrored = HttpHeaders.createOptimized((isPrivate ? "private" : "public") + ", max-age=" + seconds);
    }

    void handle(Exchange exchange, ProjectName project) {
        Optional<Representation> choice = negotiation.representation(exchange);
        if (choice.isEmpty()) {
            negotiation.notAcceptable(exchange);
            return;
        }
        Representation representation = choice.get();
        Optional<RenderedPages.Current> fresh = pages.fresh(project, representation);
        meters.page(fresh.isPresent());
        if (fresh.isPresent()) {
            send(exchange, project, fresh.get(), representation);
            return;
        }
        pages.ask(project, representation).onComplete(answer -> {
            if (exchange.isFinished()) {
                return;
            }
            if (answer.succeeded()) {
                send(exchange, project, answer.result(), representation);
            } else {
                exchange.failure(FailureException.of(answer.cause()));
            }
        });
    }

    private void send(
            Exchange exchange, ProjectName project, RenderedPages.Current current, Representation representation) {
        RenderedPage page = current.page();
        boolean gzip = page.gzip().isPresent() && Negotiation.prefersGzip(exchange);
        String etag = page.etag(representation, gzip);
        boolean known = Preconditions.isNotModified(exchange.requestHeaders(), etag);
        if (current.origin() == Origin.UPSTREAM) {
            // The others are asked for each time.
            exchange.repeatable(new SamePage(pages, meters, project, representation, page.revision(), gzip, known));
        }
        HttpServerResponse response = exchange.begin(known ? 304 : 200)
                .putHeader(HttpHeaders.ETAG, etag)
                .putHeader(HttpHeaders.VARY, Negotiation.VARY)
                .putHeader(HttpHeaders.CACHE_CONTROL, current.origin() == Origin.OWN ? own : mirrored)
                .putHeader(HttpHeaders.AGE, Long.toString(Negotiation.ageSeconds(current.checkedAt())));
        page.serial().ifPresent(serial -> response.putHeader(LAST_SERIAL, serial));
        if (known) {
            exchange.end();
            return;
        }
        response.putHeader(HttpHeaders.CONTENT_TYPE, representation.contentType());
        if (gzip) {
            response.putHeader(HttpHeaders.CONTENT_ENCODING, HttpHeaderValues.GZIP);
        }
        exchange.end(page.body(gzip));
    }
}
