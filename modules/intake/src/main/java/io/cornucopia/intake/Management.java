package io.cornucopia.intake;

import io.cornucopia.access.Permission;
import io.cornucopia.bus.Failure;
import io.cornucopia.bus.FailureException;
import io.cornucopia.bus.ManageAnswer;
import io.cornucopia.bus.ManageQuery;
import io.cornucopia.core.OriginRules;
import io.cornucopia.core.OriginRules.Origin;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.UploadedFile;
import io.cornucopia.core.Version;
import io.cornucopia.core.Yank;
import io.cornucopia.storage.UploadStore;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Does what whoever manages a project wants: yanks, deletes, sets its status. To be used on one context only. */
final class Management {
    private static final int MAX_REASON = 1_000;

    private final OriginRules origins;
    private final UploadStore store;
    private final News news;
    private final InTurn inTurn = new InTurn();

    Management(OriginRules origins, UploadStore store, News news) {
        this.origins = origins;
        this.store = store;
        this.news = news;
    }

    Future<ManageAnswer> act(ManageQuery query) {
        ProjectName project = query.project();
        if (!query.actor().principal().may(Permission.MANAGE, project)) {
            throw Refusal.forbidden("the token \"" + query.actor().principal().name() + "\" may not manage " + project);
        }
        return inTurn.run(
                project,
                () -> done(query)
                        // Also after it failed: some of it may have been done.
                        .eventually(() -> news.of(project)));
    }

    private Future<ManageAnswer> done(ManageQuery query) {
        if (query instanceof ManageQuery.SetYank yank) {
            yank.yank().map(Yank::reason).ifPresent(Management::checkReason);
            return each(yank.project(), yank.target(), file -> store.update(file.withYank(yank.yank())));
        }
        if (query instanceof ManageQuery.Delete delete) {
            return each(delete.project(), delete.target(), file -> store.delete(file.project(), file.filename()));
        }
        return setStatus((ManageQuery.SetStatus) query);
    }

    private Future<ManageAnswer> setStatus(ManageQuery.SetStatus query) {
        query.status().reason().ifPresent(Management::checkReason);
        ProjectName project = query.project();
        return store.read(project).compose(uploads -> {
            Optional<Origin> rule = origins.rule(project);
            if (rule.isPresent() && rule.get() == Origin.UPSTREAM) {
                throw Refusal.forbidden(project + " is upstream's, since projects."
                        + origins.pattern(project).orElseThrow() + ".origin is upstream; its status is set there");
            }
            if (rule.isEmpty() && !uploads.everUploaded()) {
                throw notFound("nothing was uploaded to " + project);
            }
            return store.setStatus(project, query.status()).map(set -> new ManageAnswer(List.of()));
        });
    }

    private Future<ManageAnswer> each(
            ProjectName project, ManageQuery.Target target, Function<UploadedFile, Future<Boolean>> act) {
        return store.read(project).compose(uploads -> {
            List<UploadedFile> files = uploads.files().stream()
                    .filter(file -> isMeant(target, file))
                    .toList();
            if (files.isEmpty()) {
                throw notFound(project + " has no uploaded " + shown(target));
            }
            Future<List<String>> all = Future.succeededFuture(new ArrayList<>());
            for (UploadedFile file : files) {
                all = all.compose(done -> act.apply(file).map(was -> {
                    if (was) {
                        done.add(file.filename());
                    }
                    return done;
                }));
            }
            return all.map(ManageAnswer::new);
        });
    }

    private static boolean isMeant(ManageQuery.Target target, UploadedFile file) {
        if (target instanceof ManageQuery.Target.File one) {
            return one.filename().equals(file.filename());
        }
        Optional<Version> wanted = Version.parse(((ManageQuery.Target.Release) target).version());
        return wanted.isPresent() && wanted.equals(Version.parse(file.version()));
    }

    private static String shown(ManageQuery.Target target) {
        return target instanceof ManageQuery.Target.File file
                ? "file " + ArchiveBounds.shown(file.filename())
                : "release " + ArchiveBounds.shown(((ManageQuery.Target.Release) target).version());
    }

    private static void checkReason(String reason) {
        if (reason.length() > MAX_REASON || reason.chars().anyMatch(Character::isISOControl)) {
            throw Refusal.invalid("a reason is one line of at most " + MAX_REASON + " characters");
        }
    }

    private static FailureException notFound(String message) {
        return new FailureException(new Failure.NotFound(message));
    }
}
