package io.cornucopia.server;

import io.cornucopia.access.Doorkeeper;
import io.cornucopia.access.TokenList;
import io.cornucopia.bus.AsIsCodec;
import io.cornucopia.cluster.Leases;
import io.cornucopia.fetcher.FetcherVerticle;
import io.cornucopia.http.AccessLog;
import io.cornucopia.http.HttpVerticle;
import io.cornucopia.http.Readiness;
import io.cornucopia.intake.IntakeVerticle;
import io.cornucopia.metadata.MetadataVerticle;
import io.cornucopia.storage.DirectoryStore;
import io.cornucopia.storage.OpenFiles;
import io.cornucopia.storage.UploadStore;
import io.cornucopia.upstream.Upstream;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The services wired together on one Vert.x instance, which is theirs alone and closes with them. */
final class Mirror {
    private static final int OPEN_FILES = 1024;
    private static final Duration TOKEN_FILE_INTERVAL = Duration.ofSeconds(2);
    private static final Duration OPEN_FILES_IDLE = Duration.ofMinutes(10);

    private final Vertx vertx;
    private final Settings settings;
    private final MeterRegistry metrics;
    private final AccessLog accessLog;
    private final Readiness readiness;
    private final Supplier<String> metricsPage;
    private final Upstream upstream;
    private final List<HttpVerticle> doors = new ArrayList<>();

    Mirror(
            Vertx vertx,
            Settings settings,
            MeterRegistry metrics,
            AccessLog accessLog,
            Readiness readiness,
            Supplier<String> metricsPage) {
        this.vertx = vertx;
        this.settings = settings;
        this.metrics = metrics;
        this.accessLog = accessLog;
        this.readiness = readiness;
        this.metricsPage = metricsPage;
        AsIsCodec.register(vertx);
        upstream = new Upstream(vertx, settings.upstream(), metrics);
    }

    /**
     * Starts the services and then opens the doors, so that nobody is let in before there is somebody to ask.
     *
     * @param doorCount how many event loops serve clients
     * @return the port
     */
    Future<Integer> start(int doorCount) {
        OpenFiles openFiles = new OpenFiles(OPEN_FILES, OPEN_FILES_IDLE);
        Leases leases = Leases.alone();
        UploadStore uploads = new DirectoryStore(vertx, settings.uploadStore());
        TokenList tokens = new TokenList(settings.tokens(), settings.tokensOfFile());
        settings.tokenFile().ifPresent(file -> new TokenFileWatch(file, tokens).start(vertx, TOKEN_FILE_INTERVAL));
        Doorkeeper doorkeeper = new Doorkeeper(tokens, InstantSource.system());
        return uploads.open()
                .compose(ignored -> vertx.deployVerticle(
                        new MetadataVerticle(settings.metadata(), upstream, leases, uploads, metrics)))
                .compose(ignored -> vertx.deployVerticle(
                        new FetcherVerticle(settings.fetcher(), upstream, openFiles, uploads, leases, metrics)))
                .compose(ignored -> vertx.deployVerticle(new IntakeVerticle(
                        settings.intake(), uploads, settings.audit(), metrics, InstantSource.system())))
                .compose(ignored -> {
                    List<Future<?>> opened = new ArrayList<>();
                    for (int i = 0; i < doorCount; i++) {
                        HttpVerticle door = new HttpVerticle(
                                settings.http(),
                                openFiles,
                                uploads,
                                doorkeeper,
                                accessLog,
                                readiness,
                                metrics,
                                metricsPage);
                        doors.add(door);
                        opened.add(vertx.deployVerticle(door));
                    }
                    // All of them, also when one has failed: closing Vert.x while another door is still being opened
                    // ends in a complaint about a promise that is completed twice.
                    return Future.join(opened);
                })
                .map(ignored -> doors.get(0).actualPort());
    }

    /** Takes no more connections and lets what is in progress finish, within {@code server.drain_timeout}. */
    Future<?> drain() {
        return Future.join(doors.stream().map(HttpVerticle::drain).toList());
    }

    /**
     * Closes everything, Vert.x and its clients included. The future belongs to no context, since there is none left to
     * complete it on: chain nothing before it that does.
     */
    Future<Void> close() {
        return vertx.close();
    }
}
