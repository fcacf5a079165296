package io.cornucopia.server;

import io.cornucopia.bus.AsIsCodec;
import io.cornucopia.cluster.Leases;
import io.cornucopia.fetcher.FetcherVerticle;
import io.cornucopia.http.AccessLog;
import io.cornucopia.http.HttpVerticle;
import io.cornucopia.http.Readiness;
import io.cornucopia.metadata.MetadataVerticle;
import io.cornucopia.storage.OpenFiles;
import io.cornucopia.upstream.Upstream;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;
import io.vertx.micrometer.VertxPrometheusOptions;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.net.BindException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everything wired together, from start to orderly end. */
final class Program {
    private static final Logger LOG = LoggerFactory.getLogger(Program.class);
    private static final int OPEN_FILES = 1024;
    private static final Duration OPEN_FILES_IDLE = Duration.ofMinutes(10);
    private static final Duration START_TIMEOUT = Duration.ofMinutes(2);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final Settings settings;
    private final PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Vertx vertx;
    private final Upstream upstream;
    private final AccessLog accessLog;
    private final OpenFiles openFiles = new OpenFiles(OPEN_FILES, OPEN_FILES_IDLE);
    private final Readiness readiness = new Readiness();
    private final List<HttpVerticle> doors = new ArrayList<>();

    private Program(Settings settings) {
        this.settings = settings;
        this.vertx = vertx(settings, metrics);
        AsIsCodec.register(vertx);
        new JvmMemoryMetrics().bindTo(metrics);
        new JvmThreadMetrics().bindTo(metrics);
        bindGarbageCollection();
        upstream = new Upstream(vertx, settings.upstream(), metrics);
        accessLog = new AccessLog(
                vertx,
                new BufferedOutputStream(new FileOutputStream(FileDescriptor.out)),
                settings.get(Keys.LOG_FORMAT));
    }

    /**
     * Starts everything, and ends it in order when the process is told to end. Blocks until the server is ready.
     *
     * @throws StartFailedException if it cannot start; everything is closed again then
     */
    static void start(Settings settings, PrintWriter out) throws StartFailedException {
        Program program = new Program(settings);
        try {
            await(program.deployServices(), START_TIMEOUT);
            new WarmUp(program.vertx).run();
            await(program.openDoors(), START_TIMEOUT);
        } catch (CompletionException e) {
            program.close();
            throw startFailed(settings, e.getCause());
        }
        Runtime.getRuntime().addShutdownHook(new Thread(program::end, "shutdown"));
        int port = program.doors.get(0).actualPort();
        Banner.print(settings, port, out);
        program.readiness.ready();
    }

    private Future<?> deployServices() {
        Leases leases = Leases.alone();
        return vertx.deployVerticle(new MetadataVerticle(settings.metadata(), upstream, leases, metrics))
                .compose(ignored -> vertx.deployVerticle(
                        new FetcherVerticle(settings.fetcher(), upstream, openFiles, leases, metrics)));
    }

    private Future<?> openDoors() {
        List<Future<?>> deployments = new ArrayList<>();
        for (int i = 0; i < eventLoops(); i++) {
            HttpVerticle door =
                    new HttpVerticle(settings.http(), openFiles, accessLog, readiness, metrics, metrics::scrape);
            doors.add(door);
            deployments.add(vertx.deployVerticle(door));
        }
        return Future.all(deployments);
    }

    private static int eventLoops() {
        return Math.max(2, Runtime.getRuntime().availableProcessors());
    }

    private static Vertx vertx(Settings settings, PrometheusMeterRegistry metrics) {
        long warning = settings.get(Keys.BLOCKED_THREAD_WARNING).toMillis();
        VertxOptions options = new VertxOptions()
                .setPreferNativeTransport(true)
                .setEventLoopPoolSize(eventLoops())
                .setMaxEventLoopExecuteTime(warning)
                .setMaxEventLoopExecuteTimeUnit(TimeUnit.MILLISECONDS)
                // With the stack trace, or else the warning does not say who.
                .setWarningExceptionTime(warning)
                .setWarningExceptionTimeUnit(TimeUnit.MILLISECONDS)
                .setBlockedThreadCheckInterval(Math.min(1000, warning))
                .setBlockedThreadCheckIntervalUnit(TimeUnit.MILLISECONDS)
                .setMetricsOptions(new MicrometerMetricsOptions()
                        .setEnabled(true)
                        .setPrometheusOptions(new VertxPrometheusOptions().setEnabled(true)));
        return Vertx.builder()
                .with(options)
                .withMetrics(new MicrometerMetricsFactory(metrics))
                .build();
    }

    @SuppressWarnings("resource") // Lives as long as the process.
    private void bindGarbageCollection() {
        new JvmGcMetrics().bindTo(metrics);
    }

    /** The orderly end: not ready, still open for a while, then no new work, then nothing. */
    private void end() {
        LOG.info("ending: no longer ready");
        readiness.drain();
        Duration delay = settings.get(Keys.DRAIN_DELAY);
        Duration drain = settings.get(Keys.DRAIN_TIMEOUT);
        try {
            if (!delay.isZero()) {
                await(vertx.timer(delay.toMillis(), TimeUnit.MILLISECONDS), delay.plus(CLOSE_TIMEOUT));
            }
            await(Future.join(doors.stream().map(HttpVerticle::drain).toList()), drain.plus(CLOSE_TIMEOUT));
        } catch (CompletionException e) {
            LOG.warn("not everything in progress was finished: {}", e.getCause().toString());
        }
        close();
        LOG.info("ended");
    }

    private void close() {
        try {
            await(upstream.close().transform(ignored -> vertx.close()), CLOSE_TIMEOUT);
        } catch (CompletionException e) {
            LOG.warn("not everything could be closed: {}", e.getCause().toString());
        }
        accessLog.close();
    }

    private static void await(Future<?> future, Duration deadline) {
        future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(deadline.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }

    private static StartFailedException startFailed(Settings settings, Throwable cause) {
        if (cause instanceof BindException) {
            return new StartFailedException(
                    "server.port: " + settings.get(Keys.HOST) + ":" + settings.get(Keys.PORT)
                            + " cannot be listened on (" + cause.getMessage()
                            + "); stop what uses it, or choose another with --set server.port=…",
                    cause);
        }
        return new StartFailedException("cannot start: " + cause, cause);
    }
}
