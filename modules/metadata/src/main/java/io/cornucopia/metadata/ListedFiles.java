package io.cornucopia.metadata;

import io.cornucopia.bus.Failure;
import io.cornucopia.bus.FailureException;
import io.cornucopia.bus.ListedFile;
import io.cornucopia.bus.ListedFileQuery;
import io.cornucopia.bus.PageAnswer;
import io.cornucopia.core.DistributionFilename;
import io.cornucopia.core.ProjectName;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Finds the page that lists a file: by what pages taught, then by what the name says. */
final class ListedFiles {
    private final Pages pages;
    private final FilenameExceptions exceptions;

    ListedFiles(Pages pages, FilenameExceptions exceptions) {
        this.pages = pages;
        this.exceptions = exceptions;
    }

    /** Answers a question from the bus. */
    Future<ListedFile> answer(ListedFileQuery query) {
        String filename = query.filename();
        if (!DistributionFilename.isSafe(filename)) {
            return Future.failedFuture(notListed(filename));
        }
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

    private List<ProjectName> candidates(String filename) {
        Set<ProjectName> candidates = new LinkedHashSet<>();
        exceptions.project(filename).ifPresent(candidates::add);
        DistributionFilename.candidates(filename).forEach(reading -> candidates.add(reading.project()));
        return List.copyOf(candidates);
    }

    private static Future<ListedFile> orNotListed(String filename, Optional<ListedFile> found) {
        return found.map(Future::succeededFuture).orElseGet(() -> Future.failedFuture(notListed(filename)));
    }

    private static FailureException notListed(String filename) {
        return new FailureException(new Failure.NotFound("no project lists a file " + filename));
    }
}
