package io.cornucopia.metadata;

import io.cornucopia.bus.Failure;
import io.cornucopia.bus.FailureException;
import io.cornucopia.bus.ListedFile;
import io.cornucopia.bus.ListedFileQuery;
import io.cornucopia.bus.PageAnswer;
import io.cornucopia.core.DistributionFilename;
import io.cornucopia.core.OriginRules.Origin;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.ProjectStatus;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Finds the page that lists a file: by what pages taught, then by what the name says.
 *
 * <p>If the name may be read as that of a project which is ours alone, then only what was uploaded counts, whatever upstream's
 * pages list: no file of upstream's goes by such a name. An answer that was under way when news of a project came is made
 * anew.
 */
final class ListedFiles {
    private static final int READINGS = 4;

    private final Origins origins;
    private final OwnPages own;
    private final MirroredPages mirrored;
    private final FilenameExceptions exceptions;

    ListedFiles(Origins origins, OwnPages own, MirroredPages mirrored, FilenameExceptions exceptions) {
        this.origins = origins;
        this.own = own;
        this.mirrored = mirrored;
        this.exceptions = exceptions;
    }

    /** Answers a question from the bus. */
    Future<ListedFile> answer(ListedFileQuery query) {
        String filename = query.filename();
        if (!DistributionFilename.isSafe(filename)) {
            return Future.failedFuture(notListed(filename));
        }
        Set<ProjectName> readings = DistributionFilename.projects(filename);
        Set<ProjectName> concerned = new LinkedHashSet<>(readings);
        exceptions.project(filename).ifPresent(concerned::add);
        long before = own.changes(concerned);
        return origins.of(concerned)
                .compose(whose -> find(query, readings, concerned, whose))
                .compose(found ->
                        found.map(Future::succeededFuture).orElseGet(() -> Future.failedFuture(notListed(filename))))
                .transform(result -> own.changes(concerned) != before
                        ? answer(query)
                        : result.succeeded()
                                ? Future.succeededFuture(result.result())
                                : Future.failedFuture(result.cause()));
    }

    private Future<Optional<ListedFile>> find(
            ListedFileQuery query,
            Set<ProjectName> readings,
            Set<ProjectName> concerned,
            Map<ProjectName, Origin> whose) {
        String filename = query.filename();
        List<ProjectName> oursAlone = readings.stream()
                .filter(project -> whose.get(project) == Origin.PRIVATE)
                .toList();
        if (!oursAlone.isEmpty()) {
            return ours(filename, oursAlone);
        }
        List<ProjectName> shared = concerned.stream()
                .filter(project -> whose.get(project) == Origin.MERGED)
                .toList();
        // What pages taught may lead to a project that is ours alone by now.
        List<ProjectName> upstreams = candidates(filename).stream()
                .filter(project -> whose.get(project) != Origin.PRIVATE)
                .toList();
        return ours(filename, shared)
                .compose(found ->
                        found.isPresent() ? withUpstreamsStatus(found.get()) : upstreams(query, shared, upstreams));
    }

    /** The file, if it was uploaded to one of these projects. */
    private Future<Optional<ListedFile>> ours(String filename, List<ProjectName> projects) {
        Future<Optional<ListedFile>> result = Future.succeededFuture(Optional.empty());
        for (ProjectName project : projects) {
            result = result.compose(found -> found.isPresent() || !own.mayHave(project)
                    ? Future.succeededFuture(found)
                    : own.page(project)
                            .map(page -> page.file(filename)
                                    .map(file -> new ListedFile(
                                            project, page.page().status(), file, PageAnswer.Origin.OWN))));
        }
        return result;
    }

    /** On a shared page, upstream's status holds for our files as well, as long as none was set here. */
    private Future<Optional<ListedFile>> withUpstreamsStatus(ListedFile ours) {
        return own.page(ours.project())
                .compose(page -> page.status().isPresent()
                        ? Future.succeededFuture(Optional.of(ours))
                        : mirrored.ifHere(ours.project())
                                .map(theirs -> Optional.of(withStatus(
                                        ours,
                                        theirs.map(there -> there.page().status())
                                                .orElse(ours.status())))));
    }

    private Future<Optional<ListedFile>> upstreams(
            ListedFileQuery query, List<ProjectName> shared, List<ProjectName> candidates) {
        String filename = query.filename();
        List<Future<OwnPage>> pages = shared.stream().map(own::page).toList();
        return Future.all(pages).compose(read -> {
            boolean replaced = pages.stream().anyMatch(page -> page.result().replaces(filename));
            if (replaced) {
                return Future.succeededFuture(Optional.empty());
            }
            return mirrored(query, candidates)
                    .map(found -> found.map(listed -> pages.stream()
                            .map(Future::result)
                            .filter(page -> page.page().name().equals(listed.project()))
                            .flatMap(page -> page.status().stream())
                            .findFirst()
                            .map(status -> withStatus(listed, status))
                            .orElse(listed)));
        });
    }

    private Future<Optional<ListedFile>> mirrored(ListedFileQuery query, List<ProjectName> candidates) {
        String filename = query.filename();
        return switch (query.effort()) {
            case ANY_AGE ->
                first(filename, candidates, mirrored::ifHere)
                        .compose(found ->
                                found.isPresent() ? Future.succeededFuture(found) : search(filename, candidates));
            case ASK_AGAIN ->
                first(filename, candidates, mirrored::ifHere)
                        .compose(found -> first(
                                filename,
                                found.map(listed -> List.of(listed.project())).orElse(candidates),
                                mirrored::askAgain));
        };
    }

    // No page that is here lists it. Those that are not here are obtained first: that is what is missing most often.
    // Only then those that are here are asked for again, if they are older than the TTL: the file may be new.
    private Future<Optional<ListedFile>> search(String filename, List<ProjectName> candidates) {
        return first(filename, candidates, mirrored::ofAnyAge)
                .compose(
                        found -> found.isPresent()
                                ? Future.succeededFuture(found)
                                : first(filename, candidates, mirrored::fresh),
                        why -> first(filename, candidates, mirrored::fresh));
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

    private static ListedFile withStatus(ListedFile listed, ProjectStatus status) {
        return new ListedFile(listed.project(), status, listed.file(), listed.origin());
    }

    private List<ProjectName> candidates(String filename) {
        Set<ProjectName> candidates = new LinkedHashSet<>();
        exceptions.project(filename).ifPresent(candidates::add);
        DistributionFilename.candidates(filename).forEach(reading -> candidates.add(reading.project()));
        // Of an egg or an installer that is a guess; its page may have been read on another node only.
        DistributionFilename.projects(filename).stream().limit(READINGS).forEach(candidates::add);
        return List.copyOf(candidates);
    }

    private static FailureException notListed(String filename) {
        return new FailureException(new Failure.NotFound("no project lists a file " + filename));
    }
}
