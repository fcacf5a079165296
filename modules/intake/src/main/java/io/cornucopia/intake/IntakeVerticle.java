package io.cornucopia.intake;

import io.cornucopia.access.AuditLog;
import io.cornucopia.bus.Actor;
import io.cornucopia.bus.Addresses;
import io.cornucopia.bus.FailureException;
import io.cornucopia.bus.ManageAnswer;
import io.cornucopia.bus.ManageQuery;
import io.cornucopia.bus.UploadAnswer;
import io.cornucopia.bus.UploadQuery;
import io.cornucopia.storage.UploadStore;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;

/**
 * The way in: serves {@link Addresses#UPLOAD} and {@link Addresses#MANAGE}. Deploy one
 * instance a process.
 */
public final class IntakeVerticle extends VerticleBase {
    private static final int CHECKS_AT_ONCE = 4;

    private final IntakeSettings settings;
    private final UploadStore uploads;
    private final AuditLog audit;
    private final MeterRegistry metrics;
    private final InstantSource clock;
    private WorkerExecutor checks;
    private Uploads uploading;
    private Management managing;
    private IntakeMeters meters;

    /**
     * @param settings what it goes by
     * @param uploads where uploads go; opened by whoever made it
     * @param audit where acts are written down
     * @param metrics where it counts
     * @param clock what time it is: upload times
     */
    public IntakeVerticle(
            IntakeSettings settings, UploadStore uploads, AuditLog audit, MeterRegistry metrics, InstantSource clock) {
        this.settings = Objects.requireNonNull(settings, "settings");
        this.uploads = Objects.requireNonNull(uploads, "uploads");
        this.audit = Objects.requireNonNull(audit, "audit");
        this.metrics = Objects.requireNonNull(metrics, "metrics");
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    @Override
    public Future<?> start() {
        checks = vertx.createSharedWorkerExecutor("intake", CHECKS_AT_ONCE);
        News news = new News(vertx);
        uploading = new Uploads(settings, uploads, checks, news, clock);
        managing = new Management(settings.origins(), uploads, news);
        meters = new IntakeMeters(metrics);
        Addresses.UPLOAD.serve(vertx, this::upload);
        Addresses.MANAGE.serve(vertx, this::manage);
        return Future.succeededFuture();
    }

    @Override
    public Future<?> stop() {
        return checks.close();
    }

    private Future<UploadAnswer> upload(UploadQuery query) {
        String project = query.fields().getOrDefault("name", List.of("")).get(0);
        return uploading
                .take(query)
                .onComplete(result -> meters.uploaded(outcome(result)))
                .transform(result -> written(result, query.actor(), "upload", project, query.filename()));
    }

    private Future<ManageAnswer> manage(ManageQuery query) {
        Future<ManageAnswer> done;
        try {
            done = managing.act(query);
        } catch (FailureException e) {
            done = Future.failedFuture(e);
        }
        return done.transform(result ->
                written(result, query.actor(), action(query), query.project().value(), subject(query)));
    }

    /** Whatever came of it is written down before it is answered. */
    private <T> Future<T> written(AsyncResult<T> result, Actor actor, String action, String project, String subject) {
        AuditLog.Act act = new AuditLog.Act(
                clock.instant(),
                actor.principal().name(),
                actor.address(),
                action,
                project,
                subject,
                outcome(result),
                result.succeeded() ? "" : FailureException.of(result.cause()).message());
        return vertx.executeBlocking(
                        () -> {
                            audit.record(act);
                            return null;
                        },
                        false)
                .transform(recorded -> result.succeeded()
                        ? Future.succeededFuture(result.result())
                        : Future.failedFuture(result.cause()));
    }

    private static String outcome(AsyncResult<?> result) {
        return result.succeeded() ? "done" : FailureException.of(result.cause()).code();
    }

    private static String action(ManageQuery query) {
        if (query instanceof ManageQuery.SetYank yank) {
            return yank.yank().isPresent() ? "yank" : "unyank";
        }
        return query instanceof ManageQuery.Delete ? "delete" : "status";
    }

    private static String subject(ManageQuery query) {
        if (query instanceof ManageQuery.SetStatus status) {
            return status.status().marker().wireName();
        }
        ManageQuery.Target target =
                query instanceof ManageQuery.SetYank yank ? yank.target() : ((ManageQuery.Delete) query).target();
        return target instanceof ManageQuery.Target.File file
                ? file.filename()
                : ((ManageQuery.Target.Release) target).version();
    }
}
