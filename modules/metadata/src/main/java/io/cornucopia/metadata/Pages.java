package io.cornucopia.metadata;

import io.cornucopia.bus.Failure;
import io.cornucopia.bus.FailureException;
import io.cornucopia.bus.PageAnswer;
import io.cornucopia.bus.PageQuery;
import io.cornucopia.core.DistributionFile;
import io.cornucopia.core.OriginRules.Origin;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.ProjectPage;
import io.cornucopia.metadata.MirroredPages.Mirrored;
import io.cornucopia.metadata.PageMeters.Result;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Answers with pages: ours, upstream's, or both on one, as it is the project's origin. An answer that was under way when news
 * of the project came is made anew.
 */
final class Pages {
    private final Origins origins;
    private final OwnPages own;
    private final MirroredPages mirrored;
    private final MergedPages merged;
    private final Mishaps mishaps;
    private final PageMeters meters;
    private final InstantSource clock;

    Pages(
            Origins origins,
            OwnPages own,
            MirroredPages mirrored,
            MergedPages merged,
            Mishaps mishaps,
            PageMeters meters,
            InstantSource clock) {
        this.origins = origins;
        this.own = own;
        this.mirrored = mirrored;
        this.merged = merged;
        this.mishaps = mishaps;
        this.meters = meters;
        this.clock = clock;
    }

    /** Answers a question from the bus. */
    Future<PageAnswer> answer(PageQuery query) {
        ProjectName project = query.project();
        long before = own.changes(List.of(project));
        return origins.of(project)
                .compose(origin -> switch (origin) {
                    case PRIVATE -> ours(project);
                    case MERGED -> both(project);
                    case UPSTREAM -> mirrored.page(project).compose(this::upstreams);
                })
                .transform(result -> own.changes(List.of(project)) != before
                        ? answer(query)
                        : result.succeeded()
                                ? Future.succeededFuture(result.result())
                                : Future.failedFuture(result.cause()));
    }

    private Future<PageAnswer> ours(ProjectName project) {
        return own.has(project).compose(has -> {
            if (!has) {
                meters.answered(Result.NEGATIVE);
                return Future.failedFuture(new FailureException(new Failure.NotFound(
                        "nothing was uploaded to " + project + ", and by the rules in projects it is private")));
            }
            return own.page(project).map(this::alone);
        });
    }

    private PageAnswer alone(OwnPage ours) {
        meters.answered(Result.OWN);
        return own(new Edition(ours.page(), ours.revision()));
    }

    private Future<PageAnswer> both(ProjectName project) {
        return own.page(project)
                .compose(ours -> mirrored.page(project)
                        .compose(
                                theirs -> sifted(theirs.page()).compose(edition -> join(ours, edition, theirs)),
                                why -> {
                                    if (!ours.everUploaded()) {
                                        return Future.failedFuture(why);
                                    }
                                    if (!(FailureException.of(why) instanceof Failure.NotFound)) {
                                        // Better without upstream's part than not at all: what is here is ours and
                                        // right, and
                                        // nobody may keep this page.
                                        meters.incomplete();
                                        mishaps.tellIncomplete(project, why);
                                    }
                                    return Future.succeededFuture(alone(ours));
                                }));
    }

    private Future<PageAnswer> join(OwnPage ours, Edition edition, Mirrored theirs) {
        if (!ours.everUploaded() && ours.status().isEmpty()) {
            return Future.succeededFuture(upstreams(edition, theirs));
        }
        return merged.of(ours, edition).map(joined -> ours.everUploaded() ? own(joined) : upstreams(joined, theirs));
    }

    private Future<PageAnswer> upstreams(Mirrored mirrored) {
        return sifted(mirrored.page()).map(edition -> upstreams(edition, mirrored));
    }

    private static PageAnswer upstreams(Edition edition, Mirrored mirrored) {
        return new PageAnswer(
                edition.page(),
                edition.revision(),
                mirrored.page().checkedAt(),
                mirrored.freshUntil(),
                PageAnswer.Origin.UPSTREAM);
    }

    // Old at once, so that everybody asks again: an upload is to be seen by the next question wherever it is asked.
    private PageAnswer own(Edition edition) {
        Instant now = clock.instant();
        return new PageAnswer(edition.page(), edition.revision(), now, now, PageAnswer.Origin.OWN);
    }

    /** Without the files that cannot be had here, since their names may be read as those of a project that is ours alone. */
    private Future<Edition> sifted(CachedPage page) {
        Map<ProjectName, Set<String>> ambiguous = page.ambiguous();
        if (ambiguous.isEmpty()) {
            return Future.succeededFuture(new Edition(page.page(), page.revision()));
        }
        return origins.of(List.copyOf(ambiguous.keySet())).map(whose -> {
            Set<String> left = new TreeSet<>();
            ambiguous.forEach((project, filenames) -> {
                if (whose.get(project) == Origin.PRIVATE) {
                    left.addAll(filenames);
                }
            });
            return left.isEmpty() ? new Edition(page.page(), page.revision()) : without(page, left);
        });
    }

    private static Edition without(CachedPage cached, Set<String> filenames) {
        ProjectPage page = cached.page();
        List<DistributionFile> kept = page.files().stream()
                .filter(file -> !filenames.contains(file.filename()))
                .toList();
        byte[] revision = (cached.revision() + '\n' + String.join("\n", filenames)).getBytes(StandardCharsets.UTF_8);
        return new Edition(
                new ProjectPage(page.name(), page.status(), page.serial(), page.versions(), kept),
                PageStore.revision(revision, 0, revision.length));
    }
}
