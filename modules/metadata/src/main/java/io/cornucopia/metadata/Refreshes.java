package io.cornucopia.metadata;

import io.cornucopia.bus.Addresses;
import io.cornucopia.bus.Failure;
import io.cornucopia.bus.FailureException;
import io.cornucopia.bus.ProjectChanged;
import io.cornucopia.cluster.Leases;
import io.cornucopia.core.ProjectName;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Asks upstream for each project once at a time, however many want to know, and tells who must know of the answer. */
final class Refreshes {
    /** How long somebody who could be served an older copy waits for a newer one. */
    static final long PATIENCE_WITH_COPY_MILLIS = 3_000;

    private static final FailureException SLOW =
            new FailureException(new Failure.UpstreamFailed("upstream takes long to answer"));

    private final Vertx vertx;
    private final PageCache cache;
    private final PageFetch fetch;
    private final Negatives negatives;
    private final Mishaps mishaps;
    private final Leases leases;
    private final KnownProjects known;
    private final Map<ProjectName, Refresh> running = new HashMap<>();

    Refreshes(
            Vertx vertx,
            PageCache cache,
            PageFetch fetch,
            Negatives negatives,
            Mishaps mishaps,
            Leases leases,
            KnownProjects known) {
        this.vertx = vertx;
        this.cache = cache;
        this.fetch = fetch;
        this.negatives = negatives;
        this.mishaps = mishaps;
        this.leases = leases;
        this.known = known;
    }

    /** The question for that project that is under way, or a new one. */
    Refresh of(ProjectName project, Optional<CachedPage> old) {
        Refresh under = running.get(project);
        if (under != null) {
            return under;
        }
        Promise<Void> slow = Promise.promise();
        Promise<Refresh.Outcome> outcome = Promise.promise();
        Refresh refresh = new Refresh(outcome.future(), slow.future());
        running.put(project, refresh);
        long timer = vertx.setTimer(PATIENCE_WITH_COPY_MILLIS, fired -> {
            mishaps.outage(SLOW);
            slow.tryComplete();
        });
        leased(project, old)
                .onSuccess(answer -> learn(project, old, answer))
                .onFailure(why -> mishaps.failed(project, new FailureException(FailureException.of(why), why)))
                .onComplete(result -> {
                    running.remove(project);
                    vertx.cancelTimer(timer);
                    if (result.succeeded()) {
                        outcome.complete(new Refresh.Outcome(result.result(), changed(old, result.result())));
                    } else {
                        outcome.fail(result.cause());
                    }
                    // Only now, so that nobody who waits for either takes an answer for a slow one.
                    slow.tryComplete();
                });
        return refresh;
    }

    private Future<Optional<CachedPage>> leased(ProjectName project, Optional<CachedPage> old) {
        return leases.acquire("page:" + project).compose(lease -> {
            if (lease.isEmpty() && old.isPresent()) {
                // Another node is asking: what is here is good enough until it has the answer.
                return Future.succeededFuture(old);
            }
            return fetch.ask(project, old).onComplete(done -> lease.ifPresent(Leases.Lease::release));
        });
    }

    private void learn(ProjectName project, Optional<CachedPage> old, Optional<CachedPage> answer) {
        mishaps.recovered(project);
        if (answer.isPresent()) {
            negatives.remove(project);
            cache.put(answer.get());
            known.add(project);
        } else {
            negatives.add(project);
            cache.remove(project);
            known.remove(project);
        }
        if (old.isPresent() && changed(old, answer)) {
            Addresses.PROJECT_CHANGED.publish(vertx, new ProjectChanged(project));
        }
    }

    private static boolean changed(Optional<CachedPage> old, Optional<CachedPage> answer) {
        return !old.map(CachedPage::revision).equals(answer.map(CachedPage::revision));
    }
}
