package io.cornucopia.http;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** How late an event loop runs its timers: what a request on it waits before anything is done for it. */
final class EventLoopLag {
    private static final long PERIOD_MILLIS = 500;
    private static final double NANOS_A_SECOND = 1e9;

    private final AtomicLong lagNanos = new AtomicLong();
    private long due = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PERIOD_MILLIS);

    /** Measures the loop of the caller's context. */
    EventLoopLag(Vertx vertx, MeterRegistry registry, String loop) {
        Gauge.builder("cornucopia.event.loop.lag.seconds", lagNanos, lag -> lag.get() / NANOS_A_SECOND)
                .description("How late the event loop ran its last timer")
                .tag("loop", loop)
                .register(registry);
        vertx.setPeriodic(PERIOD_MILLIS, id -> measure());
    }

    private void measure() {
        long now = System.nanoTime();
        lagNanos.set(Math.max(0, now - due));
        due = now + TimeUnit.MILLISECONDS.toNanos(PERIOD_MILLIS);
    }
}
