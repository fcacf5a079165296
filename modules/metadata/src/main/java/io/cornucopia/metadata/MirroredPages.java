package io.cornucopia.metadata;

import io.cornucopia.bus.Failure;
import io.cornucopia.bus.FailureException;
import io.cornucopia.core.ProjectName;
import io.cornucopia.metadata.PageMeters.Result;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Upstream's pages, as fresh as can be had: when upstream is asked, and what is served when it fails. To be asked for projects
 * only that are not ours alone.
 */
final class MirroredPages {
    /** How long a copy is served after its refresh turned out slow, before somebody waits for it again. */
    private static final Duration WHILE_SLOW = Duration.ofSeconds(1);

    private final PageCache cache;
    private final Refreshes refreshes;
    private final Negatives negatives;
    private final Mishaps mishaps;
    private final PageMeters meters;
    private final Duration ttl;
    private final boolean offline;
    private final InstantSource clock;

    MirroredPages(
            PageCache cache,
            Refreshes refreshes,
            Negatives negatives,
            Mishaps mishaps,
            PageMeters meters,
            Duration ttl,
            boolean offline,
            InstantSource clock) {
        this.cache = cache;
        this.refreshes = refreshes;
        this.negatives = negatives;
        this.mishaps = mishaps;
        this.meters = meters;
        this.ttl = ttl;
        this.offline = offline;
        this.clock = clock;
    }

    /**
     * A page, and until when it may be served without asking again.
     *
     * @param freshUntil not the end of the TTL where upstream is ill or slow
     */
    record Mirrored(CachedPage page, Instant freshUntil) {}

    /** The page, refreshed if it is older than the TTL and upstream can be asked. */
    Future<Mirrored> page(ProjectName project) {
        Optional<CachedPage> here = cache.inMemory(project).filter(this::isFresh);
        if (here.isPresent()) {
            return Future.succeededFuture(fresh(here.get(), Result.HIT));
        }
        if (negatives.has(project)) {
            meters.answered(Result.NEGATIVE);
            return Future.failedFuture(notFound(project));
        }
        return cache.find(project).compose(found -> found.map(this::withCopy).orElseGet(() -> withoutCopy(project)));
    }

    private Future<Mirrored> withCopy(CachedPage copy) {
        if (isFresh(copy)) {
            return Future.succeededFuture(fresh(copy, Result.HIT));
        }
        if (offline) {
            meters.answered(Result.HIT);
            return Future.succeededFuture(answer(copy, clock.instant().plus(ttl)));
        }
        ProjectName project = copy.page().name();
        Optional<Instant> hold = mishaps.holdUntil(project);
        if (hold.isPresent()) {
            return Future.succeededFuture(stale(copy, hold.get()));
        }
        Refresh refresh = refreshes.of(project, Optional.of(copy));
        Promise<Mirrored> first = Promise.promise();
        refresh.outcome().onComplete(result -> {
            if (result.failed()) {
                mishaps.tellStale(copy, result.cause());
                first.tryComplete(stale(copy, mishaps.holdUntil(project).orElseGet(clock::instant)));
            } else if (result.result().page().isPresent()) {
                first.tryComplete(came(result.result()));
            } else {
                meters.answered(Result.NEGATIVE);
                first.tryFail(notFound(project));
            }
        });
        refresh.slow().onComplete(waited -> {
            if (!refresh.outcome().isComplete()) {
                first.tryComplete(stale(copy, clock.instant().plus(WHILE_SLOW)));
            }
        });
        return first.future();
    }

    private Future<Mirrored> withoutCopy(ProjectName project) {
        return obtain(project)
                .compose(
                        outcome -> {
                            if (outcome.page().isPresent()) {
                                return Future.succeededFuture(came(outcome));
                            }
                            meters.answered(Result.NEGATIVE);
                            return Future.failedFuture(notFound(project));
                        },
                        why -> {
                            meters.answered(Result.FAILED);
                            return Future.failedFuture(why);
                        });
    }

    private Future<Refresh.Outcome> obtain(ProjectName project) {
        if (offline) {
            return Future.failedFuture(offline("the page of " + project));
        }
        Optional<FailureException> justNow = mishaps.justFailed(project);
        return justNow.isPresent()
                ? Future.failedFuture(justNow.get())
                : refreshes.of(project, Optional.empty()).outcome();
    }

    /** The page, however old; from upstream only if it is not here. Empty if there is certainly none. */
    Future<Optional<CachedPage>> ofAnyAge(ProjectName project) {
        Optional<CachedPage> here = cache.inMemory(project);
        if (here.isPresent()) {
            return Future.succeededFuture(here);
        }
        if (negatives.has(project)) {
            return Future.succeededFuture(Optional.empty());
        }
        return cache.find(project)
                .compose(found -> found.isPresent()
                        ? Future.succeededFuture(found)
                        : obtain(project).map(Refresh.Outcome::page));
    }

    /** The page if it is here, however old. Asks nobody. */
    Future<Optional<CachedPage>> ifHere(ProjectName project) {
        return cache.find(project);
    }

    /**
     * The page as upstream has it now or had it within the TTL, as the newest of all nodes has it; fails if upstream, asked, does
     * not say.
     */
    Future<Optional<CachedPage>> fresh(ProjectName project) {
        if (negatives.has(project)) {
            return Future.succeededFuture(Optional.empty());
        }
        return cache.find(project).compose(found -> {
            if (found.filter(this::isFresh).isPresent()) {
                // Whoever asks may have seen the newest one elsewhere, before this node heard of it.
                return cache.isSuperseded(found.get())
                        .compose(superseded -> superseded ? askAgain(project) : Future.succeededFuture(found));
            }
            if (found.isEmpty()) {
                return obtain(project).map(Refresh.Outcome::page);
            }
            if (mishaps.holdUntil(project).isPresent()) {
                return mishaps.reason(project)
                        .<Future<Optional<CachedPage>>>map(Future::failedFuture)
                        .orElseGet(() -> askAgain(project));
            }
            return askAgain(project);
        });
    }

    /** The page as upstream has it now; fails if upstream does not say. */
    Future<Optional<CachedPage>> askAgain(ProjectName project) {
        if (offline) {
            return Future.failedFuture(offline("a newer page of " + project));
        }
        return cache.find(project)
                .compose(found -> refreshes.of(project, found).outcome().map(Refresh.Outcome::page));
    }

    private boolean isFresh(CachedPage page) {
        return !page.isSuperseded() && clock.instant().isBefore(page.checkedAt().plus(ttl));
    }

    private Mirrored came(Refresh.Outcome outcome) {
        CachedPage page = outcome.page().orElseThrow();
        // What came from another node may be about to be old.
        return isFresh(page)
                ? fresh(page, outcome.changed() ? Result.CHANGED : Result.REVALIDATED)
                : ttl.isZero()
                        ? fresh(page, Result.REVALIDATED)
                        : stale(page, clock.instant().plus(WHILE_SLOW));
    }

    private Mirrored fresh(CachedPage page, Result result) {
        meters.answered(result);
        return answer(page, page.checkedAt().plus(ttl));
    }

    private Mirrored stale(CachedPage page, Instant until) {
        meters.answered(Result.STALE);
        return answer(page, until);
    }

    private static Mirrored answer(CachedPage page, Instant freshUntil) {
        return new Mirrored(page, freshUntil);
    }

    private static FailureException notFound(ProjectName project) {
        return new FailureException(new Failure.NotFound("upstream has no project " + project));
    }

    private static FailureException offline(String what) {
        return new FailureException(new Failure.Offline(
                what + " is not in the cache, and upstream is not asked while upstream.offline is on"));
    }
}
