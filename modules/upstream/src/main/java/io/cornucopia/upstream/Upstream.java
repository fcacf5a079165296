package io.cornucopia.upstream;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.URI;
import java.util.Map;

/** Asks upstream. (Being written; the signatures stand.) */
public final class Upstream {
    private final UpstreamSettings settings;

    /** Opens nothing yet; {@link #close()} it when done. */
    public Upstream(Vertx vertx, UpstreamSettings settings, MeterRegistry metrics) {
        this.settings = settings;
    }

    /** How it is asked. */
    public UpstreamSettings settings() {
        return settings;
    }

    /**
     * Whether {@code url} is one that may be asked: http or https, no user-info, upstream's own host and port or one of
     * {@code upstream.file_hosts}, and no plain http where upstream itself is https.
     */
    public boolean allows(URI url) {
        throw new UnsupportedOperationException();
    }

    /**
     * Sends a GET, follows allowed redirects, and tries again with back-off what failed for a reason that may pass
     * (connection errors, time-outs, 429, 5xx), honouring {@code Retry-After}. Call on an event loop or worker context.
     *
     * @param url what to ask for
     * @param headers sent along, such as {@code Accept}, {@code If-None-Match}, {@code Range}
     * @param patience how often to try again
     * @return the response, <em>paused</em>, whatever its status was in the end below 500 (never 429, never a redirect);
     *     fails with {@link io.cornucopia.bus.FailureException} of {@code Offline} or {@code UpstreamFailed}
     */
    public Future<UpstreamResponse> get(URI url, Map<String, String> headers, Patience patience) {
        throw new UnsupportedOperationException();
    }

    /** How much trouble to take. */
    public enum Patience {
        /** {@code upstream.max_retries} times, when there is nothing else to answer with. */
        RETRY,
        /** Once, when there is an older copy to answer with. */
        ONCE
    }

    /** Closes its connections. */
    public Future<Void> close() {
        throw new UnsupportedOperationException();
    }
}
