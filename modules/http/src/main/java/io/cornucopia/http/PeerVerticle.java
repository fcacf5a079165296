package io.cornucopia.http;

import io.cornucopia.cluster.ClusterTls;
import io.cornucopia.cluster.PeerSignature;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The internal port: what other nodes take from this one. Whoever does not know the cluster's secret gets no further than the
 * handshake. Deploy as many as there are event loops to use; they share one port. What it serves it asks for on the bus, so
 * deploy those who answer there first.
 */
public final class PeerVerticle extends VerticleBase {
    // Longer than other nodes keep idle connections.
    private static final long IDLE_SECONDS = 75;
    // Not that of the port for clients.
    private static final int SHARED_PORT_ID = 2;
    private static final Logger LOG = LoggerFactory.getLogger(PeerVerticle.class);

    private final HttpSettings settings;
    private final ClusterTls tls;
    private final PeerSignature signature;
    private final AccessLog accessLog;
    private final Readiness readiness;
    private final MeterRegistry metrics;
    private AccessLogLines lines;
    private HttpServer server;

    /**
     * @param settings what the verticle that clients see goes by, but with the host and port of the internal port
     * @param tls what connections between nodes are secured with
     * @param signature what requests and answers between nodes are signed with
     * @param accessLog whose count of dropped lines is told; other nodes' requests are not logged
     * @param readiness whether the process is about to stop
     * @param metrics where requests are counted
     */
    public PeerVerticle(
            HttpSettings settings,
            ClusterTls tls,
            PeerSignature signature,
            AccessLog accessLog,
            Readiness readiness,
            MeterRegistry metrics) {
        this.settings = Objects.requireNonNull(settings, "settings");
        this.tls = Objects.requireNonNull(tls, "tls");
        this.signature = Objects.requireNonNull(signature, "signature");
        this.accessLog = Objects.requireNonNull(accessLog, "accessLog");
        this.readiness = Objects.requireNonNull(readiness, "readiness");
        this.metrics = Objects.requireNonNull(metrics, "metrics");
    }

    @Override
    public Future<?> start() {
        lines = accessLog.lines();
        Connections connections = new Connections(vertx, IDLE_SECONDS);
        Surroundings surroundings = new Surroundings(
                vertx,
                settings,
                readiness,
                new DateHeader(vertx),
                new RequestMeters(metrics, accessLog),
                lines,
                connections);
        PeerRequests requests = new PeerRequests(vertx, signature);
        HttpServerOptions options = tls.server(HttpVerticle.options().setUseAlpn(false));
        server = vertx.createHttpServer(options)
                .connectionHandler(connections::opened)
                .exceptionHandler(failure -> LOG.debug("a connection to the internal port failed", failure))
                // Not even to say that it was no HTTP.
                .invalidRequestHandler(request -> request.connection().close())
                .requestHandler(request -> requests.handle(new Exchange(surroundings, request)));
        return server.listen(HttpVerticle.address(settings, SHARED_PORT_ID))
                .recover(thrown -> Future.failedFuture(HttpVerticle.cannotListen(thrown)));
    }

    @Override
    public Future<?> stop() {
        lines.close();
        return Future.succeededFuture();
    }

    /**
     * Takes no more connections and lets what is in progress finish, as {@link HttpVerticle#drain} does. May be called from
     * any thread.
     */
    public Future<Void> drain() {
        return server.shutdown(settings.drainTimeout());
    }

    /** The port that it listens on. */
    public int actualPort() {
        return server.actualPort();
    }
}
