package io.cornucopia.cluster;

import io.cornucopia.core.ProjectName;
import io.cornucopia.core.UrlPath;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Asks by HTTPS, signed. What it opens closes with its Vert.x. */
public final class HttpPeerClient implements PeerClient {
    // Each file that is followed takes one. Who waits for a connection would take the other side for frozen.
    private static final int CONNECTIONS_PER_NODE = 4096;
    // Shorter than the other side keeps idle ones.
    private static final int KEEP_ALIVE_SECONDS = 30;

    private final Vertx vertx;
    private final PeerSignature signature;
    private final Duration patience;
    private final HttpClient client;

    /** @param patience how long another node may show no sign of life while its bytes are awaited */
    public HttpPeerClient(Vertx vertx, ClusterTls tls, PeerSignature signature, Duration patience) {
        this.vertx = vertx;
        this.signature = signature;
        this.patience = patience;
        // The call gives up before that, and says that it was silence.
        int longest = (int) patience.multipliedBy(2).toMillis();
        HttpClientOptions options = new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_1_1)
                .setConnectTimeout(longest)
                .setKeepAliveTimeout(KEEP_ALIVE_SECONDS)
                .setDecompressionSupported(false);
        options.setSslHandshakeTimeout(longest).setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
        client = vertx.createHttpClient(tls.client(options), new PoolOptions().setHttp1MaxSize(CONNECTIONS_PER_NODE));
    }

    @Override
    public Future<Optional<PeerAnswer>> file(Member member, ProjectName project, String name, long offset) {
        return ask(member, "/files/" + project + '/' + UrlPath.encodeSegment(name), offset);
    }

    @Override
    public Future<Optional<PeerAnswer>> page(Member member, ProjectName project) {
        return ask(member, "/pages/" + project, 0);
    }

    private Future<Optional<PeerAnswer>> ask(Member member, String target, long offset) {
        return new PeerCall(vertx, client, signature, patience, member, target, offset).ask();
    }
}
