package io.cornucopia.metadata;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.cornucopia.cluster.PageRevision;
import io.cornucopia.cluster.PageRevisions;
import io.cornucopia.core.ProjectName;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The pages that are here, in memory and on disk. To be used on its context only; the counts may be read from anywhere.
 */
final class PageCache {
    private static final long MAX_WEIGHT = 96L << 20;

    private final Context context;
    private final PageStore store;
    private final FileHosts hosts;
    private final PageRevisions revisions;
    private final Cache<ProjectName, CachedPage> memory = Caffeine.newBuilder()
            .maximumWeight(MAX_WEIGHT)
            .weigher((ProjectName name, CachedPage page) -> page.weight())
            .executor(Runnable::run)
            .build();
    private final Map<ProjectName, Future<Optional<CachedPage>>> loading = new HashMap<>();

    /** @param revisions what other nodes know of pages */
    PageCache(Context context, PageStore store, FileHosts hosts, PageRevisions revisions) {
        this.revisions = revisions;
        this.context = context;
        this.store = store;
        this.hosts = hosts;
    }

    Optional<CachedPage> inMemory(ProjectName project) {
        return Optional.ofNullable(memory.getIfPresent(project));
    }

    /** The page from memory or from disk. Never fails. */
    Future<Optional<CachedPage>> find(ProjectName project) {
        Optional<CachedPage> here = inMemory(project);
        return here.isPresent() ? Future.succeededFuture(here) : load(project);
    }

    private Future<Optional<CachedPage>> load(ProjectName project) {
        Future<Optional<CachedPage>> under = loading.get(project);
        if (under != null) {
            return under;
        }
        Promise<Optional<CachedPage>> loaded = Promise.promise();
        loading.put(project, loaded.future());
        context.executeBlocking(() -> store.read(project).map(hosts::recheck), false)
                .compose(this::compared)
                .map(read -> {
                    // Whoever put or removed the page in the meantime knew better than the disk did.
                    if (!loading.remove(project, loaded.future())) {
                        return inMemory(project);
                    }
                    read.ifPresent(page -> memory.put(project, page));
                    return read;
                })
                .onComplete(loaded);
        return loaded.future();
    }

    // This node may have been away when it changed.
    private Future<Optional<CachedPage>> compared(Optional<CachedPage> read) {
        return read.isEmpty()
                ? Future.succeededFuture(read)
                : isSuperseded(read.get()).map(superseded -> superseded ? read.map(CachedPage::superseded) : read);
    }

    /** Whether another node is known to have another page that is newer. */
    Future<Boolean> isSuperseded(CachedPage copy) {
        return revisions
                .of(copy.page().name().value())
                .map(known -> known.filter(
                                newest -> newest.checkedAt().isAfter(copy.checkedAt()) && !isOf(copy, newest))
                        .isPresent());
    }

    private static boolean isOf(CachedPage copy, PageRevision known) {
        return known.revision().equals(Optional.of(copy.revision()));
    }

    /** A node has told that it has another page than before; the one that is here counts as old, if it is not that very one. */
    Future<Void> supersede(ProjectName project) {
        // What is being read from the disk is from before.
        loading.remove(project);
        CachedPage copy = memory.getIfPresent(project);
        if (copy == null) {
            return Future.succeededFuture();
        }
        return revisions.of(project.value()).map(known -> {
            if (known.filter(newest -> isOf(copy, newest)).isEmpty()) {
                memory.asMap().replace(project, copy, copy.superseded());
            }
            return null;
        });
    }

    /** Forgets what is in memory. */
    void forgetAll() {
        loading.clear();
        memory.invalidateAll();
    }

    /** Takes over a page that the store has already. */
    void put(CachedPage page) {
        loading.remove(page.page().name());
        memory.put(page.page().name(), page);
    }

    /** Forgets a page that the store has no more. */
    void remove(ProjectName project) {
        loading.remove(project);
        memory.invalidate(project);
    }

    /** The projects whose pages are in memory. */
    Set<ProjectName> projects() {
        return new HashSet<>(memory.asMap().keySet());
    }

    double count() {
        return memory.estimatedSize();
    }

    double weight() {
        return memory.policy()
                .eviction()
                .map(eviction -> (double) eviction.weightedSize().orElse(0))
                .orElse(0.0);
    }
}
