package io.cornucopia.upstream;

import io.cornucopia.bus.Failure;
import io.cornucopia.bus.FailureException;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks upstream: follows redirects only to allowed hosts, sends credentials to upstream's own host only, tries again what
 * may pass. Nothing that it says is trusted here; what the bodies hold is for the callers to judge.
 *
 * <p>Thread-safe. Futures complete on the context that asked.
 */
public final class Upstream {
    private static final Logger LOG = LoggerFactory.getLogger(Upstream.class);
    private static final int REDIRECTS = 5;
    private static final int MAX_CHUNK_SIZE = 128 * 1024;
    private static final int CONNECTIONS_PER_HOST = 64;
    private static final int WAITING_REQUESTS = 10_000;

    private final Vertx vertx;
    private final UpstreamSettings settings;
    private final AllowedHosts allowed;
    private final UpstreamMeters meters;
    private final HttpClient client;
    private final Optional<String> authorization;

    /** Opens nothing yet; what it opens closes with {@code vertx}. */
    public Upstream(Vertx vertx, UpstreamSettings settings, MeterRegistry metrics) {
        this.vertx = vertx;
        this.settings = settings;
        this.allowed = new AllowedHosts(settings.url(), settings.fileHosts());
        this.meters = new UpstreamMeters(metrics);
        this.authorization = settings.credentials().map(Upstream::basic);
        this.client = vertx.createHttpClient(
                new HttpClientOptions()
                        .setConnectTimeout((int) settings.connectTimeout().toMillis())
                        .setKeepAliveTimeout(30)
                        .setMaxHeaderSize(32 * 1024)
                        // In pieces of the usual 8 KiB a file costs more for the pieces than for the bytes.
                        .setMaxChunkSize(MAX_CHUNK_SIZE)
                        .setDecompressionSupported(false),
                new PoolOptions().setHttp1MaxSize(CONNECTIONS_PER_HOST).setMaxWaitQueueSize(WAITING_REQUESTS));
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
        return allowed.allows(url);
    }

    /** How much trouble to take. */
    public enum Patience {
        /** {@code upstream.max_retries} times, when there is nothing else to answer with. */
        RETRY,
        /** Once, when there is an older copy to answer with. */
        ONCE
    }

    /**
     * Sends a GET, follows allowed redirects, and tries again with back-off what failed for a reason that may pass
     * (connection errors, time-outs, 429, 5xx), honouring {@code Retry-After}. Call on an event loop or worker context.
     *
     * @param url what to ask for
     * @param headers sent along, such as {@code Accept}, {@code If-None-Match}, {@code Range}
     * @param patience how often to try again
     * @return the response, <em>paused</em>, whatever its status was in the end below 500 (never 429, never a redirect);
     *     fails with {@link FailureException} of {@code Offline} or {@code UpstreamFailed}
     */
    public Future<UpstreamResponse> get(URI url, Map<String, String> headers, Patience patience) {
        if (settings.offline()) {
            return failed(new Failure.Offline(
                    url + " is not in the cache, and upstream is not asked while upstream.offline is on"));
        }
        if (!allows(url)) {
            return failed(new Failure.UpstreamFailed(
                    url + " is not asked: its host is neither upstream's own nor in upstream.file_hosts"));
        }
        return attempt(url, headers, patience == Patience.RETRY ? settings.maxRetries() : 0, 0);
    }

    /** How one try ended. */
    private sealed interface Outcome {
        record Answered(UpstreamResponse response) implements Outcome {}

        /** May go well the next time. */
        record Passing(Failure.UpstreamFailed failure) implements Outcome {}

        record Lasting(Failure failure) implements Outcome {}
    }

    private Future<UpstreamResponse> attempt(URI url, Map<String, String> headers, int retries, int retry) {
        return follow(url, headers, 0).compose(outcome -> {
            if (outcome instanceof Outcome.Answered answered) {
                return Future.succeededFuture(answered.response());
            }
            if (outcome instanceof Outcome.Lasting lasting) {
                return failed(lasting.failure());
            }
            Failure.UpstreamFailed failure = ((Outcome.Passing) outcome).failure();
            Duration wait = failure.retryAfter().orElse(Backoff.before(retry));
            if (retry >= retries || wait.compareTo(Backoff.LONGEST) > 0) {
                return failed(failure);
            }
            LOG.debug("{}; asking again in {} ms", failure.message(), wait.toMillis());
            return vertx.timer(Math.max(1, wait.toMillis()), TimeUnit.MILLISECONDS)
                    .compose(ignored -> attempt(url, headers, retries, retry + 1));
        });
    }

    private Future<Outcome> follow(URI url, Map<String, String> headers, int redirects) {
        return send(url, headers)
                .compose(response -> {
                    int status = response.statusCode();
                    meters.answered(status);
                    String location = response.getHeader(HttpHeaders.LOCATION);
                    if (isRedirect(status) && location != null) {
                        Remainder.drop(vertx, response, settings.readTimeout());
                        return redirect(url, location, headers, redirects);
                    }
                    if (status == 429 || status >= 500) {
                        Remainder.drop(vertx, response, settings.readTimeout());
                        return Future.succeededFuture(new Outcome.Passing(new Failure.UpstreamFailed(
                                url + " answered " + status,
                                Backoff.retryAfter(response.getHeader(HttpHeaders.RETRY_AFTER), Instant.now()))));
                    }
                    return Future.succeededFuture(new Outcome.Answered(
                            new UpstreamResponse(vertx, url, response, settings.readTimeout(), meters)));
                })
                .otherwise(thrown -> {
                    meters.failed();
                    return new Outcome.Passing(
                            new Failure.UpstreamFailed(url + " could not be asked: " + describe(thrown)));
                });
    }

    private Future<Outcome> redirect(URI from, String location, Map<String, String> headers, int redirects) {
        Optional<URI> target = resolve(from, location);
        String refusal = null;
        if (redirects == REDIRECTS) {
            refusal = "redirects more than " + REDIRECTS + " times";
        } else if (target.isEmpty()) {
            refusal = "redirects to something that is not a URL";
        } else if (!allows(target.get())) {
            refusal = "redirects to " + target.get().getRawAuthority()
                    + ", which is neither upstream's own host nor in upstream.file_hosts";
        }
        return refusal == null
                ? follow(target.orElseThrow(), headers, redirects + 1)
                : Future.succeededFuture(new Outcome.Lasting(new Failure.UpstreamFailed(from + " " + refusal)));
    }

    private static Optional<URI> resolve(URI from, String location) {
        try {
            return Optional.of(from.resolve(location));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private Future<HttpClientResponse> send(URI url, Map<String, String> headers) {
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setAbsoluteURI(url.toString())
                .setFollowRedirects(false);
        headers.forEach(options::putHeader);
        options.putHeader(HttpHeaders.USER_AGENT, "Cornucopia");
        if (isUpstreamItself(url)) {
            authorization.ifPresent(value -> options.putHeader(HttpHeaders.AUTHORIZATION, value));
        }
        long begin = System.nanoTime();
        return client.request(options)
                .compose(request -> request.send()
                        .map(response -> {
                            response.pause();
                            meters.latency(System.nanoTime() - begin);
                            return response;
                        })
                        .timeout(settings.readTimeout().toMillis(), TimeUnit.MILLISECONDS)
                        .onFailure(thrown -> request.reset()));
    }

    private boolean isUpstreamItself(URI url) {
        URI upstream = settings.url();
        return url.getScheme().equalsIgnoreCase(upstream.getScheme())
                && url.getHost().equalsIgnoreCase(upstream.getHost())
                && AllowedHosts.port(url) == AllowedHosts.port(upstream);
    }

    static String describe(Throwable thrown) {
        return thrown.getMessage() == null ? thrown.getClass().getSimpleName() : thrown.getMessage();
    }

    private static boolean isRedirect(int status) {
        return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    }

    private static String basic(UpstreamSettings.Credentials credentials) {
        byte[] pair = (credentials.username() + ":" + credentials.password()).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(pair);
    }

    private static <T> Future<T> failed(Failure failure) {
        return Future.failedFuture(new FailureException(failure));
    }
}
