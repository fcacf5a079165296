package io.cornucopia.metadata;

import io.cornucopia.bus.RootAnswer;
import io.cornucopia.bus.RootQuery;
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

/** Answers with the root list: the projects known here, and upstream's if the settings want them. */
final class Roots {
    private static final ProjectList NONE = ProjectList.builder().build();

    private final Context context;
    private final Path directory;
    private final String simplePath;
    private final KnownProjects known;
    private final Optional<UpstreamRoot> upstream;
    private final InstantSource clock;

    private Edition current;
    private Key preparingFor;
    private Future<RootEdition> preparing;

    /** What an edition was made from, to see at a glance that nothing changed. */
    private record Key(long known, ProjectList upstream) {
        boolean same(Key other) {
            return known == other.known && upstream == other.upstream;
        }
    }

    private record Edition(Key key, RootEdition edition) {}

    Roots(
            Context context,
            Path directory,
            String simplePath,
            KnownProjects known,
            Optional<UpstreamRoot> upstream,
            InstantSource clock) {
        this.context = context;
        this.directory = directory;
        this.simplePath = simplePath;
        this.known = known;
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
        Key key = new Key(known.version(), upstreams);
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
        Set<ProjectName> here = known.projects();
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
        ProjectList all = upstreams;
        if (!added.isEmpty()) {
            ProjectList.Builder builder = ProjectList.builder();
            added.forEach(project -> builder.add(project, OptionalLong.empty()));
            all = upstreams.merge(builder.build());
        }
        return new RootEdition(context, directory, simplePath, upstreams, added, all);
    }
}
