package io.cornucopia.intake;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.AsyncResult;
import java.util.List;

/** What is counted of uploads. Thread-safe. */
final class IntakeMeters {
    /** Those that are there from the start, so that a rate can be told before the first. */
    private static final List<String> FORESEEN =
            List.of(Outcome.DONE, "invalid", "forbidden", "conflict", "quarantined", "internal");

    private final MeterRegistry metrics;

    IntakeMeters(MeterRegistry metrics) {
        this.metrics = metrics;
        FORESEEN.forEach(this::uploads);
    }

    void ended(AsyncResult<?> upload) {
        uploads(Outcome.code(upload)).increment();
    }

    private Counter uploads(String outcome) {
        return Counter.builder("cornucopia.uploads")
                .description("uploads that arrived whole, by how they ended")
                .tag("outcome", outcome)
                .register(metrics);
    }
}
