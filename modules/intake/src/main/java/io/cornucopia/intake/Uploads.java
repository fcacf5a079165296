package io.cornucopia.intake;

import io.cornucopia.access.Permission;
import io.cornucopia.bus.Actor;
import io.cornucopia.bus.UploadAnswer;
import io.cornucopia.bus.UploadQuery;
import io.cornucopia.core.Digest;
import io.cornucopia.core.DistributionFilename;
import io.cornucopia.core.HashAlgorithm;
import io.cornucopia.core.OriginRules;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.ProjectStatus;
import io.cornucopia.core.UploadedFile;
import io.cornucopia.core.Version;
import io.cornucopia.storage.IncomingFile;
import io.cornucopia.storage.ProjectUploads;
import io.cornucopia.storage.UploadStore;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes uploads in: whether the uploader may, whether the form, the file's name and the file agree, whether the name is
 * free; and then stores it and tells of it. Used on one context.
 *
 * <p>What is cheap comes first, and nobody learns anything of a project that they may not upload to.
 */
final class Uploads {
    private static final Logger log = LoggerFactory.getLogger(Uploads.class);

    private final IntakeSettings settings;
    private final UploadStore store;
    private final WorkerExecutor inspectors;
    private final Announcements announcements;
    private final Records records;
    private final IntakeMeters meters;
    private final InstantSource clock;

    Uploads(
            IntakeSettings settings,
            UploadStore store,
            WorkerExecutor inspectors,
            Announcements announcements,
            Records records,
            IntakeMeters meters,
            InstantSource clock) {
        this.settings = settings;
        this.store = store;
        this.inspectors = inspectors;
        this.announcements = announcements;
        this.records = records;
        this.meters = meters;
        this.clock = clock;
    }

    /** Takes one in. Its content is published or discarded, whatever happens. */
    Future<UploadAnswer> answer(UploadQuery query) {
        Upload upload = new Upload(query);
        return Future.succeededFuture()
                .compose(begun -> upload.take())
                // Without effect on what was published.
                .eventually(() -> query.content()
                        .discard()
                        .onFailure(thrown -> log.error("cannot discard an upload", thrown))
                        .otherwiseEmpty())
                .transform(ended -> {
                    meters.ended(ended);
                    String project = upload.project.map(ProjectName::value).orElse("");
                    return records.write(query.actor(), "upload", project, query.filename(), ended);
                });
    }

    /** One upload on its way. */
    private final class Upload {
        private final UploadQuery query;
        private final Actor actor;
        private final IncomingFile.Received received;
        /** As soon as it is known. */
        private Optional<ProjectName> project = Optional.empty();

        Upload(UploadQuery query) {
            this.query = query;
            this.actor = query.actor();
            this.received = query.received();
        }

        Future<UploadAnswer> take() {
            UploadForm form = UploadForm.read(query.fields());
            UploadFilename filename = UploadFilename.read(query.filename());
            project = form.project().or(filename::project);
            if (project.isEmpty()) {
                // The file itself has to say whose it is.
                if (!actor.principal().may(Permission.UPLOAD)) {
                    throw Refusal.forbidden(
                            "The token \"" + actor.principal().name() + "\" may not upload to any project");
                }
                check(form, filename);
                return inspect(form, filename).compose(inspected -> {
                    project = Optional.of(inspected.inspection().metadata().project());
                    return admit().compose(uploads -> keep(form, filename, inspected, uploads));
                });
            }
            return admit().compose(uploads -> {
                check(form, filename);
                checkNames(form, filename.of(project.get()));
                Optional<UploadedFile> existing = existing(uploads);
                return existing.isPresent()
                        ? exists(existing.get())
                        : inspect(form, filename).compose(inspected -> keep(form, filename, inspected, uploads));
            });
        }

        /** Whether this actor may upload to this project, and anybody may. */
        private Future<ProjectUploads> admit() {
            ProjectName name = project.orElseThrow();
            if (!actor.principal().may(Permission.UPLOAD, name)) {
                throw Refusal.forbidden(
                        "The token \"" + actor.principal().name() + "\" may not upload to the project " + name);
            }
            settings.origins().pattern(name).ifPresent(pattern -> {
                if (settings.origins().of(name, true) == OriginRules.Origin.UPSTREAM) {
                    throw Refusal.forbidden("The project " + name + " is upstream's by the setting projects." + pattern
                            + ".origin: nothing can be uploaded to it");
                }
            });
            return store.read(name).map(uploads -> {
                checkStatus(name, uploads.status().orElse(ProjectStatus.ACTIVE));
                return uploads;
            });
        }

        private static void checkStatus(ProjectName name, ProjectStatus status) {
            switch (status.marker()) {
                case ARCHIVED ->
                    throw Refusal.forbidden("The project " + name + " is archived: nothing can be uploaded to it");
                case QUARANTINED ->
                    throw Refusal.quarantined("The project " + name + " is quarantined: nothing can be uploaded to it");
                case ACTIVE, DEPRECATED -> {}
            }
        }

        private void check(UploadForm form, UploadFilename filename) {
            form.checkFiletype(filename);
            if (received.length() == 0) {
                throw Refusal.invalid("The file " + Quoted.text(filename.text()) + " is empty");
            }
            form.digests().check(received);
        }

        private void checkNames(UploadForm form, DistributionFilename filename) {
            form.version().filter(said -> !said.equals(filename.version())).ifPresent(said -> {
                throw Refusal.invalid("The version " + said + " of the form is not that of the filename "
                        + Quoted.text(query.filename()) + ", which is " + filename.version());
            });
        }

        private Future<Inspected> inspect(UploadForm form, UploadFilename filename) {
            return inspectors.executeBlocking(
                    () -> {
                        try {
                            Inspection inspection =
                                    filename.inspect(query.content().path());
                            checkInside(filename, inspection);
                            return new Inspected(
                                    inspection,
                                    form.signature().map(Signature::checked),
                                    form.attestations()
                                            .map(json -> Attestations.read(
                                                    json,
                                                    filename,
                                                    inspection.metadata().project(),
                                                    received.sha256())));
                        } catch (BadArchiveException e) {
                            throw Refusal.invalid("Invalid distribution file " + Quoted.bare(filename.text()) + ": "
                                    + e.getMessage());
                        }
                    },
                    false);
        }

        /** Whether name, version and what is in the file are about the same. */
        private void checkInside(UploadFilename name, Inspection inspection) throws BadArchiveException {
            ProjectName inside = inspection.metadata().project();
            project.filter(said -> !said.equals(inside)).ifPresent(said -> {
                throw Refusal.invalid("The project " + said + " is not that of the metadata in "
                        + Quoted.bare(query.filename()) + ", which is " + inside);
            });
            DistributionFilename filename = name.of(inside);
            String version = inspection.metadata().version();
            if (!Version.parse(version).equals(Optional.of(filename.version()))) {
                throw new BadArchiveException(
                        "its filename says version " + filename.version() + ", its metadata " + Quoted.text(version));
            }
            if (!DistributionStem.names(inspection.stem(), filename)) {
                throw new BadArchiveException("what is in it is called " + Quoted.text(inspection.stem()) + ", not "
                        + filename.project() + "-" + filename.version());
            }
        }

        private Future<UploadAnswer> keep(
                UploadForm form, UploadFilename filename, Inspected inspected, ProjectUploads uploads) {
            checkNames(form, filename.of(project.orElseThrow()));
            Optional<UploadedFile> existing = existing(uploads);
            if (existing.isPresent()) {
                return exists(existing.get());
            }
            Companions beside =
                    inspected.companions(filename.type(), actor.principal().publisher());
            UploadedFile file = new UploadedFile(
                    project.orElseThrow(),
                    inspected.inspection().metadata().version(),
                    filename.text(),
                    received.length(),
                    List.of(digest(HashAlgorithm.SHA256, received.sha256()), digest(HashAlgorithm.MD5, received.md5())),
                    inspected.inspection().metadata().requiresPython(),
                    clock.instant().truncatedTo(ChronoUnit.MICROS),
                    Optional.empty(),
                    beside.coreMetadata(),
                    beside.hasSignature(),
                    beside.hasProvenance(),
                    actor.principal().name());
            return store.publish(query.content(), file, beside.contents()).compose(publication -> {
                if (publication instanceof UploadStore.Publication.Exists there) {
                    // What a node that died had not told of is told by whoever finished it.
                    return there.finished()
                            ? announcements
                                    .changed(there.existing().project())
                                    .compose(heard -> exists(there.existing()))
                            : exists(there.existing());
                }
                if (publication instanceof UploadStore.Publication.Burned) {
                    throw Refusal.conflict("The filename " + Quoted.text(file.filename())
                            + " belonged to a file that was deleted, and can never be used again: raise the version");
                }
                return announcements.changed(file.project()).map(heard -> new UploadAnswer(file, true));
            });
        }

        private Optional<UploadedFile> existing(ProjectUploads uploads) {
            return uploads.files().stream()
                    .filter(file -> file.filename().equals(query.filename()))
                    .findFirst();
        }

        private Future<UploadAnswer> exists(UploadedFile existing) {
            boolean identical = existing.sha256().hex().equals(received.sha256());
            if (identical && settings.identical() == IntakeSettings.Identical.ACCEPT) {
                // Whoever uploaded it may not have been answered yet: this one is, and then it must be listed.
                return announcements.changed(existing.project()).map(heard -> new UploadAnswer(existing, false));
            }
            log.info(
                    "{} was uploaded already, on {} by {}, {}",
                    existing.filename(),
                    existing.uploadTime(),
                    existing.uploader(),
                    identical ? "with the same bytes" : "with other bytes");
            // To the letter: uploaders skip a file by these words, and some look at nothing else (section G7).
            throw Refusal.conflict("File already exists");
        }

        private static Digest digest(HashAlgorithm algorithm, String hex) {
            return Digest.parse(algorithm, hex).orElseThrow();
        }
    }

    /** What was found in an upload, and what came with it. */
    private record Inspected(Inspection inspection, Optional<Buffer> signature, Optional<Attestations> attestations) {
        Inspected {
            Objects.requireNonNull(inspection, "inspection");
        }

        Companions companions(UploadFilename.Type type, Optional<Map<String, String>> publisher) {
            return Companions.of(type, inspection, signature, attestations, publisher);
        }
    }
}
