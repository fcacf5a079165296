package io.cornucopia.metadata;

import io.cornucopia.bus.RootAnswer;
import io.cornucopia.bus.RootQuery;
import io.cornucopia.core.OriginRules.Origin;
import io.cornucopia.core.ProjectList;
import io.cornucopia.core.ProjectName;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Answers with the root list: the projects known here, those with uploads, and upstream's if the settings want them; but none
 * of upstream's that is private here.
 */
final class Roots {
    private static final ProjectList NONE = ProjectList.builder().build();

    private final Context context;
    private final Path directory;
    private final String simplePath;
    private final KnownProjects known;
    private final Origins origins;
    private final Optional<UpstreamRoot> upstream;
    private final InstantSource clock;

    private Edition current;
    private Key preparingFor;
    private Future<RootEdition> preparing;

    /** What an edition was made from, to see at a glance that nothing changed. */
    private record Key(long known, long uploads, ProjectList upstream) {
        boolean same(Key other) {
            return known == other.known && uploads == other.uploads && upstream == other.upstream;
        }
    }

    private record Edition(Key key, RootEdition edition) {}

    Roots(
            Context context,
            Path directory,
            String simplePath,
            KnownProjects known,
            Origins origins,
            Optional<UpstreamRoot> upstream,
            InstantSource clock) {
        this.context = context;
        this.directory = directory;
        this.simplePath = simplePath;
        this.known = known;
        this.origins = origins;
        this.upstream = upstream;
        this.clock = clock;
    }

    /** Answers a question from the bus. */
    Future<RootAnswer> answer(RootQuery query) {
        return known.upToDate()
                .compose(done -> lists())
                .compose(list -> edition(list)
                        .compose(edition -> edition.in(RootVariant.of(query), clock.instant()))
                        .compose(root -> root.answer(query.representation(), checkedAt(list))
                                .map(Future::succeededFuture)
                                // Given up between being written and being handed over: there is a newer one.
                                .orElseGet(() -> answer(query))));
    }

    private Future<Optional<UpstreamList>> lists() {
        return upstream.map(UpstreamRoot::list).orElseGet(() -> Future.succeededFuture(Optional.empty()));
    }

    private Instant checkedAt(Optional<UpstreamList> list) {
        return list.map(upstreams -> upstreams.validators().checkedAt()).orElseGet(clock::instant);
    }

    private Future<RootEdition> edition(Optional<UpstreamList> list) {
        ProjectList upstreams = list.map(UpstreamList::projects).orElse(NONE);
        Key key = new Key(known.version(), origins.version(), upstreams);
        if (current != null && current.key().same(key)) {
            return Future.succeededFuture(current.edition());
        }
        if (preparing != null) {
            // One at a time: each is compared with the one before it.
            return preparingFor.same(key) ? preparing : preparing.transform(done -> edition(list));
        }
        Promise<RootEdition> prepared = Promise.promise();
        preparingFor = key;
        preparing = prepared.future();
        Set<ProjectName> here = here();
        RootEdition old = current == null ? null : current.edition();
        context.executeBlocking(() -> prepare(old, upstreams, here), false).onComplete(result -> {
            preparing = null;
            if (result.succeeded()) {
                RootEdition made = result.result();
                if (old != null && old != made) {
                    old.retire();
                }
                current = new Edition(key, made);
            }
            prepared.handle(result);
        });
        return prepared.future();
    }

    private Set<ProjectName> here() {
        Set<ProjectName> here = new HashSet<>(known.projects());
        here.removeIf(origins::isReserved);
        origins.uploaded().stream()
                .filter(project -> origins.of(project) != Origin.UPSTREAM)
                .forEach(here::add);
        return here;
    }

    private ProjectList withoutReserved(ProjectList upstreams) {
        if (!origins.reserveNames()) {
            return upstreams;
        }
        ProjectList.Builder builder = ProjectList.builder();
        upstreams.forEach((name, serial) -> {
            ProjectName project = new ProjectName(name);
            if (!origins.isReserved(project)) {
                builder.add(project, serial);
            }
        });
        return builder.build();
    }

    private RootEdition prepare(RootEdition old, ProjectList upstreams, Set<ProjectName> here) {
        Set<ProjectName> added = new HashSet<>();
        for (ProjectName project : here) {
            if (!upstreams.contains(project)) {
                added.add(project);
            }
        }
        if (old != null && old.isOf(upstreams, added)) {
            return old;
        }
        ProjectList all = withoutReserved(upstreams);
        if (!here.isEmpty()) {
            ProjectList.Builder builder = ProjectList.builder();
            here.forEach(project -> builder.add(project, OptionalLong.empty()));
            all = all.merge(builder.build());
        }
        return new RootEdition(context, directory, simplePath, upstreams, added, all);
    }
}
