package io.cornucopia.http;

import io.cornucopia.bus.Addresses;
import io.cornucopia.bus.FailureException;
import io.cornucopia.bus.FileAnswer;
import io.cornucopia.bus.PeerFileQuery;
import io.cornucopia.bus.PeerPageQuery;
import io.cornucopia.cluster.PeerHeaders;
import io.cornucopia.cluster.PeerSignature;
import io.cornucopia.core.DistributionFilename;
import io.cornucopia.core.ProjectName;
import io.cornucopia.storage.FileHandle;
import io.cornucopia.storage.GrowingFile;
import io.cornucopia.storage.StoredFile;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Optional;

/**
 * {@code /files/{project}/{name}} and {@code /pages/{project}}: what other nodes may have of this one. Whoever does not prove that
 * it is one gets no answer at all. A HEAD of a file is how a node asks, while it waits for more bytes, whether there are any.
 */
final class PeerRequests {
    private static final String FILES = "/files/";
    private static final String PAGES = "/pages/";
    private static final String BYTES = "application/octet-stream";
    private static final String JSON = "application/json";

    private final Vertx vertx;
    private final PeerSignature signature;

    PeerRequests(Vertx vertx, PeerSignature signature) {
        this.vertx = vertx;
        this.signature = signature;
    }

    void handle(Exchange exchange) {
        exchange.route(Route.PEER);
        HttpServerRequest request = exchange.request();
        String range = request.getHeader(HttpHeaderNames.RANGE);
        Optional<PeerSignature.Asker> asker = signature.verify(
                request.method().name(),
                request.uri(),
                range == null ? "" : range,
                request.getHeader(PeerSignature.REQUEST_HEADER));
        if (asker.isEmpty()) {
            exchange.breakOff();
            return;
        }
        HttpServerResponse response = exchange.response();
        Runnable sign = () -> response.putHeader(
                PeerSignature.ANSWER_HEADER,
                signature.answer(asker.get(), response.getStatusCode(), PeerHeaders.facts(response.headers())));
        response.headersEndHandler(ignored -> sign.run());
        answer(exchange, request.path(), sign);
    }

    /** @param sign to be run when nothing is added to the head any more */
    private void answer(Exchange exchange, String path, Runnable sign) {
        if (!exchange.request().method().equals(HttpMethod.GET) && !exchange.isHead()) {
            exchange.methodNotAllowed("GET, HEAD");
        } else if (path.startsWith(FILES)) {
            file(exchange, path.substring(FILES.length()), sign);
        } else if (path.startsWith(PAGES)) {
            project(path.substring(PAGES.length()))
                    .ifPresentOrElse(project -> page(exchange, project), exchange::notFound);
        } else {
            exchange.notFound();
        }
    }

    private void file(Exchange exchange, String rest, Runnable sign) {
        int slash = rest.indexOf('/');
        Optional<ProjectName> project = project(rest.substring(0, Math.max(0, slash)));
        Optional<String> name = PathSegment.decode(rest.substring(slash + 1)).filter(DistributionFilename::isSafe);
        if (project.isEmpty() || name.isEmpty()) {
            exchange.notFound();
            return;
        }
        Addresses.PEER_FILE
                .ask(vertx, new PeerFileQuery(project.get(), name.get()))
                .onComplete(answer -> {
                    if (exchange.isFinished()) {
                        if (answer.succeeded()) {
                            answer.result().handle().close();
                        }
                    } else if (answer.failed()) {
                        exchange.failure(FailureException.of(answer.cause()));
                    } else if (exchange.isHead()) {
                        tell(exchange, answer.result());
                    } else {
                        send(exchange, answer.result().handle(), sign);
                    }
                });
    }

    private static void send(Exchange exchange, FileHandle handle, Runnable sign) {
        if (handle instanceof GrowingFile growing) {
            HttpServerResponse response = exchange.response();
            // As late as can be: it becomes known with the first bytes.
            response.headersEndHandler(ignored -> {
                growing.upstreamTag().ifPresent(tag -> response.putHeader(PeerHeaders.UPSTREAM_TAG, tag));
                sign.run();
            });
        }
        FileAnswers.send(exchange, handle, BYTES);
    }

    /** Tells how much of it could be had now. */
    private static void tell(Exchange exchange, FileAnswer.Bytes answer) {
        try (FileHandle handle = answer.handle()) {
            long arrived = handle instanceof GrowingFile growing ? growing.readable() : ((StoredFile) handle).size();
            exchange.begin(200).putHeader(PeerHeaders.ARRIVED, Long.toString(arrived));
            exchange.end();
        }
    }

    private void page(Exchange exchange, ProjectName project) {
        Addresses.PEER_PAGE.ask(vertx, new PeerPageQuery(project)).onComplete(answer -> {
            if (exchange.isFinished()) {
                if (answer.succeeded()) {
                    answer.result().document().close();
                }
            } else if (answer.failed()) {
                exchange.failure(FailureException.of(answer.cause()));
            } else {
                exchange.response()
                        .putHeader(PeerHeaders.REVISION, answer.result().revision());
                FileAnswers.send(exchange, answer.result().document(), JSON);
            }
        });
    }

    private static Optional<ProjectName> project(String segment) {
        return PathSegment.decode(segment)
                .flatMap(text ->
                        ProjectName.parse(text).filter(name -> name.value().equals(text)));
    }
}
