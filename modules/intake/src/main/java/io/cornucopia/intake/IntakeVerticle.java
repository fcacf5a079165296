package io.cornucopia.intake;

import io.cornucopia.access.AuditLog;
import io.cornucopia.bus.Addresses;
import io.cornucopia.storage.UploadStore;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * The way in: serves {@link io.cornucopia.bus.Addresses#UPLOAD} and {@link io.cornucopia.bus.Addresses#MANAGE}. Deploy one
 * instance a process.
 */
public final class IntakeVerticle extends VerticleBase {
    private static final int INSPECTORS = 3;
    /** From when on a worker that looks into an archive is worth a warning: the bounds on archives end it by themselves. */
    private static final Duration MAX_INSPECTION = Duration.ofMinutes(5);

    private final IntakeSettings settings;
    private final UploadStore uploads;
    private final AuditLog audit;
    private final MeterRegistry metrics;
    private final InstantSource clock;

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
        // Of their own, so that a crowd of uploads leaves the other workers to the mirror. Closed with the verticle.
        WorkerExecutor inspectors = vertx.createSharedWorkerExecutor(
                "cornucopia-intake", INSPECTORS, MAX_INSPECTION.toMinutes(), TimeUnit.MINUTES);
        Announcements announcements = new Announcements(vertx);
        Records records = new Records(context, audit, clock);
        Uploads taken =
                new Uploads(settings, uploads, inspectors, announcements, records, new IntakeMeters(metrics), clock);
        Management management = new Management(settings.origins(), uploads, announcements, records);
        Addresses.UPLOAD.serve(vertx, taken::answer);
        Addresses.MANAGE.serve(vertx, management::answer);
        return Future.succeededFuture();
    }
}
