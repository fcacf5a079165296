package io.cornucopia.metadata;

import io.cornucopia.core.ProjectName;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Set;

/**
 * The projects of which there is a page of upstream's here. Kept up to date as pages come and go; the disk is looked at again now and then,
 * since people may delete documents by hand. To be used on its context only.
 */
final class KnownProjects {
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

    private final Context context;
    private final PageStore store;
    private final PageCache cache;
    private final InstantSource clock;
    private Set<ProjectName> projects = new HashSet<>();
    private long version;
    // What changed while the disk was being looked at, and so may be missing from what was seen.
    private final Set<ProjectName> touched = new HashSet<>();
    private Instant looked = Instant.MIN;
    private Future<Void> looking;

    KnownProjects(Context context, PageStore store, PageCache cache, InstantSource clock) {
        this.context = context;
        this.store = store;
        this.cache = cache;
        this.clock = clock;
    }

    void add(ProjectName project) {
        touched.add(project);
        if (projects.add(project)) {
            version++;
        }
    }

    void remove(ProjectName project) {
        touched.add(project);
        if (projects.remove(project)) {
            version++;
        }
    }

    /** Whether there is a page of that project here, as far as was seen. */
    boolean has(ProjectName project) {
        return projects.contains(project);
    }

    /** Grows whenever a project comes or goes. */
    long version() {
        return version;
    }

    /** A copy of what is known. */
    Set<ProjectName> projects() {
        return Set.copyOf(projects);
    }

    /** Looks at the disk, unless that was done a moment ago. */
    Future<Void> upToDate() {
        if (looking != null) {
            return looking;
        }
        if (looked.isAfter(Instant.MIN) && clock.instant().isBefore(looked.plus(LOOK_AGAIN))) {
            return Future.succeededFuture();
        }
        touched.clear();
        Promise<Void> upToDate = Promise.promise();
        looking = upToDate.future();
        context.executeBlocking(store::projects, false).onComplete(seen -> {
            looking = null;
            if (seen.succeeded()) {
                take(seen.result());
            }
            upToDate.handle(seen.mapEmpty());
        });
        return upToDate.future();
    }

    private void take(Set<ProjectName> seen) {
        seen.addAll(cache.projects());
        for (ProjectName project : touched) {
            if (projects.contains(project)) {
                seen.add(project);
            } else {
                seen.remove(project);
            }
        }
        looked = clock.instant();
        if (!seen.equals(projects)) {
            projects = seen;
            version++;
        }
    }
}
