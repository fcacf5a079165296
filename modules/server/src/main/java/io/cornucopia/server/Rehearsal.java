package io.cornucopia.server;

import io.cornucopia.http.AccessLog;
import io.cornucopia.http.Readiness;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a whole mirror for a moment before the real one starts: on a Vert.x instance, in a directory and over an upstream of its
 * own, all of which go away again. The JVM loads and begins to compile what the first clients would otherwise wait for,
 * and event loops would be blocked by.
 */
final class Rehearsal {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int WARM_ROUNDS = 10;
    private static final String LOOPBACK = "127.0.0.1";
    private static final String JSON = "application/vnd.pypi.simple.v1+json";
    private static final Logger LOG = LoggerFactory.getLogger(Rehearsal.class);

    /** A request for a path with one header. */
    private record Line(HttpMethod method, String path, String header, String value) {}

    private static final List<Line> COLD = List.of(
            get("/simple/rehearsal/", "Accept", JSON),
            get("/packages/" + RehearsalUpstream.FILENAME, "Accept", "*/*"),
            get("/packages/" + RehearsalUpstream.FILENAME + ".metadata", "Accept", "*/*"),
            get("/packages/rehearsal-9.tar.gz", "Accept", "*/*"),
            get("/simple/nowhere/", "Accept", JSON),
            get("/simple/", "Accept", JSON),
            get("/metrics", "Accept", "*/*"));
    private static final List<Line> WARM = List.of(
            get("/simple/rehearsal/", "Accept", JSON),
            get("/simple/rehearsal/", "Accept-Encoding", "gzip"),
            get("/simple/Rehearsal", "Accept", "text/html"),
            get("/packages/" + RehearsalUpstream.FILENAME, "Range", "bytes=100-200"),
            get("/packages/" + RehearsalUpstream.FILENAME, "Accept", "*/*"),
            new Line(HttpMethod.HEAD, "/packages/" + RehearsalUpstream.FILENAME, "Accept", "*/*"),
            get("/simple/", "Accept", "text/html"),
            get("/simple/-/", "Accept", "*/*"),
            get("/health/ready", "Accept", "*/*"),
            get("/health", "Accept", "*/*"));

    private final Settings real;

    Rehearsal(Settings real) {
        this.real = real;
    }

    private static Line get(String path, String header, String value) {
        return new Line(HttpMethod.GET, path, header, value);
    }

    /** Blocks until it is done or has taken long enough; never fails. */
    void run() {
        long begin = System.nanoTime();
        try {
            if (real.get(Keys.UPSTREAM_URL).getScheme().equals("https")) {
                rehearseTls();
            }
            Path directory = Files.createTempDirectory("cornucopia");
            try {
                rehearse(directory);
            } finally {
                delete(directory);
            }
        } catch (IOException | SettingsException | NoSuchAlgorithmException | CompletionException e) {
            // A machine that cannot rehearse serves its first clients slowly; that is no reason not to serve them.
            LOG.debug("the rehearsal ended early", e);
        }
        // The decor goes now, and not while somebody waits; what it took of memory goes back to the machine.
        System.gc();
        LOG.debug("rehearsed for {} ms", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
    }

    private static void rehearse(Path directory) throws SettingsException {
        Vertx vertx = Vertx.vertx(
                new VertxOptions().setPreferNativeTransport(true).setMaxEventLoopExecuteTime(LIMIT.toNanos()));
        try (AccessLog nowhere = new AccessLog(vertx, OutputStream.nullOutputStream(), AccessLog.Format.TEXT)) {
            Future<Integer> upstream = RehearsalUpstream.start(vertx);
            Program.await(upstream, LIMIT);
            Settings settings = Settings.of(
                    Optional.empty(),
                    Map.of(),
                    List.of(
                            "server.host=" + LOOPBACK,
                            "server.port=0",
                            "cache.dir=" + directory.resolve("cache"),
                            "upload.store=" + directory.resolve("data"),
                            "log.audit=" + directory.resolve("audit.jsonl"),
                            "upstream.url=http://" + LOOPBACK + ":" + upstream.result() + "/simple/"));
            Mirror mirror = new Mirror(
                    Node.alone(vertx), settings, new SimpleMeterRegistry(), nowhere, new Readiness(), () -> "");
            HttpClient client = vertx.createHttpClient();
            Future<?> play = mirror.open()
                    .compose(opened -> mirror.openDoors(2))
                    .compose(port -> {
                        Future<?> cold = Future.succeededFuture();
                        for (Line line : COLD) {
                            cold = cold.compose(ignored -> say(client, port, line));
                        }
                        return cold.compose(ignored -> warm(client, port, WARM_ROUNDS));
                    });
            try {
                Program.await(play, LIMIT);
            } finally {
                // Held to here: Vert.x closes a client that nobody holds any more, whatever it is waiting for.
                client.close();
                Program.await(vertx.close(), LIMIT);
            }
        }
    }

    private static Future<?> warm(HttpClient client, int port, int rounds) {
        if (rounds == 0) {
            return Future.succeededFuture();
        }
        List<Future<?>> all = new ArrayList<>();
        for (Line line : WARM) {
            all.add(say(client, port, line));
        }
        return Future.all(all).compose(ignored -> warm(client, port, rounds - 1));
    }

    private static Future<?> say(HttpClient client, int port, Line line) {
        RequestOptions options = new RequestOptions()
                .setMethod(line.method())
                .setHost(LOOPBACK)
                .setPort(port)
                .setURI(line.path())
                .putHeader(line.header(), line.value());
        return client.request(options).compose(HttpClientRequest::send).compose(HttpClientResponse::body);
    }

    /** Reads the trust store and writes a first greeting to nobody: most of what TLS has to load. */
    private static void rehearseTls() throws NoSuchAlgorithmException, SSLException {
        SSLEngine engine = SSLContext.getDefault().createSSLEngine("localhost", 443);
        engine.setUseClientMode(true);
        engine.beginHandshake();
        engine.wrap(
                ByteBuffer.allocate(0), ByteBuffer.allocate(engine.getSession().getPacketBufferSize()));
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
