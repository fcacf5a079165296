package io.cornucopia.server;

import io.cornucopia.http.AccessLog;
import io.cornucopia.http.HttpSettings;
import io.cornucopia.http.HttpVerticle;
import io.cornucopia.http.Readiness;
import io.cornucopia.storage.OpenFiles;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a door of its own, on loopback, for a while before the real ones open, so that the first clients do not pay for what
 * the JVM has still to load and compile. Nothing of it shows in logs or metrics, and upstream is not asked.
 */
final class WarmUp {
    private static final int ROUNDS = 50;
    private static final String LOOPBACK = "127.0.0.1";
    private static final Duration LIMIT = Duration.ofSeconds(3);
    private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);

    /** These run through the hot routes and are answered on the spot: an invalid name, an unsafe filename, a redirect. */
    private static final List<String> PATHS =
            List.of("/simple/-/", "/packages/.warm-up", "/simple/Warm_Up", "/simple/-/", "/health", "/");

    private final Vertx vertx;

    WarmUp(Vertx vertx) {
        this.vertx = vertx;
    }

    /** Blocks until it is done or has taken long enough; never fails. */
    void run() {
        HttpSettings settings =
                new HttpSettings(LOOPBACK, 0, "", Duration.ZERO, Duration.ofSeconds(1), Duration.ofMinutes(10));
        HttpClient client = vertx.createHttpClient();
        try (AccessLog nowhere = new AccessLog(vertx, OutputStream.nullOutputStream(), AccessLog.Format.TEXT)) {
            HttpVerticle door = new HttpVerticle(
                    settings,
                    new OpenFiles(1, Duration.ofMinutes(1)),
                    nowhere,
                    new Readiness(),
                    new SimpleMeterRegistry(),
                    () -> "");
            vertx.deployVerticle(door)
                    .compose(id -> rounds(client, door.actualPort(), ROUNDS).eventually(() -> vertx.undeploy(id)))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .orTimeout(LIMIT.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
        } catch (CompletionException e) {
            // A slow machine serves its first clients slowly; that is no reason not to serve them.
            LOG.debug("the warm-up ended early", e);
        } finally {
            client.close();
        }
    }

    private static Future<?> rounds(HttpClient client, int port, int left) {
        if (left == 0) {
            return Future.succeededFuture();
        }
        List<Future<?>> requests = new ArrayList<>();
        for (String path : PATHS) {
            requests.add(client.request(HttpMethod.GET, port, LOOPBACK, path)
                    .compose(HttpClientRequest::send)
                    .compose(HttpClientResponse::body));
        }
        return Future.all(requests).compose(ignored -> rounds(client, port, left - 1));
    }
}
