package io.cornucopia.upstream;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;

/** What is counted of the conversation with upstream. Thread-safe. */
final class UpstreamMeters {
    private final Counter[] answersByHundred = new Counter[6];
    private final Counter errors;
    private final Counter bytes;
    private final Timer latency;

    UpstreamMeters(MeterRegistry metrics) {
        for (int hundred = 1; hundred < answersByHundred.length; hundred++) {
            answersByHundred[hundred] = Counter.builder("cornucopia.upstream.requests")
                    .description("answers of upstream, by the class of their status")
                    .tag("status", hundred + "xx")
                    .register(metrics);
        }
        errors = Counter.builder("cornucopia.upstream.errors")
                .description("requests to upstream that got no answer, and answers that broke off")
                .register(metrics);
        bytes = Counter.builder("cornucopia.upstream.received")
                .baseUnit("bytes")
                .description("bodies received from upstream")
                .register(metrics);
        latency = Timer.builder("cornucopia.upstream.latency")
                .description("from the request to the head of upstream's answer")
                .register(metrics);
    }

    void answered(int status) {
        answersByHundred[Math.min(Math.max(status / 100, 1), 5)].increment();
    }

    void failed() {
        errors.increment();
    }

    void received(int count) {
        bytes.increment(count);
    }

    void latency(long nanos) {
        latency.record(nanos, TimeUnit.NANOSECONDS);
    }
}
