package io.cornucopia.metadata;

import io.cornucopia.bus.Failure;
import io.cornucopia.bus.FailureException;
import io.cornucopia.bus.PageAnswer;
import io.cornucopia.bus.PageQuery;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.ProjectPage;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers with the pages of projects, whosever they are. */
final class PageAnswers {
    private static final Logger LOG = LoggerFactory.getLogger(PageAnswers.class);

    private final Context context;
    private final Origins origins;
    private final OwnPages own;
    private final Pages pages;
    private final PageMeters meters;
    private final InstantSource clock;

    PageAnswers(Context context, Origins origins, OwnPages own, Pages pages, PageMeters meters, InstantSource clock) {
        this.context = context;
        this.origins = origins;
        this.own = own;
        this.pages = pages;
        this.meters = meters;
        this.clock = clock;
    }

    /** Answers a question from the bus. */
    Future<PageAnswer> answer(PageQuery query) {
        ProjectName project = query.project();
        return origins.steadily(List.of(project), () -> switch (origins.of(project)) {
            case UPSTREAM -> pages.answer(query);
            case PRIVATE ->
                own.find(project)
                        .compose(found -> found.map(page -> Future.succeededFuture(alone(page)))
                                .orElseGet(() -> Future.failedFuture(noUpload(project))));
            case MERGED -> own.find(project).compose(found -> merged(query, found));
        });
    }

    private Future<PageAnswer> merged(PageQuery query, Optional<OwnPage> found) {
        if (found.isEmpty()) {
            return pages.answer(query);
        }
        OwnPage ours = found.get();
        return pages.answer(query).transform(theirs -> {
            if (theirs.succeeded()) {
                return both(ours, theirs.result());
            }
            if (!(FailureException.of(theirs.cause()) instanceof Failure.NotFound)) {
                if (ours.page().files().isEmpty()) {
                    return Future.failedFuture(theirs.cause());
                }
                LOG.warn(
                        "{}: the page lists our own files only, since upstream's are not to be had: {}",
                        ours.project(),
                        theirs.cause().getMessage());
                meters.alone();
            }
            return Future.succeededFuture(alone(ours));
        });
    }

    private Future<PageAnswer> both(OwnPage ours, PageAnswer theirs) {
        // Both are hashes of what they name: together they name the page of both.
        String revision = ours.revision() + '+' + theirs.revision();
        return context.executeBlocking(() -> ours.merge(theirs.page()), false)
                .map(page -> own(page, revision, theirs.checkedAt()));
    }

    private PageAnswer alone(OwnPage page) {
        return own(page.page(), page.revision(), clock.instant());
    }

    // Never fresh beyond its moment: the next upload is to be seen at once.
    private PageAnswer own(ProjectPage page, String revision, Instant checkedAt) {
        return new PageAnswer(page, revision, checkedAt, clock.instant(), PageAnswer.Origin.OWN);
    }

    private static FailureException noUpload(ProjectName project) {
        return new FailureException(new Failure.NotFound(
                "nothing was uploaded to " + project + ", which is private here: upstream is not asked for it"));
    }
}
