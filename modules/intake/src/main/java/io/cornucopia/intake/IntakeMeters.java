package io.cornucopia.intake;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** What can be measured about uploads. */
final class IntakeMeters {
    private final MeterRegistry metrics;

    IntakeMeters(MeterRegistry metrics) {
        this.metrics = metrics;
        uploads("done");
    }

    /** @param outcome {@code done}, or the code of the failure */
    void uploaded(String outcome) {
        uploads(outcome).increment();
    }

    private Counter uploads(String outcome) {
        return Counter.builder("cornucopia.uploads")
                .description("uploads, by what came of them")
                .tag("outcome", outcome)
                .register(metrics);
    }
}
