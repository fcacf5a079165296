package io.cornucopia.metadata;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.cornucopia.core.ProjectName;
import io.cornucopia.storage.UploadStore;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The pages of what was uploaded, in memory and from the store. To be used on its context only. */
final class OwnPages {
    private static final long MAX_WEIGHT = 32L << 20;

    private final Context context;
    private final UploadStore uploads;
    private final Cache<ProjectName, OwnPage> memory = Caffeine.newBuilder()
            .maximumWeight(MAX_WEIGHT)
            .weigher((ProjectName name, OwnPage page) -> page.weight())
            .executor(Runnable::run)
            .build();
    private final Map<ProjectName, Future<Optional<OwnPage>>> loading = new HashMap<>();

    OwnPages(Context context, UploadStore uploads) {
        this.context = context;
        this.uploads = uploads;
    }

    /** The page; empty if nothing was ever uploaded to that project. Fails if the store does. */
    Future<Optional<OwnPage>> find(ProjectName project) {
        OwnPage here = memory.getIfPresent(project);
        if (here != null) {
            return Future.succeededFuture(Optional.of(here));
        }
        Future<Optional<OwnPage>> under = loading.get(project);
        return under != null ? under : load(project);
    }

    private Future<Optional<OwnPage>> load(ProjectName project) {
        Promise<Optional<OwnPage>> loaded = Promise.promise();
        loading.put(project, loaded.future());
        uploads.read(project)
                .compose(read -> context.executeBlocking(() -> OwnPage.of(read), false))
                .onSuccess(page -> {
                    // What was read before news came is not kept.
                    if (loading.get(project) == loaded.future()) {
                        page.ifPresent(present -> memory.put(project, present));
                    }
                })
                .onComplete(read -> {
                    loading.remove(project, loaded.future());
                    loaded.handle(read);
                });
        return loaded.future();
    }

    /** Forgets what it knew of that project. */
    void drop(ProjectName project) {
        loading.remove(project);
        memory.invalidate(project);
    }
}
