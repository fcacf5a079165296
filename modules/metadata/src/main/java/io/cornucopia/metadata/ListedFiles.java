package io.cornucopia.metadata;

import io.cornucopia.bus.Failure;
import io.cornucopia.bus.FailureException;
import io.cornucopia.bus.ListedFile;
import io.cornucopia.bus.ListedFileQuery;
import io.cornucopia.bus.PageAnswer;
import io.cornucopia.core.DistributionFilename;
import io.cornucopia.core.OriginRules.Origin;
import io.cornucopia.core.ProjectName;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Finds the page that lists a file: by what was uploaded, by what upstream's pages taught, then by what the name says. A name
 * that can be read as a private project's is looked for among uploads alone.
 */
final class ListedFiles {
    private final Origins origins;
    private final OwnPages own;
    private final Pages pages;
    private final FilenameExceptions exceptions;

    ListedFiles(Origins origins, OwnPages own, Pages pages, FilenameExceptions exceptions) {
        this.origins = origins;
        this.own = own;
        this.pages = pages;
        this.exceptions = exceptions;
    }

    /** Answers a question from the bus. */
    Future<ListedFile> answer(ListedFileQuery query) {
        String filename = query.filename();
        if (!DistributionFilename.isSafe(filename)) {
            return Future.failedFuture(notListed(filename));
        }
        List<ProjectName> readings = readings(filename);
        return origins.steadily(
                readings,
                () -> uploaded(filename, readings).compose(ours -> {
                    if (ours.isPresent()) {
                        return Future.succeededFuture(ours.get());
                    }
                    return readings.stream().anyMatch(this::isPrivate)
                            ? Future.failedFuture(notListed(filename))
                            : mirrored(query).compose(this::unlessHidden);
                }));
    }

    private boolean isPrivate(ProjectName project) {
        return origins.of(project) == Origin.PRIVATE;
    }

    /** The file if it was uploaded here. */
    private Future<Optional<ListedFile>> uploaded(String filename, List<ProjectName> readings) {
        Future<Optional<ListedFile>> result = Future.succeededFuture(Optional.empty());
        for (ProjectName reading : readings) {
            if (origins.of(reading) != Origin.UPSTREAM) {
                result = result.compose(found -> found.isPresent()
                        ? Future.succeededFuture(found)
                        : own.find(reading).map(page -> page.flatMap(ours -> listed(filename, ours))));
            }
        }
        return result;
    }

    // A page of both leaves out what a file of ours hides, so there is no such file either.
    private Future<ListedFile> unlessHidden(ListedFile listed) {
        if (origins.of(listed.project()) != Origin.MERGED) {
            return Future.succeededFuture(listed);
        }
        String filename = listed.file().filename();
        return own.find(listed.project())
                .compose(ours -> ours.filter(page -> page.hides(filename)).isPresent()
                        ? Future.failedFuture(notListed(filename))
                        : Future.succeededFuture(listed));
    }

    private Future<ListedFile> mirrored(ListedFileQuery query) {
        String filename = query.filename();
        List<ProjectName> candidates = candidates(filename);
        return switch (query.effort()) {
            case ANY_AGE ->
                first(filename, candidates, pages::ifHere)
                        .compose(found ->
                                found.isPresent() ? Future.succeededFuture(found) : search(filename, candidates))
                        .compose(found -> orNotListed(filename, found));
            case ASK_AGAIN ->
                first(filename, candidates, pages::ifHere)
                        .compose(found -> first(
                                filename,
                                found.map(listed -> List.of(listed.project())).orElse(candidates),
                                pages::askAgain))
                        .compose(found -> orNotListed(filename, found));
        };
    }

    // No page that is here lists it. Those that are not here are obtained first: that is what is missing most often.
    // Only
    // then those that are here are asked for again, if they are older than the TTL: the file may be new.
    private Future<Optional<ListedFile>> search(String filename, List<ProjectName> candidates) {
        return first(filename, candidates, pages::ofAnyAge)
                .compose(
                        found -> found.isPresent()
                                ? Future.succeededFuture(found)
                                : first(filename, candidates, pages::fresh),
                        why -> first(filename, candidates, pages::fresh));
    }

    /**
     * The first of the pages that lists the file. A page that cannot be had does not hide the next one, but if none lists the
     * file, its failure is the answer: it might have.
     */
    private static Future<Optional<ListedFile>> first(
            String filename, List<ProjectName> candidates, Function<ProjectName, Future<Optional<CachedPage>>> source) {
        Future<Optional<ListedFile>> result = Future.succeededFuture(Optional.empty());
        List<Throwable> failures = new ArrayList<>();
        for (ProjectName candidate : candidates) {
            result = result.compose(found -> found.isPresent()
                    ? Future.succeededFuture(found)
                    : source.apply(candidate)
                            .map(page -> listed(filename, page))
                            .recover(why -> {
                                failures.add(why);
                                return Future.succeededFuture(Optional.empty());
                            }));
        }
        return result.compose(found -> found.isPresent() || failures.isEmpty()
                ? Future.succeededFuture(found)
                : Future.failedFuture(failures.get(0)));
    }

    private static Optional<ListedFile> listed(String filename, Optional<CachedPage> page) {
        return page.flatMap(cached -> cached.file(filename)
                .map(file -> new ListedFile(
                        cached.page().name(), cached.page().status(), file, PageAnswer.Origin.UPSTREAM)));
    }

    private static Optional<ListedFile> listed(String filename, OwnPage page) {
        return page.file(filename)
                .map(file -> new ListedFile(page.project(), page.page().status(), file, PageAnswer.Origin.OWN));
    }

    private List<ProjectName> candidates(String filename) {
        Set<ProjectName> candidates = new LinkedHashSet<>();
        exceptions.project(filename).filter(project -> !isPrivate(project)).ifPresent(candidates::add);
        DistributionFilename.candidates(filename).forEach(reading -> candidates.add(reading.project()));
        return List.copyOf(candidates);
    }

    private static List<ProjectName> readings(String filename) {
        return List.copyOf(DistributionFilename.projects(filename));
    }

    private static Future<ListedFile> orNotListed(String filename, Optional<ListedFile> found) {
        return found.map(Future::succeededFuture).orElseGet(() -> Future.failedFuture(notListed(filename)));
    }

    private static FailureException notListed(String filename) {
        return new FailureException(new Failure.NotFound("no project lists a file " + filename));
    }
}
