package io.cornucopia.http;

import io.cornucopia.access.Doorkeeper;
import io.cornucopia.bus.Addresses;
import io.cornucopia.cluster.Announcements;
import io.cornucopia.storage.OpenFiles;
import io.cornucopia.storage.UploadStore;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.core.net.SocketAddress;
import java.net.BindException;
import java.util.Objects;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP side of an index: everything that clients see. Deploy as many as there are event loops to use; they share one
 * port. What it serves it asks for on the bus, so deploy those who answer there first.
 */
public final class HttpVerticle extends VerticleBase {
    // Installers pause between requests to unpack and to think.
    private static final long IDLE_SECONDS = 75;
    // A client that reads nothing for so long is gone; the system finds out, where it has epoll.
    private static final int STALLED_MILLIS = 5 * 60 * 1000;
    private static final int MAX_HEADER_SIZE = 16 * 1024;
    private static final int MAX_INITIAL_LINE_LENGTH = 8 * 1024;
    // With the usual 64 KiB an upload over HTTP/2 waits for the far end more than it sends.
    private static final int HTTP2_STREAM_WINDOW = 512 * 1024;
    private static final int HTTP2_CONNECTION_WINDOW = 1024 * 1024;
    private static final int SHARED_PORT_ID = 1;
    private static final Logger LOG = LoggerFactory.getLogger(HttpVerticle.class);

    private final HttpSettings settings;
    private final OpenFiles openFiles;
    private final UploadStore uploads;
    private final Doorkeeper doorkeeper;
    private final Announcements announcements;
    private final AccessLog accessLog;
    private final Readiness readiness;
    private final MeterRegistry metrics;
    private final Supplier<String> metricsPage;
    private final RepeatedAnswers answers = new RepeatedAnswers();
    private Surroundings surroundings;
    private Dispatcher dispatcher;
    private HttpServer server;

    /**
     * @param settings what it goes by
     * @param openFiles files that can be sent without asking
     * @param uploads where uploads arrive
     * @param doorkeeper who knows the tokens
     * @param announcements what tells whether this node has heard all news
     * @param accessLog where a line for each request goes
     * @param readiness what {@code /health/ready} tells
     * @param metrics where requests are counted
     * @param metricsPage writes what {@code /metrics} answers; may block
     */
    public HttpVerticle(
            HttpSettings settings,
            OpenFiles openFiles,
            UploadStore uploads,
            Doorkeeper doorkeeper,
            Announcements announcements,
            AccessLog accessLog,
            Readiness readiness,
            MeterRegistry metrics,
            Supplier<String> metricsPage) {
        this.settings = Objects.requireNonNull(settings, "settings");
        this.openFiles = Objects.requireNonNull(openFiles, "openFiles");
        this.uploads = Objects.requireNonNull(uploads, "uploads");
        this.doorkeeper = Objects.requireNonNull(doorkeeper, "doorkeeper");
        this.announcements = Objects.requireNonNull(announcements, "announcements");
        this.accessLog = Objects.requireNonNull(accessLog, "accessLog");
        this.readiness = Objects.requireNonNull(readiness, "readiness");
        this.metrics = Objects.requireNonNull(metrics, "metrics");
        this.metricsPage = Objects.requireNonNull(metricsPage, "metricsPage");
    }

    @Override
    public Future<?> start() {
        RequestMeters meters = new RequestMeters(metrics, accessLog);
        String thread = Thread.currentThread().getName();
        new EventLoopLag(vertx, metrics, thread.substring(thread.lastIndexOf('-') + 1));
        surroundings = new Surroundings(
                vertx,
                settings,
                readiness,
                new DateHeader(vertx),
                meters,
                accessLog.lines(),
                new Connections(vertx, IDLE_SECONDS));
        RenderedPages pages = RenderedPages.sharedBy(vertx, settings.basePath());
        meters.observe(pages);
        Addresses.PROJECT_CHANGED.listen(vertx, news -> pages.drop(news.project()));
        Addresses.EVERYTHING_CHANGED.listen(vertx, news -> pages.dropAll());
        Negotiation negotiation = new Negotiation();
        Guard guard = new Guard(doorkeeper, settings.readers());
        dispatcher = new Dispatcher(
                settings.basePath(),
                new ProjectPages(pages, negotiation, meters, settings),
                new RootList(vertx, negotiation),
                new FileRequests(vertx, openFiles, meters),
                new ProvenanceRequests(vertx),
                new UploadRequests(guard, uploads, settings.upload()),
                new ApiRequests(vertx, guard),
                new OperationsRequests(vertx, readiness, metricsPage),
                guard,
                announcements);
        return settings.tls().isEmpty()
                ? listen(options())
                : identity(settings.tls().get())
                        .compose(identity -> listen(secured(identity)))
                        .onSuccess(listening -> watch(settings.tls().get()));
    }

    private Future<HttpServer> listen(HttpServerOptions options) {
        server = vertx.createHttpServer(options)
                .connectionHandler(this::opened)
                .exceptionHandler(failure -> LOG.debug("a connection failed", failure))
                .invalidRequestHandler(this::invalid)
                .requestHandler(request -> dispatcher.handle(new Exchange(surroundings, request)));
        return server.listen(address(settings, SHARED_PORT_ID))
                .recover(thrown -> Future.failedFuture(cannotListen(thrown)));
    }

    private void opened(HttpConnection connection) {
        if (connection instanceof HttpServerConnection server) {
            // A full socket is tried again once all others had their turn: with Netty's sixteen tries at once, large
            // files were slower than nginx's (docs/benchmarks.md).
            server.channelHandlerContext().channel().config().setWriteSpinCount(1);
        }
        surroundings.connections().opened(connection);
        surroundings.connections().repeater(connection, Repeater.on(connection, surroundings, answers, announcements));
    }

    private Future<ServerIdentity> identity(HttpSettings.Tls tls) {
        return vertx.executeBlocking(() -> ServerIdentity.read(tls), false);
    }

    private static HttpServerOptions secured(ServerIdentity identity) {
        HttpServerOptions options = options()
                .setSsl(true)
                .setUseAlpn(true)
                .setKeyCertOptions(identity.options())
                .setHttp2ConnectionWindowSize(HTTP2_CONNECTION_WINDOW);
        options.getInitialSettings().setInitialWindowSize(HTTP2_STREAM_WINDOW);
        return options;
    }

    // What one of those who share the port is told holds for all.
    private void watch(HttpSettings.Tls tls) {
        boolean isFirst = vertx.sharedData()
                        .<String, Boolean>getLocalMap(IdentityWatch.class.getName())
                        .putIfAbsent(settings.host() + ' ' + settings.port(), true)
                == null;
        if (isFirst) {
            IdentityWatch.begin(vertx, tls, server, IdentityWatch.PERIOD_MILLIS);
        }
    }

    /** The same whichever transport it is that tells: a native one has a type of its own for it. */
    static BindException cannotListen(Throwable thrown) {
        BindException bind = new BindException(thrown.getMessage());
        bind.initCause(thrown);
        return bind;
    }

    @Override
    public Future<?> stop() {
        surroundings.log().close();
        return Future.succeededFuture();
    }

    /**
     * Takes no more connections, closes those that lie idle, and lets the others finish what is in progress. To be called
     * before undeployment, which by itself cuts everything off. May be called from any thread.
     *
     * @return completes when all is finished, or when {@link HttpSettings#drainTimeout()} has passed
     */
    public Future<Void> drain() {
        return server.shutdown(settings.drainTimeout());
    }

    /** The port that it listens on. */
    public int actualPort() {
        return server.actualPort();
    }

    /** @param id what those have in common that are to share any free port */
    static SocketAddress address(HttpSettings settings, int id) {
        // Any free port, but the same one for all that are deployed together.
        return settings.port() == 0
                ? SocketAddress.sharedRandomPort(id, settings.host())
                : SocketAddress.inetSocketAddress(settings.port(), settings.host());
    }

    static HttpServerOptions options() {
        return new HttpServerOptions()
                // Pages come compressed from the cache, and files must arrive as they are.
                .setCompressionSupported(false)
                .setDecompressionSupported(false)
                // With it a connection is not known before its first byte, and one that never sends it never closed.
                .setHttp2ClearTextEnabled(false)
                .setMaxHeaderSize(MAX_HEADER_SIZE)
                .setMaxInitialLineLength(MAX_INITIAL_LINE_LENGTH)
                .setTcpKeepAlive(true)
                .setTcpUserTimeout(STALLED_MILLIS);
    }

    private void invalid(HttpServerRequest request) {
        Throwable cause = request.decoderResult().cause();
        Exchange exchange = new Exchange(surroundings, request);
        exchange.announceClose();
        if (cause instanceof TooLongHttpLineException) {
            exchange.error(414, "the path is too long");
        } else if (cause instanceof TooLongHttpHeaderException) {
            exchange.error(431, "the headers are too long");
        } else {
            exchange.error(400, "not an HTTP request");
        }
    }
}
