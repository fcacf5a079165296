package io.cornucopia.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Counts requests. Meters are looked up once and kept, since a look-up in the registry costs more than the count. Belongs
 * to one event loop; the meters themselves are the same for all.
 */
final class RequestMeters {
    private final MeterRegistry registry;
    private final Map<Route, Map<Integer, Counter>> requests = new EnumMap<>(Route.class);
    private final Map<Route, Timer> latencies = new EnumMap<>(Route.class);
    private final Counter bytesOut;
    private final Counter repeated;
    private final Counter pageHits;
    private final Counter pageMisses;
    private final Counter fileHits;
    private final Counter fileMisses;

    RequestMeters(MeterRegistry registry, AccessLog accessLog) {
        this.registry = registry;
        for (Route route : Route.values()) {
            requests.put(route, new HashMap<>());
            latencies.put(
                    route,
                    Timer.builder("cornucopia.http.request.duration")
                            .description("From a request's head to the last byte of its answer")
                            .tag("route", route.label())
                            .register(registry));
        }
        bytesOut = Counter.builder("cornucopia.http.bytes.out")
                .description("Bytes of answers, heads not counted")
                .register(registry);
        repeated = Counter.builder("cornucopia.http.repeated")
                .description("Requests answered as the same bytes were answered before; counted among the others too")
                .register(registry);
        pageHits = cache("cornucopia.page.cache", "hit");
        pageMisses = cache("cornucopia.page.cache", "miss");
        fileHits = cache("cornucopia.file.cache", "hit");
        fileMisses = cache("cornucopia.file.cache", "miss");
        dropped(registry, accessLog);
    }

    void answered(Route route, int status, long nanos, long bytes) {
        requests.get(route)
                .computeIfAbsent(status, code -> request(route, code))
                .increment();
        latencies.get(route).record(nanos, TimeUnit.NANOSECONDS);
        if (bytes > 0 && route != Route.PEER) {
            bytesOut.increment((double) bytes);
        }
    }

    /** Has it told how much memory rendered pages take. */
    void observe(RenderedPages pages) {
        // They are shared by all event loops; the registry keeps the first of the same name.
        Gauge.builder("cornucopia.pages.rendered", pages, RenderedPages::weight)
                .baseUnit("bytes")
                .description("Memory that rendered pages take")
                .strongReference(true)
                .register(registry);
    }

    void repeated() {
        repeated.increment();
    }

    void page(boolean hit) {
        (hit ? pageHits : pageMisses).increment();
    }

    void file(boolean hit) {
        (hit ? fileHits : fileMisses).increment();
    }

    private static void dropped(MeterRegistry registry, AccessLog accessLog) {
        String name = "cornucopia.access.log.dropped";
        // The log is one for all event loops, and so is its count.
        if (registry.find(name).functionCounter() == null) {
            FunctionCounter.builder(name, accessLog, AccessLog::dropped)
                    .description("Lines of the access log that nobody took in time")
                    .register(registry);
        }
    }

    private Counter request(Route route, int status) {
        return Counter.builder("cornucopia.http.requests")
                .description("Requests answered")
                .tag("route", route.label())
                .tag("status", Integer.toString(status))
                .register(registry);
    }

    private Counter cache(String name, String result) {
        return Counter.builder(name)
                .description("Answers from what lay ready (hit), or asked for (miss)")
                .tag("result", result)
                .register(registry);
    }
}
