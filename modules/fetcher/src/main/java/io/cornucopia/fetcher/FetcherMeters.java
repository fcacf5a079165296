package io.cornucopia.fetcher;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;

/** What is counted of downloads. Thread-safe. */
final class FetcherMeters {
    private final AtomicInteger inFlight = new AtomicInteger();
    private final Counter fetched;
    private final Counter failed;

    FetcherMeters(MeterRegistry metrics) {
        Gauge.builder("cornucopia.downloads.in.flight", inFlight, AtomicInteger::get)
                .description("files that are arriving from upstream now")
                .register(metrics);
        fetched = downloads(metrics, "fetched");
        failed = downloads(metrics, "failed");
    }

    private static Counter downloads(MeterRegistry metrics, String result) {
        return Counter.builder("cornucopia.downloads")
                .description("files asked of upstream, by how that ended")
                .tag("result", result)
                .register(metrics);
    }

    void began() {
        inFlight.incrementAndGet();
    }

    void ended(boolean well) {
        inFlight.decrementAndGet();
        (well ? fetched : failed).increment();
    }
}
