package io.cornucopia.intake;

import io.cornucopia.access.Permission;
import io.cornucopia.bus.ManageAnswer;
import io.cornucopia.bus.ManageQuery;
import io.cornucopia.core.OriginRules;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.UploadedFile;
import io.cornucopia.core.Version;
import io.cornucopia.core.Yank;
import io.cornucopia.storage.ProjectUploads;
import io.cornucopia.storage.UploadStore;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** Changes what was uploaded: yanks, deletes, sets a status. Of one project, one act at a time. Used on one context. */
final class Management {
    private static final int MAX_REASON = 1_000;

    private final OriginRules origins;
    private final UploadStore store;
    private final Announcements announcements;
    private final Records records;
    /** The act of each project that began last, as long as it is under way. */
    private final Map<ProjectName, Future<?>> latest = new HashMap<>();

    Management(OriginRules origins, UploadStore store, Announcements announcements, Records records) {
        this.origins = origins;
        this.store = store;
        this.announcements = announcements;
        this.records = records;
    }

    /** Carries out one act, after those of the same project that came before. */
    Future<ManageAnswer> answer(ManageQuery query) {
        return oneAtATime(query.project(), () -> act(query))
                .transform(ended -> records.write(
                        query.actor(), action(query), query.project().value(), subject(query), ended));
    }

    private Future<ManageAnswer> oneAtATime(ProjectName project, Supplier<Future<ManageAnswer>> act) {
        Future<?> before = latest.getOrDefault(project, Future.succeededFuture());
        Future<ManageAnswer> mine = before.transform(ended -> act.get());
        latest.put(project, mine);
        return mine.onComplete(ended -> latest.remove(project, mine));
    }

    private Future<ManageAnswer> act(ManageQuery query) {
        if (!query.actor().principal().may(Permission.MANAGE, query.project())) {
            throw Refusal.forbidden("The token \"" + query.actor().principal().name() + "\" may not manage the project "
                    + query.project());
        }
        if (query instanceof ManageQuery.SetYank act) {
            act.yank().map(Yank::reason).ifPresent(Management::checkReason);
            return each(act.project(), act.target(), file -> store.update(file.withYank(act.yank())));
        }
        if (query instanceof ManageQuery.Delete act) {
            return each(act.project(), act.target(), file -> store.delete(file.project(), file.filename()));
        }
        ManageQuery.SetStatus act = (ManageQuery.SetStatus) query;
        act.status().reason().ifPresent(Management::checkReason);
        return setStatus(act);
    }

    private Future<ManageAnswer> setStatus(ManageQuery.SetStatus act) {
        ProjectName project = act.project();
        Optional<OriginRules.Origin> rule = origins.rule(project);
        if (rule.filter(OriginRules.Origin.UPSTREAM::equals).isPresent()) {
            throw Refusal.conflict("The project " + project + " is upstream's by the setting projects."
                    + origins.pattern(project).orElseThrow() + ".origin: its status is not ours to set");
        }
        return store.read(project)
                .compose(uploads -> {
                    if (!uploads.everUploaded() && rule.isEmpty()) {
                        throw Refusal.notFound("Nothing was ever uploaded to the project " + project
                                + ", and no setting projects.<pattern>.origin makes it ours");
                    }
                    return store.setStatus(project, act.status());
                })
                .compose(set -> announcements.changed(project))
                .map(heard -> new ManageAnswer(List.of()));
    }

    /** Changes every file that is meant, one after the other, and tells of it even if that broke off. */
    private Future<ManageAnswer> each(
            ProjectName project, ManageQuery.Target target, Function<UploadedFile, Future<Boolean>> change) {
        return store.read(project).compose(uploads -> {
            List<String> changed = new ArrayList<>();
            Future<Void> all = Future.succeededFuture();
            for (UploadedFile file : meant(uploads, target)) {
                all = all.compose(before -> change.apply(file)).map(done -> {
                    if (done) {
                        changed.add(file.filename());
                    }
                    return null;
                });
            }
            return all.eventually(() -> announcements.changed(project)).map(done -> {
                if (changed.isEmpty()) {
                    throw Refusal.notFound("It was deleted from the project " + project + " meanwhile");
                }
                return new ManageAnswer(changed);
            });
        });
    }

    private static List<UploadedFile> meant(ProjectUploads uploads, ManageQuery.Target target) {
        List<UploadedFile> files;
        String what;
        if (target instanceof ManageQuery.Target.Release release) {
            Version version = Version.parse(release.version())
                    .orElseThrow(() -> Refusal.invalid(
                            "Invalid version " + Quoted.text(release.version()) + ": not a PEP 440 version"));
            what = "file of the release " + version;
            files = uploads.files().stream()
                    .filter(file -> Version.parse(file.version())
                            .filter(version::equals)
                            .isPresent())
                    .toList();
        } else {
            String filename = ((ManageQuery.Target.File) target).filename();
            what = "file " + Quoted.text(filename);
            files = uploads.files().stream()
                    .filter(file -> file.filename().equals(filename))
                    .toList();
        }
        if (files.isEmpty()) {
            throw Refusal.notFound("The project " + uploads.project() + " has no " + what + " that was uploaded here");
        }
        return files;
    }

    private static void checkReason(String reason) {
        if (reason.length() > MAX_REASON || reason.chars().anyMatch(Character::isISOControl)) {
            throw Refusal.invalid("Invalid reason " + Quoted.text(reason) + ": a reason is one line of at most "
                    + MAX_REASON + " characters, without control characters");
        }
    }

    private static String action(ManageQuery query) {
        if (query instanceof ManageQuery.SetYank act) {
            return act.yank().isPresent() ? "yank" : "unyank";
        }
        return query instanceof ManageQuery.Delete ? "delete" : "status";
    }

    private static String subject(ManageQuery query) {
        if (query instanceof ManageQuery.SetYank act) {
            return subject(act.target());
        }
        return query instanceof ManageQuery.Delete act
                ? subject(act.target())
                : ((ManageQuery.SetStatus) query).status().marker().wireName();
    }

    private static String subject(ManageQuery.Target target) {
        return target instanceof ManageQuery.Target.Release release
                ? release.version()
                : ((ManageQuery.Target.File) target).filename();
    }
}
