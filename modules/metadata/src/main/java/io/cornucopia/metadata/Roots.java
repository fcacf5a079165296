package io.cornucopia.metadata;

import io.cornucopia.bus.RootAnswer;
import io.cornucopia.bus.RootQuery;
import io.cornucopia.core.OriginRules;
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
import java.util.function.BooleanSupplier;

/**
 * Answers with the root list: the projects that something was uploaded to, those of which there is a page here, and upstream's
 * if the settings want them; without names that are reserved and have no upload.
 */
final class Roots {
    private static final ProjectList NONE = ProjectList.builder().build();

    private final Context context;
    private final Path directory;
    private final AtomicWrite writes;
    private final String simplePath;
    private final OriginRules rules;
    private final OwnPages own;
    private final KnownProjects known;
    private final Optional<UpstreamRoot> upstream;
    private final HiddenProjects hidden;
    private final InstantSource clock;

    private Made current;
    private Key preparingFor;
    private Future<RootEdition> preparing;

    /** What an edition was made from, to see at a glance that nothing changed. */
    private record Key(long own, long known, ProjectList upstream) {
        boolean same(Key other) {
            return own == other.own && known == other.known && upstream == other.upstream;
        }
    }

    /** @param offered of upstream's names those that are not reserved */
    private record Made(Key key, ProjectList offered, RootEdition edition) {}

    Roots(
            Context context,
            Path directory,
            AtomicWrite writes,
            String simplePath,
            OriginRules rules,
            OwnPages own,
            KnownProjects known,
            Optional<UpstreamRoot> upstream,
            HiddenProjects hidden,
            InstantSource clock) {
        this.context = context;
        this.directory = directory;
        this.writes = writes;
        this.simplePath = simplePath;
        this.rules = rules;
        this.own = own;
        this.known = known;
        this.upstream = upstream;
        this.hidden = hidden;
        this.clock = clock;
    }

    /** Answers a question from the bus. */
    Future<RootAnswer> answer(RootQuery query) {
        return own.settle()
                .compose(settled -> known.upToDate())
                .compose(done -> lists())
                .compose(list -> {
                    BooleanSupplier holds = holds(key(list), list);
                    return edition(list)
                            .compose(edition -> edition.in(RootVariant.of(query), clock.instant()))
                            .compose(root -> root.answer(query.representation(), checkedAt(list), holds)
                                    .map(Future::succeededFuture)
                                    // Given up between being written and being handed over: there is a newer one.
                                    .orElseGet(() -> answer(query)));
                });
    }

    /** Whether what was made of that would be made again, without asking anybody; for any thread to see. */
    private BooleanSupplier holds(Key key, Optional<UpstreamList> list) {
        if (!own.isSettled()) {
            // There were news since that was seen to: what comes of them is not in the list, and is not told by a
            // version yet.
            return () -> false;
        }
        Instant until = upstream.map(root -> root.sameUntil(list)).orElse(Instant.MAX);
        return () -> own.version() == key.own()
                && known.version() == key.known()
                && known.isUpToDate()
                && clock.instant().isBefore(until);
    }

    private Future<Optional<UpstreamList>> lists() {
        return upstream.map(UpstreamRoot::list).orElseGet(() -> Future.succeededFuture(Optional.empty()));
    }

    private Instant checkedAt(Optional<UpstreamList> list) {
        return list.map(upstreams -> upstreams.validators().checkedAt()).orElseGet(clock::instant);
    }

    private Key key(Optional<UpstreamList> list) {
        return new Key(
                own.version(), known.version(), list.map(UpstreamList::projects).orElse(NONE));
    }

    private Future<RootEdition> edition(Optional<UpstreamList> list) {
        Key key = key(list);
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
        hidden.count();
        Set<ProjectName> here = known.projects();
        Set<ProjectName> ours = own.projects();
        Made old = current;
        context.executeBlocking(() -> prepare(old, key, here, ours), false).onComplete(result -> {
            preparing = null;
            if (result.succeeded()) {
                if (old != null && old.edition() != result.result().edition()) {
                    old.edition().retire();
                }
                current = result.result();
            }
            prepared.handle(result.map(Made::edition));
        });
        return prepared.future();
    }

    private Made prepare(Made old, Key key, Set<ProjectName> here, Set<ProjectName> ours) {
        // The very same list as long as upstream's is, since that is what editions are told apart by.
        ProjectList offered =
                old != null && old.key().upstream() == key.upstream() ? old.offered() : withoutReserved(key.upstream());
        Set<ProjectName> added = new HashSet<>();
        for (ProjectName project : here) {
            if (rules.of(project, ours.contains(project)) != Origin.PRIVATE && !offered.contains(project)) {
                added.add(project);
            }
        }
        for (ProjectName project : ours) {
            if (rules.of(project, true) != Origin.UPSTREAM && !offered.contains(project)) {
                added.add(project);
            }
        }
        if (old != null && old.edition().isOf(offered, added)) {
            return new Made(key, offered, old.edition());
        }
        ProjectList all = offered;
        if (!added.isEmpty()) {
            ProjectList.Builder builder = ProjectList.builder();
            added.forEach(project -> builder.add(project, OptionalLong.empty()));
            all = offered.merge(builder.build());
        }
        return new Made(key, offered, new RootEdition(context, directory, writes, simplePath, offered, added, all));
    }

    /** Upstream's names without those that only an upload of ours would bring in. */
    private ProjectList withoutReserved(ProjectList upstreams) {
        if (!rules.reserveNames()) {
            return upstreams;
        }
        ProjectList.Builder rest = ProjectList.builder();
        upstreams.forEach((name, serial) -> {
            ProjectName project = new ProjectName(name);
            if (rules.of(project, false) != Origin.PRIVATE) {
                rest.add(project, serial);
            }
        });
        ProjectList left = rest.build();
        return left.size() == upstreams.size() ? upstreams : left;
    }
}
