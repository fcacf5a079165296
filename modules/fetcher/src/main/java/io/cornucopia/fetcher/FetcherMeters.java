package io.cornucopia.fetcher;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** What is counted of downloads. Thread-safe. */
final class FetcherMeters {
    /** Where bytes come from. */
    enum Source {
        UPSTREAM,
        PEER
    }

    private final AtomicInteger inFlight = new AtomicInteger();
    private final Counter fetched;
    private final Counter failed;
    private final Map<Source, Counter> files = new EnumMap<>(Source.class);
    private final Map<Source, Counter> bytes = new EnumMap<>(Source.class);
    private final Counter followed;
    private final Counter takeOvers;

    FetcherMeters(MeterRegistry metrics) {
        Gauge.builder("cornucopia.downloads.in.flight", inFlight, AtomicInteger::get)
                .description("files that are arriving now")
                .register(metrics);
        fetched = downloads(metrics, "fetched");
        failed = downloads(metrics, "failed");
        for (Source source : Source.values()) {
            String label = source.name().toLowerCase(Locale.ROOT);
            files.put(
                    source,
                    Counter.builder("cornucopia.files.arrived")
                            .description("files that arrived whole, by who gave the last of their bytes")
                            .tag("source", label)
                            .register(metrics));
            bytes.put(
                    source,
                    Counter.builder("cornucopia.files.received")
                            .baseUnit("bytes")
                            .description("bytes of files that arrived, by who gave them")
                            .tag("source", label)
                            .register(metrics));
        }
        followed = Counter.builder("cornucopia.files.followed")
                .description("files that another node was fetching already, and that were followed there")
                .register(metrics);
        takeOvers = Counter.builder("cornucopia.files.takeovers")
                .description(
                        "files that this node went on with, when those it took them from were gone, frozen or failed")
                .register(metrics);
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

    /** @param last who was asked last */
    void ended(boolean well, Source last) {
        inFlight.decrementAndGet();
        if (last == Source.UPSTREAM) {
            (well ? fetched : failed).increment();
        }
        if (well) {
            files.get(last).increment();
        }
    }

    void received(Source source, int count) {
        bytes.get(source).increment(count);
    }

    void followed() {
        followed.increment();
    }

    void tookOver() {
        takeOvers.increment();
    }
}
