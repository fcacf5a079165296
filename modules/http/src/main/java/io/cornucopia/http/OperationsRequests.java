package io.cornucopia.http;

import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.healthchecks.CheckResult;
import io.vertx.ext.healthchecks.HealthChecks;
import io.vertx.ext.healthchecks.Status;
import java.util.function.Supplier;

/** What those who run the server ask: is it up, what does it count. */
final class OperationsRequests {
    private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
    private static final CharSequence PROMETHEUS =
            HttpHeaders.createOptimized("text/plain; version=0.0.4; charset=utf-8");
    private static final Buffer OK = Buffer.buffer("{\"status\":\"ok\"}");

    private final Vertx vertx;
    private final Supplier<String> metricsPage;
    private final HealthChecks live;
    private final HealthChecks ready;

    OperationsRequests(Vertx vertx, Readiness readiness, Supplier<String> metricsPage) {
        this.vertx = vertx;
        this.metricsPage = metricsPage;
        // That this is answered at all is the check: the event loop turns.
        live = HealthChecks.create(vertx).register("event-loop", promise -> promise.complete(Status.OK()));
        ready = HealthChecks.create(vertx)
                .register(
                        "ready",
                        (Promise<Status> promise) -> promise.complete(readiness.isReady() ? Status.OK() : Status.KO()));
        // The door opened when the node had joined, or had found nobody: a cluster that is ill afterwards is done
        // without.
        if (readiness.members().isPresent()) {
            ready.register(
                    "cluster",
                    (Promise<Status> promise) -> promise.complete(Status.OK(
                            new JsonObject().put("members", readiness.members().orElseThrow()))));
        }
    }

    void health(Exchange exchange) {
        begin(exchange, 200);
        exchange.end(OK);
    }

    void live(Exchange exchange) {
        check(exchange, live);
    }

    void ready(Exchange exchange) {
        check(exchange, ready);
    }

    void metrics(Exchange exchange) {
        vertx.executeBlocking(() -> Buffer.buffer(metricsPage.get()), false).onComplete(page -> {
            if (exchange.isFinished()) {
                return;
            }
            if (page.failed()) {
                exchange.error(500, "the metrics cannot be written");
                return;
            }
            exchange.begin(200)
                    .putHeader(HttpHeaders.CONTENT_TYPE, PROMETHEUS)
                    .putHeader(HttpHeaders.CACHE_CONTROL, Exchange.NO_STORE);
            exchange.end(page.result());
        });
    }

    private static void check(Exchange exchange, HealthChecks checks) {
        checks.checkStatus().onComplete(result -> {
            if (!exchange.isFinished()) {
                begin(exchange, result.succeeded() && CheckResult.isUp(result.result()) ? 200 : 503);
                exchange.end(
                        result.succeeded()
                                ? result.result().toJson().toBuffer()
                                : Buffer.buffer("{\"status\":\"DOWN\"}"));
            }
        });
    }

    private static void begin(Exchange exchange, int status) {
        exchange.begin(status)
                .putHeader(HttpHeaders.CONTENT_TYPE, JSON)
                .putHeader(HttpHeaders.CACHE_CONTROL, Exchange.NO_STORE);
    }
}
