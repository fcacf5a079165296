package io.cornucopia.server;

import io.cornucopia.http.AccessLog;
import io.cornucopia.http.Readiness;
import io.cornucopia.storage.BucketException;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
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
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The mirror as a process: from its start to its orderly end. */
final class Program {
    private static final Logger LOG = LoggerFactory.getLogger(Program.class);
    private static final Duration START_TIMEOUT = Duration.ofMinutes(2);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
    private static final int EVENT_LOOPS = Math.max(2, Runtime.getRuntime().availableProcessors());

    private final Settings settings;
    private final Node node;
    private final AccessLog accessLog;
    private final Readiness readiness;
    private final Mirror mirror;

    private Program(Settings settings, Node node, PrometheusMeterRegistry metrics) {
        this.settings = settings;
        this.node = node;
        accessLog = new AccessLog(
                node.vertx(),
                new BufferedOutputStream(new FileOutputStream(FileDescriptor.out)),
                settings.get(Keys.LOG_FORMAT));
        readiness = node.membership().isPresent()
                ? new Readiness(() -> node.cluster().members().all().size())
                : new Readiness();
        mirror = new Mirror(node, settings, metrics, accessLog, readiness, metrics::scrape);
    }

    /**
     * Starts everything, and ends it in order when the process is told to end. Blocks until the server is ready.
     *
     * @throws StartFailedException if it cannot start; everything is closed again then
     */
    static void start(Settings settings, PrintWriter out) throws StartFailedException {
        settings.warnings().forEach(LOG::warn);
        new Rehearsal(settings).run();
        PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        observeJvm(metrics);
        try (Porch porch = Porch.open(settings)) {
            Node node = Node.start(settings, options(settings), new MicrometerMetricsFactory(metrics), metrics);
            new Program(settings, node, metrics).run(porch, out);
        }
    }

    private void run(Porch porch, PrintWriter out) throws StartFailedException {
        Future<Integer> port =
                mirror.open().compose(opened -> porch.clear()).compose(clear -> mirror.openDoors(EVENT_LOOPS));
        try {
            await(port, START_TIMEOUT);
        } catch (CompletionException e) {
            node.leave();
            close();
            throw startFailed(settings, e.getCause());
        }
        Runtime.getRuntime().addShutdownHook(new Thread(this::end, "shutdown"));
        Banner.print(settings, node, port.result(), out);
        readiness.ready();
    }

    private static VertxOptions options(Settings settings) {
        long warning = settings.get(Keys.BLOCKED_THREAD_WARNING).toMillis();
        return new VertxOptions()
                .setPreferNativeTransport(true)
                .setEventLoopPoolSize(EVENT_LOOPS)
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
    }

    @SuppressWarnings("resource") // Observed for as long as the process lives.
    private static void observeJvm(PrometheusMeterRegistry metrics) {
        new JvmMemoryMetrics().bindTo(metrics);
        new JvmThreadMetrics().bindTo(metrics);
        new JvmGcMetrics().bindTo(metrics);
    }

    /** The orderly end: not ready, still open for a while, then no new work, then nothing for other nodes either. */
    private void end() {
        LOG.info("ending: no longer ready");
        readiness.drain();
        Duration delay = settings.get(Keys.DRAIN_DELAY);
        Duration drain = settings.get(Keys.DRAIN_TIMEOUT);
        try {
            if (!delay.isZero()) {
                await(node.vertx().timer(delay.toMillis(), TimeUnit.MILLISECONDS), delay.plus(CLOSE_TIMEOUT));
            }
            await(mirror.drain(), drain.plus(CLOSE_TIMEOUT));
        } catch (CompletionException e) {
            LOG.warn("not everything in progress was finished: {}", e.getCause().toString());
        }
        node.leave();
        close();
        LOG.info("ended");
    }

    private void close() {
        node.close();
        accessLog.close();
    }

    static void await(Future<?> future, Duration deadline) {
        future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(deadline.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }

    private static StartFailedException startFailed(Settings settings, Throwable cause) {
        if (cause instanceof StartFailedException told) {
            return told;
        }
        if (cause instanceof BindException) {
            return StartFailedException.ofPort(settings, cause);
        }
        if (cause instanceof BucketException) {
            return new StartFailedException(Keys.UPLOAD_STORE.name() + ": " + cause.getMessage(), cause);
        }
        return new StartFailedException("cannot start: " + cause, cause);
    }
}
