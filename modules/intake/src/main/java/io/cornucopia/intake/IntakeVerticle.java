package io.cornucopia.intake;

import io.cornucopia.access.AuditLog;
import io.cornucopia.storage.UploadStore;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.InstantSource;
import java.util.Objects;

/**
 * The way in: serves {@link io.cornucopia.bus.Addresses#UPLOAD} and {@link io.cornucopia.bus.Addresses#MANAGE}. Deploy one
 * instance a process.
 */
public final class IntakeVerticle extends VerticleBase {
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
        return Future.succeededFuture();
    }
}
