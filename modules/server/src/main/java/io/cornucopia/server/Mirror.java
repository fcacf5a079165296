package io.cornucopia.server;

import io.cornucopia.access.Doorkeeper;
import io.cornucopia.access.TokenList;
import io.cornucopia.bus.Addresses;
import io.cornucopia.bus.AsIsCodec;
import io.cornucopia.cluster.Cluster;
import io.cornucopia.cluster.ClusterSettings;
import io.cornucopia.cluster.Members;
import io.cornucopia.fetcher.FetcherVerticle;
import io.cornucopia.http.AccessLog;
import io.cornucopia.http.HttpVerticle;
import io.cornucopia.http.PeerVerticle;
import io.cornucopia.http.Readiness;
import io.cornucopia.intake.IntakeVerticle;
import io.cornucopia.metadata.MetadataVerticle;
import io.cornucopia.storage.BucketStore;
import io.cornucopia.storage.DirectoryStore;
import io.cornucopia.storage.FileCache;
import io.cornucopia.storage.OpenFiles;
import io.cornucopia.storage.UploadStore;
import io.cornucopia.upstream.Upstream;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.BindException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The services wired together on one node, whose Vert.x is theirs alone and takes them with it when it closes. */
final class Mirror {
    private static final int PEER_READERS = 8;
    private static final int OPEN_FILES = 1024;
    private static final Duration TOKEN_FILE_INTERVAL = Duration.ofSeconds(2);
    private static final Duration OPEN_FILES_IDLE = Duration.ofMinutes(10);

    private final Vertx vertx;
    private final Node node;
    private final Settings settings;
    private final MeterRegistry metrics;
    private final AccessLog accessLog;
    private final Readiness readiness;
    private final Supplier<String> metricsPage;
    private final Upstream upstream;
    private final OpenFiles openFiles = new OpenFiles(OPEN_FILES, OPEN_FILES_IDLE);
    private final FileCache cache;
    private final UploadStore uploads;
    private final List<HttpVerticle> doors = new ArrayList<>();
    private Optional<PeerVerticle> peers = Optional.empty();

    Mirror(
            Node node,
            Settings settings,
            MeterRegistry metrics,
            AccessLog accessLog,
            Readiness readiness,
            Supplier<String> metricsPage) {
        this.vertx = node.vertx();
        this.node = node;
        this.settings = settings;
        this.metrics = metrics;
        this.accessLog = accessLog;
        this.readiness = readiness;
        this.metricsPage = metricsPage;
        AsIsCodec.register(vertx);
        upstream = new Upstream(vertx, settings.upstream(), metrics);
        cache = new FileCache(vertx, settings.cacheDirectory(), settings.get(Keys.MAX_SIZE), openFiles, metrics);
        uploads = uploadStore();
    }

    private UploadStore uploadStore() {
        StoreLocation location = settings.uploadStore();
        if (location instanceof StoreLocation.Directory directory) {
            return new DirectoryStore(vertx, directory.path());
        }
        return new BucketStore(vertx, settings.bucket((StoreLocation.Bucket) location), cache);
    }

    /** Starts the services: with them, what clients ask for can be answered. */
    Future<?> open() {
        Cluster cluster = node.cluster();
        cluster(cluster);
        return vertx.deployVerticle(new MetadataVerticle(settings.metadata(), upstream, cluster, uploads, metrics))
                .compose(ignored -> vertx.deployVerticle(
                        new FetcherVerticle(cache, upstream, openFiles, uploads, cluster, metrics)))
                .compose(ignored -> vertx.deployVerticle(new IntakeVerticle(
                        settings.intake(), uploads, settings.audit(), metrics, InstantSource.system())))
                .compose(ignored -> openToPeers());
    }

    /** Lets other nodes in, if there may be any. */
    private Future<?> openToPeers() {
        peers = node.membership()
                .map(membership -> new PeerVerticle(
                        settings.http()
                                .at(
                                        membership.settings().listenHost(),
                                        membership.settings().internalPort()),
                        membership.member().tls(),
                        membership.member().signature(),
                        accessLog,
                        readiness,
                        metrics));
        // Threads of its own for what it reads: what clients have this node do must not make it look frozen to others.
        DeploymentOptions readers =
                new DeploymentOptions().setWorkerPoolName("peers").setWorkerPoolSize(PEER_READERS);
        return peers.<Future<?>>map(port -> vertx.deployVerticle(port, readers).recover(this::cannotLetPeersIn))
                .orElseGet(Future::succeededFuture);
    }

    private Future<String> cannotLetPeersIn(Throwable thrown) {
        ClusterSettings cluster = node.membership().orElseThrow().settings();
        return Future.failedFuture(
                thrown instanceof BindException
                        ? StartFailedException.ofPort(
                                Keys.CLUSTER_INTERNAL_PORT, cluster.listenHost(), cluster.internalPort(), thrown)
                        : thrown);
    }

    private void cluster(Cluster cluster) {
        Members members = cluster.members();
        Gauge.builder("cornucopia.cluster.members", members, all -> all.all().size())
                .description("nodes that are one mirror, this one among them")
                .register(metrics);
        members.reportInFlight(() -> inFlight(metrics));
        Roster roster = new Roster(
                settings.get(Keys.CLUSTER_NAME), members, node.membership().isEmpty());
        Addresses.CLUSTER.serve(vertx, roster::answer);
    }

    private static int inFlight(MeterRegistry metrics) {
        Gauge gauge = metrics.find("cornucopia.downloads.in.flight").gauge();
        return gauge == null ? 0 : (int) gauge.value();
    }

    /**
     * Lets clients in, after {@link #open}, so that there is somebody to ask.
     *
     * @param doorCount how many event loops serve clients
     * @return the port
     */
    Future<Integer> openDoors(int doorCount) {
        TokenList tokens = new TokenList(settings.tokens(), settings.tokensOfFile());
        settings.tokenFile().ifPresent(file -> new TokenFileWatch(file, tokens).start(vertx, TOKEN_FILE_INTERVAL));
        Doorkeeper doorkeeper = new Doorkeeper(tokens, InstantSource.system());
        List<Future<?>> opened = new ArrayList<>();
        for (int i = 0; i < doorCount; i++) {
            HttpVerticle door = new HttpVerticle(
                    settings.http(),
                    openFiles,
                    uploads,
                    doorkeeper,
                    node.cluster().announcements(),
                    accessLog,
                    readiness,
                    metrics,
                    metricsPage);
            doors.add(door);
            opened.add(vertx.deployVerticle(door));
        }
        // All of them, also when one has failed: closing Vert.x while another door is still being opened ends in a
        // complaint about a promise that is completed twice.
        return Future.join(opened).map(ignored -> doors.get(0).actualPort());
    }

    /** Takes no more connections and lets what is in progress finish, within {@code server.drain_timeout}. */
    Future<?> drain() {
        List<Future<?>> drained = new ArrayList<>(
                doors.stream().<Future<?>>map(HttpVerticle::drain).toList());
        peers.ifPresent(port -> drained.add(port.drain()));
        return Future.join(drained);
    }
}
