package io.cornucopia.metadata;

import io.cornucopia.cluster.KnownNames;
import io.cornucopia.core.ProjectName;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The projects of which there is a page of upstream's here or on another node. Kept up to date as pages come and go here; the
 * disk is looked at again now and then, since people may delete documents by hand, and the others are asked. To be used on its
 * context only.
 */
final class KnownProjects {
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

    private final Context context;
    private final PageStore store;
    private final PageCache cache;
    private final KnownNames others;
    private final InstantSource clock;
    private Set<ProjectName> projects = new HashSet<>();
    private long ownVersion;
    private Set<ProjectName> elsewhere = Set.of();
    // These three are read by any thread, and written by one.
    private volatile long version;
    // What changed while the disk was being looked at, and so may be missing from what was seen.
    private final Set<ProjectName> touched = new HashSet<>();
    private volatile Instant looked = Instant.MIN;
    private Future<Void> looking;
    private volatile Instant asked = Instant.MIN;
    private Future<Void> asking;

    /** @param others what other nodes know */
    KnownProjects(Context context, PageStore store, PageCache cache, KnownNames others, InstantSource clock) {
        this.context = context;
        this.store = store;
        this.cache = cache;
        this.others = others;
        this.clock = clock;
    }

    /** Answers other nodes from now on. */
    void open() {
        others.answer(known -> {
            Promise<Optional<KnownNames.Names>> promise = Promise.promise();
            context.runOnContext(ignored -> lookedHere()
                    .map(done -> ownVersion == known
                            ? Optional.<KnownNames.Names>empty()
                            : Optional.of(new KnownNames.Names(
                                    ownVersion,
                                    projects.stream().map(ProjectName::value).collect(Collectors.toSet()))))
                    .onComplete(promise));
            return promise.future();
        });
    }

    void add(ProjectName project) {
        touched.add(project);
        if (projects.add(project)) {
            changed();
        }
    }

    void remove(ProjectName project) {
        touched.add(project);
        if (projects.remove(project)) {
            changed();
        }
    }

    private void changed() {
        ownVersion++;
        version++;
    }

    /** Whether there is a page of that project, as far as was seen. */
    boolean has(ProjectName project) {
        return projects.contains(project) || elsewhere.contains(project);
    }

    /** Grows whenever a project comes or goes. Of any thread. */
    long version() {
        return version;
    }

    /** A copy of what is known. */
    Set<ProjectName> projects() {
        if (elsewhere.isEmpty()) {
            return Set.copyOf(projects);
        }
        Set<ProjectName> all = new HashSet<>(projects);
        all.addAll(elsewhere);
        return all;
    }

    /** Looks at the disk and asks the others, unless that was done a moment ago. */
    Future<Void> upToDate() {
        return lookedHere().compose(done -> askedOthers());
    }

    private Future<Void> lookedHere() {
        if (looking != null) {
            return looking;
        }
        if (isRecent(looked)) {
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

    private Future<Void> askedOthers() {
        if (asking != null) {
            return asking;
        }
        if (isRecent(asked)) {
            return Future.succeededFuture();
        }
        Promise<Void> done = Promise.promise();
        asking = done.future();
        others.ofOthers().onComplete(told -> {
            asking = null;
            asked = clock.instant();
            Set<ProjectName> names = new HashSet<>();
            told.result().forEach(name -> ProjectName.parse(name).ifPresent(names::add));
            if (!names.equals(elsewhere)) {
                elsewhere = names;
                version++;
            }
            done.complete();
        });
        return done.future();
    }

    /** Whether {@link #upToDate()} would have nothing to do. Of any thread. */
    boolean isUpToDate() {
        return isRecent(looked) && isRecent(asked);
    }

    private boolean isRecent(Instant at) {
        return at.isAfter(Instant.MIN) && clock.instant().isBefore(at.plus(LOOK_AGAIN));
    }

    /** Has the disk looked at and the others asked again at the next question. */
    void lookAgain() {
        looked = Instant.MIN;
        asked = Instant.MIN;
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
            changed();
        }
    }
}
