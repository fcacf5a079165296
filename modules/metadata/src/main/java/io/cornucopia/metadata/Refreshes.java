package io.cornucopia.metadata;

import io.cornucopia.bus.Addresses;
import io.cornucopia.bus.Failure;
import io.cornucopia.bus.FailureException;
import io.cornucopia.bus.ProjectChanged;
import io.cornucopia.core.ProjectName;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Asks for each project once at a time, however many want to know, and tells who must know of the answer. */
final class Refreshes {
    /** How long somebody who could be served an older copy waits for a newer one. */
    static final long PATIENCE_WITH_COPY_MILLIS = 3_000;

    private static final FailureException SLOW =
            new FailureException(new Failure.UpstreamFailed("upstream takes long to answer"));

    private final Vertx vertx;
    private final PageCache cache;
    private final SharedPages shared;
    private final Negatives negatives;
    private final Mishaps mishaps;
    private final KnownProjects known;
    private final Map<ProjectName, Refresh> running = new HashMap<>();

    Refreshes(
            Vertx vertx,
            PageCache cache,
            SharedPages shared,
            Negatives negatives,
            Mishaps mishaps,
            KnownProjects known) {
        this.vertx = vertx;
        this.cache = cache;
        this.shared = shared;
        this.negatives = negatives;
        this.mishaps = mishaps;
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
        shared.ask(project, old)
                .onSuccess(answer -> learn(project, old, answer))
                .onFailure(why -> mishaps.failed(project, new FailureException(FailureException.of(why), why)))
                .onComplete(result -> {
                    running.remove(project);
                    vertx.cancelTimer(timer);
                    if (result.succeeded()) {
                        Optional<CachedPage> page = result.result().page();
                        outcome.complete(new Refresh.Outcome(page, changed(old, page)));
                    } else {
                        outcome.fail(result.cause());
                    }
                    // Only now, so that nobody who waits for either takes an answer for a slow one.
                    slow.tryComplete();
                });
        return refresh;
    }

    private void learn(ProjectName project, Optional<CachedPage> old, SharedPages.Answer answer) {
        mishaps.recovered(project);
        if (answer.page().isPresent()) {
            negatives.remove(project);
            cache.put(answer.page().get());
            known.add(project);
        } else {
            negatives.add(project, answer.saidAt());
            cache.remove(project);
            known.remove(project);
        }
        if (old.isPresent() && changed(old, answer.page())) {
            Addresses.PROJECT_CHANGED.publish(vertx, new ProjectChanged(project));
        }
    }

    private static boolean changed(Optional<CachedPage> old, Optional<CachedPage> answer) {
        return !old.map(CachedPage::revision).equals(answer.map(CachedPage::revision));
    }
}
