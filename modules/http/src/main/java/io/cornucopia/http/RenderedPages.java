package io.cornucopia.http;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.cornucopia.bus.Addresses;
import io.cornucopia.bus.PageAnswer;
import io.cornucopia.bus.PageQuery;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.Representation;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.shareddata.Shareable;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Pages that were rendered lately, and until when each project's may be served unasked. One for the process, shared by all
 * event loops; the bytes are bounded by weight.
 */
final class RenderedPages implements Shareable {
    static final long DEFAULT_WEIGHT = 64L * 1024 * 1024;

    private static final int MAX_PROJECTS = 100_000;
    private static final int STRIPES = 1024;

    private final Vertx vertx;
    private final PageRenderer renderer;
    private final Cache<Key, RenderedPage> pages;
    private final Cache<ProjectName, Freshness> freshness = Caffeine.newBuilder()
            .maximumSize(MAX_PROJECTS)
            .executor(Runnable::run)
            .build();
    private final ConcurrentMap<Rendering, Future<RenderedPage>> renderings = new ConcurrentHashMap<>();
    // How often projects changed, by stripe: an answer that set out before a change must not pass for fresh after it.
    private final AtomicLongArray changes = new AtomicLongArray(STRIPES);

    /** How current a page is; a copy of what the metadata cache said, without the page. */
    private record Freshness(String revision, Instant checkedAt, Instant freshUntil, PageAnswer.Origin origin) {
        static Freshness of(PageAnswer answer) {
            return new Freshness(answer.revision(), answer.checkedAt(), answer.freshUntil(), answer.origin());
        }
    }

    /** One kind of HTML is enough: both types of it have the same bytes. */
    private record Key(ProjectName project, boolean json) {}

    private record Rendering(Key key, String revision) {}

    /** A page, and how current it is. */
    record Current(RenderedPage page, Instant checkedAt, PageAnswer.Origin origin) {}

    RenderedPages(Vertx vertx, String basePath, long maxWeight) {
        this.vertx = vertx;
        this.renderer = new PageRenderer(basePath, new PageFiles());
        this.pages = Caffeine.newBuilder()
                .maximumWeight(maxWeight)
                .weigher((Key key, RenderedPage page) -> page.weight())
                .executor(Runnable::run)
                .build();
    }

    /** The one that all event loops of {@code vertx} share. */
    static RenderedPages sharedBy(Vertx vertx, String basePath) {
        return vertx.sharedData()
                .<String, RenderedPages>getLocalMap(RenderedPages.class.getName())
                .computeIfAbsent("pages" + basePath, name -> new RenderedPages(vertx, basePath, DEFAULT_WEIGHT));
    }

    /** What all pages that are kept take in memory, in bytes. */
    double weight() {
        return pages.policy()
                .eviction()
                .map(eviction -> (double) eviction.weightedSize().orElse(0))
                .orElse(0.0);
    }

    /** The page, if it may be served without asking anybody. */
    Optional<Current> fresh(ProjectName project, Representation representation) {
        Freshness known = freshness.getIfPresent(project);
        if (known == null || !Instant.now().isBefore(known.freshUntil())) {
            return Optional.empty();
        }
        RenderedPage page = pages.getIfPresent(key(project, representation));
        return page == null || !page.revision().equals(known.revision())
                ? Optional.empty()
                : Optional.of(new Current(page, known.checkedAt(), known.origin()));
    }

    /** Asks for the page, and renders it if it is another than the one that is here. Completes on the caller's context. */
    Future<Current> ask(ProjectName project, Representation representation) {
        int stripe = Math.floorMod(project.hashCode(), STRIPES);
        long before = changes.get(stripe);
        return Addresses.PAGE.ask(vertx, new PageQuery(project)).compose(answer -> {
            if (changes.get(stripe) == before) {
                freshness.put(project, Freshness.of(answer));
            }
            return rendered(answer, representation).map(page -> new Current(page, answer.checkedAt(), answer.origin()));
        });
    }

    /** The project's page is no longer what it was. */
    void drop(ProjectName project) {
        changes.incrementAndGet(Math.floorMod(project.hashCode(), STRIPES));
        freshness.invalidate(project);
        pages.invalidate(new Key(project, true));
        pages.invalidate(new Key(project, false));
    }

    /** Any page may be no longer what it was. */
    void dropAll() {
        for (int stripe = 0; stripe < STRIPES; stripe++) {
            changes.incrementAndGet(stripe);
        }
        freshness.invalidateAll();
        pages.invalidateAll();
    }

    private Future<RenderedPage> rendered(PageAnswer answer, Representation representation) {
        Key key = key(answer.page().name(), representation);
        RenderedPage known = pages.getIfPresent(key);
        if (known != null && known.revision().equals(answer.revision())) {
            return Future.succeededFuture(known);
        }
        Rendering rendering = new Rendering(key, answer.revision());
        Promise<RenderedPage> mine = Promise.promise();
        Future<RenderedPage> first = renderings.putIfAbsent(rendering, mine.future());
        if (first != null) {
            return onThisContext(first);
        }
        vertx.executeBlocking(() -> renderer.render(answer.page(), answer.revision(), representation), false)
                .onComplete(done -> {
                    if (done.succeeded()) {
                        pages.put(key, done.result());
                    }
                    renderings.remove(rendering);
                    mine.handle(done);
                });
        return mine.future();
    }

    // Whoever rendered it completes on another event loop perhaps.
    private Future<RenderedPage> onThisContext(Future<RenderedPage> elsewhere) {
        Context context = vertx.getOrCreateContext();
        Promise<RenderedPage> here = Promise.promise();
        elsewhere.onComplete(done -> context.runOnContext(v -> here.handle(done)));
        return here.future();
    }

    private static Key key(ProjectName project, Representation representation) {
        return new Key(project, representation == Representation.JSON);
    }
}
