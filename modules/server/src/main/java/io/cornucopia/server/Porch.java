package io.cornucopia.server;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PemKeyCertOptions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/**
 * Answers probes on the port of a node that is still looking for its cluster: alive, not ready. Joining may take as long as
 * an orchestrator takes to kill what does not answer. To everything else the door is shut, so that a proxy tries another node.
 */
final class Porch implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final String basePath;
    private final Optional<Vertx> vertx;
    private Future<HttpServer> door = Future.failedFuture("it was never open");
    private Optional<Future<Void>> cleared = Optional.empty();

    private Porch(String basePath, Optional<Vertx> vertx) {
        this.basePath = basePath;
        this.vertx = vertx;
    }

    /**
     * Opens it if the node is to join others, and blocks meanwhile.
     *
     * @throws StartFailedException if the port cannot be listened on
     */
    static Porch open(Settings settings) throws StartFailedException {
        // Nobody can be asking on a port that is not known yet.
        if (settings.cluster().isEmpty() || settings.get(Keys.PORT) == 0) {
            return new Porch("", Optional.empty());
        }
        Vertx vertx = Vertx.vertx(new VertxOptions()
                .setPreferNativeTransport(true)
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1));
        Porch porch = new Porch(settings.get(Keys.BASE_PATH), Optional.of(vertx));
        HttpServerOptions options =
                new HttpServerOptions().setHost(settings.get(Keys.HOST)).setPort(settings.get(Keys.PORT));
        settings.tls()
                .ifPresent(tls -> options.setSsl(true)
                        .setKeyCertOptions(new PemKeyCertOptions()
                                .setCertPath(tls.certificate().toString())
                                .setKeyPath(tls.key().toString())));
        porch.door =
                vertx.createHttpServer(options).requestHandler(porch::answer).listen();
        try {
            Program.await(porch.door, TIMEOUT);
        } catch (CompletionException e) {
            porch.close();
            throw StartFailedException.ofPort(settings, e.getCause());
        }
        return porch;
    }

    private void answer(HttpServerRequest request) {
        String path = request.path() == null ? "" : request.path();
        String bare = path.startsWith(basePath) ? path.substring(basePath.length()) : path;
        switch (bare) {
            case "/health", "/health/live" -> answer(request, 200, "{\"status\":\"ok\"}");
            case "/health/ready" ->
                answer(request, 503, "{\"status\":\"DOWN\",\"checks\":[{\"id\":\"cluster\",\"status\":\"DOWN\"}]}");
            default -> request.connection().close();
        }
    }

    private static void answer(HttpServerRequest request, int status, String json) {
        request.response()
                .setStatusCode(status)
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                // The next one is for the doors.
                .putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE)
                .end(json);
    }

    /** Makes way for the doors; may be done more than once. */
    synchronized Future<Void> clear() {
        if (cleared.isEmpty()) {
            cleared = Optional.of(vertx.map(this::shut).orElseGet(Future::succeededFuture));
        }
        return cleared.get();
    }

    // The door first: who knocks while its threads end would be a complaint in the log.
    private Future<Void> shut(Vertx all) {
        // Of no context, or else it would be complete on a thread that has ended by then.
        Promise<Void> shut = Promise.promise();
        door.compose(HttpServer::close).onComplete(closed -> all.close().onComplete(shut));
        return shut.future();
    }

    @Override
    public void close() {
        Program.await(clear(), TIMEOUT);
    }
}
