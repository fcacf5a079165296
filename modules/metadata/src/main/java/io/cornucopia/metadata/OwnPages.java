package io.cornucopia.metadata;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.cornucopia.bus.Failure;
import io.cornucopia.bus.FailureException;
import io.cornucopia.core.ProjectName;
import io.cornucopia.storage.UploadStore;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which projects something was uploaded to, which is always known, and what, which is read from the store when somebody asks
 * and kept in memory until news come of that project. To be used on its context only.
 *
 * <p>What was read before news of a project is never handed out after them: whoever waits for it then waits for it to be read
 * again. When the store cannot be read, the question fails; nothing is guessed.
 */
final class OwnPages {
    private static final Logger LOG = LoggerFactory.getLogger(OwnPages.class);
    private static final long MAX_WEIGHT = 32L << 20;
    private static final long TRY_AGAIN_MILLIS = 1_000;

    private final Vertx vertx;
    private final Context context;
    private final UploadStore store;
    private final Cache<ProjectName, OwnPage> memory = Caffeine.newBuilder()
            .maximumWeight(MAX_WEIGHT)
            .weigher((ProjectName name, OwnPage page) -> page.weight())
            .executor(Runnable::run)
            .build();
    private final Map<ProjectName, Future<OwnPage>> loading = new HashMap<>();
    private final Map<ProjectName, Long> changes = new HashMap<>();
    // Once in it, a project stays in it: a filename is never given back.
    private final Set<ProjectName> uploaded = new HashSet<>();
    // Of which there were news, and which may therefore have uploads: the store is asked at the next question.
    private final Set<ProjectName> unsettled = new HashSet<>();
    // Those of which it is known by now that they have none, while it is not known which ones have.
    private final Set<ProjectName> withoutUploads = new HashSet<>();
    private boolean anyMayHave;
    private long forgotten;
    private Future<Void> reopening = Future.succeededFuture();
    // Read by any thread, written by one.
    private volatile long version;

    OwnPages(Vertx vertx, Context context, UploadStore store) {
        this.vertx = vertx;
        this.context = context;
        this.store = store;
    }

    /** Learns which projects have uploads. */
    Future<Void> open() {
        return store.projects().map(projects -> {
            uploaded.addAll(projects);
            version++;
            return null;
        });
    }

    /** Takes notice of news; nothing that was known before them is handed out from now on. */
    void changed(ProjectName project) {
        changes.merge(project, 1L, Long::sum);
        loading.remove(project);
        memory.invalidate(project);
        if (!uploaded.contains(project)) {
            unsettled.add(project);
            withoutUploads.remove(project);
            version++;
        }
    }

    /**
     * Takes notice that there may have been news of any project; nothing that was known before is handed out from now on. The
     * store is read again, until that succeeds; meanwhile it is asked about each project that is asked for.
     *
     * @return completes when it was tried once. Never fails
     */
    Future<Void> reopen() {
        forgotten++;
        loading.clear();
        memory.invalidateAll();
        withoutUploads.clear();
        anyMayHave = true;
        version++;
        long round = forgotten;
        reopening = store.projects().transform(read -> {
            if (round != forgotten) {
                return reopening;
            }
            if (read.succeeded()) {
                anyMayHave = false;
                withoutUploads.clear();
                if (uploaded.addAll(read.result())) {
                    version++;
                }
                return Future.succeededFuture();
            }
            LOG.error("which projects have uploads cannot be read; trying again", read.cause());
            vertx.setTimer(TRY_AGAIN_MILLIS, fired -> {
                if (round == forgotten) {
                    reopen();
                }
            });
            return Future.succeededFuture();
        });
        return reopening;
    }

    /** How often there were news of a project; of several, all taken together. */
    long changes(Collection<ProjectName> projects) {
        long sum = forgotten;
        for (ProjectName project : projects) {
            sum += changes.getOrDefault(project, 0L);
        }
        return sum;
    }

    /** Whether something was ever uploaded to that project. */
    Future<Boolean> has(ProjectName project) {
        if (uploaded.contains(project)) {
            return Future.succeededFuture(true);
        }
        return mayHave(project) ? page(project).map(OwnPage::everUploaded) : Future.succeededFuture(false);
    }

    /** Whether that may be so, as far as can be said at once. */
    boolean mayHave(ProjectName project) {
        return uploaded.contains(project)
                || unsettled.contains(project)
                || (anyMayHave && !withoutUploads.contains(project));
    }

    /** Whether {@link #settle()} would have nothing to do. */
    boolean isSettled() {
        return reopening.isComplete() && !anyMayHave && unsettled.isEmpty();
    }

    /** Asks the store about all projects of which it is not known whether they have uploads. */
    Future<Void> settle() {
        if (!reopening.isComplete()) {
            return reopening.compose(done -> settle());
        }
        if (anyMayHave) {
            return Future.failedFuture(new FailureException(
                    new Failure.Internal("which projects have uploads cannot be read in this moment")));
        }
        if (unsettled.isEmpty()) {
            return Future.succeededFuture();
        }
        return Future.all(List.copyOf(unsettled).stream().map(this::page).toList())
                .mapEmpty();
    }

    /** The projects that something was ever uploaded to, as far as known: a copy. {@link #settle} first. */
    Set<ProjectName> projects() {
        return Set.copyOf(uploaded);
    }

    /** Grows whenever {@link #projects} does, and whenever it can't be said for a while whether it does. Of any thread. */
    long version() {
        return version;
    }

    /** What was uploaded to that project; an empty page if nothing. */
    Future<OwnPage> page(ProjectName project) {
        OwnPage here = memory.getIfPresent(project);
        if (here != null) {
            return Future.succeededFuture(here);
        }
        Future<OwnPage> under = loading.get(project);
        if (under != null) {
            return under;
        }
        Promise<OwnPage> loaded = Promise.promise();
        loading.put(project, loaded.future());
        store.read(project)
                .compose(uploads -> context.executeBlocking(() -> OwnPage.of(uploads), false))
                .onComplete(read -> {
                    if (!loading.remove(project, loaded.future())) {
                        // There were news meanwhile: what was read may be older than they are.
                        page(project).onComplete(loaded);
                    } else if (read.succeeded()) {
                        take(project, read.result());
                        loaded.complete(read.result());
                    } else {
                        LOG.error("what was uploaded to {} cannot be read", project, read.cause());
                        loaded.fail(new FailureException(new Failure.Internal("what was uploaded to " + project
                                + " cannot be read: " + read.cause().getMessage())));
                    }
                });
        return loaded.future();
    }

    private void take(ProjectName project, OwnPage page) {
        memory.put(project, page);
        unsettled.remove(project);
        if (anyMayHave && !page.everUploaded()) {
            withoutUploads.add(project);
        }
        if (page.everUploaded() && uploaded.add(project)) {
            version++;
        }
    }
}
