package io.cornucopia.metadata;

import io.cornucopia.bus.Failure;
import io.cornucopia.bus.FailureException;
import io.cornucopia.core.MalformedPageException;
import io.cornucopia.core.ProjectName;
import io.cornucopia.upstream.Upstream;
import io.cornucopia.upstream.UpstreamResponse;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Upstream's own root list, as fresh as can be had. Never fails: what cannot be had is left out, and that is logged. To be
 * used on its context only.
 */
final class UpstreamRoot {
    private static final Logger LOG = LoggerFactory.getLogger(UpstreamRoot.class);
    /** The longest list, decoded. */
    private static final long LIMIT = 512L << 20;

    private static final Duration HOLD = Duration.ofSeconds(5);

    private final Vertx vertx;
    private final Context context;
    private final Upstream upstream;
    private final UpstreamRootStore store;
    private final Duration ttl;
    private final InstantSource clock;

    private Optional<UpstreamList> list = Optional.empty();
    private Instant holdUntil = Instant.MIN;
    private Future<Optional<UpstreamList>> refreshing;
    private Future<Void> slow = Future.succeededFuture();

    UpstreamRoot(
            Vertx vertx,
            Context context,
            Upstream upstream,
            UpstreamRootStore store,
            Duration ttl,
            InstantSource clock) {
        this.vertx = vertx;
        this.context = context;
        this.upstream = upstream;
        this.store = store;
        this.ttl = ttl;
        this.clock = clock;
    }

    /** Takes up what an earlier process kept. */
    Future<Void> open() {
        return context.executeBlocking(store::read, false)
                .onSuccess(read -> list = read)
                .mapEmpty();
    }

    /** Whether the list that is here, however old, has that project. Asks nobody. */
    boolean isKnownToList(ProjectName project) {
        return list.filter(known -> known.projects().contains(project)).isPresent();
    }

    /** The list; empty if it was never to be had. */
    Future<Optional<UpstreamList>> list() {
        Instant now = clock.instant();
        boolean fresh = list.isPresent()
                && now.isBefore(list.get().validators().checkedAt().plus(ttl));
        if (fresh || upstream.settings().offline() || now.isBefore(holdUntil)) {
            return Future.succeededFuture(list);
        }
        if (refreshing == null) {
            refresh();
        }
        if (list.isEmpty()) {
            return refreshing;
        }
        Optional<UpstreamList> old = list;
        Promise<Optional<UpstreamList>> first = Promise.promise();
        refreshing.onSuccess(first::tryComplete);
        slow.onSuccess(waited -> first.tryComplete(old));
        return first.future();
    }

    /** Until when {@link #list} will go on telling what it has told, and ask nobody. */
    Instant sameUntil(Optional<UpstreamList> told) {
        if (upstream.settings().offline()) {
            return Instant.MAX;
        }
        Instant fresh =
                told.map(known -> known.validators().checkedAt().plus(ttl)).orElse(Instant.MIN);
        return fresh.isAfter(holdUntil) ? fresh : holdUntil;
    }

    private void refresh() {
        Optional<UpstreamList> old = list;
        Promise<Void> patience = Promise.promise();
        slow = patience.future();
        long timer = vertx.setTimer(Refreshes.PATIENCE_WITH_COPY_MILLIS, fired -> patience.tryComplete());
        Promise<Optional<UpstreamList>> outcome = Promise.promise();
        refreshing = outcome.future();
        ask(old).onComplete(result -> {
            refreshing = null;
            vertx.cancelTimer(timer);
            if (result.succeeded()) {
                list = Optional.of(result.result());
            } else {
                holdUntil = clock.instant().plus(HOLD);
                LOG.warn(
                        "upstream's root list could not be had, {}: {}",
                        old.isPresent()
                                ? "listing it as of " + old.get().validators().checkedAt()
                                : "listing only the projects that are known here",
                        result.cause().getMessage());
            }
            outcome.complete(list);
        });
    }

    private Future<UpstreamList> ask(Optional<UpstreamList> old) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Accept", ContentType.ACCEPT);
        headers.put("Accept-Encoding", "gzip");
        old.ifPresent(known -> known.validators().addTo(headers));
        return upstream.get(
                        upstream.settings().url(),
                        headers,
                        old.isPresent() ? Upstream.Patience.ONCE : Upstream.Patience.RETRY)
                .compose(response -> take(old, response));
    }

    private Future<UpstreamList> take(Optional<UpstreamList> old, UpstreamResponse response) {
        if (response.status() == 304 && old.isPresent()) {
            response.discard();
            UpstreamList renewed =
                    old.get().confirmed(old.get().validators().renewed(response.headers(), clock.instant()));
            return context.executeBlocking(
                    () -> {
                        store.writeValidators(renewed);
                        return renewed;
                    },
                    false);
        }
        if (response.status() != 200) {
            response.discard();
            return Future.failedFuture(new FailureException(
                    new Failure.UpstreamFailed(response.url() + " answered " + response.status())));
        }
        return context.executeBlocking(store::temporary, false)
                .compose(temporary -> response.toFile(temporary, LIMIT)
                        .compose(written -> context.executeBlocking(() -> read(temporary, old, response), false))
                        .eventually(() -> context.executeBlocking(() -> Files.deleteIfExists(temporary), false)));
    }

    private UpstreamList read(Path arrived, Optional<UpstreamList> old, UpstreamResponse response) {
        URI url = response.url();
        try (InputStream in = new BufferedInputStream(Files.newInputStream(arrived), 1 << 16)) {
            UpstreamList read = UpstreamList.read(
                    in,
                    ContentType.parse(response.headers().get("Content-Type")),
                    url,
                    Validators.of(url, response.headers(), clock.instant(), List.of()));
            if (old.isPresent() && old.get().fingerprint().equals(read.fingerprint())) {
                // The very same list, so that what was rendered of it stays: not every upstream knows validators.
                UpstreamList same = old.get().confirmed(read.validators());
                store.writeValidators(same);
                return same;
            }
            store.write(read);
            return read;
        } catch (MalformedPageException | IOException | RuntimeException e) {
            throw new FailureException(
                    new Failure.UpstreamFailed(url + " is not a list of projects: " + e.getMessage()), e);
        }
    }
}
