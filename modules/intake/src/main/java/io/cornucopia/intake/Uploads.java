package io.cornucopia.intake;

import io.cornucopia.access.Permission;
import io.cornucopia.bus.Failure;
import io.cornucopia.bus.FailureException;
import io.cornucopia.bus.UploadAnswer;
import io.cornucopia.bus.UploadQuery;
import io.cornucopia.core.Digest;
import io.cornucopia.core.DistributionFilename;
import io.cornucopia.core.HashAlgorithm;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.ProjectStatus;
import io.cornucopia.core.UploadedFile;
import io.cornucopia.storage.Companion;
import io.cornucopia.storage.IncomingFile.Received;
import io.cornucopia.storage.ProjectUploads;
import io.cornucopia.storage.UploadStore;
import io.cornucopia.storage.UploadStore.Publication;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes uploads: what may be and is what it claims is published, and listed before it is answered. */
final class Uploads {
    /** As clients that can skip files know it. */
    static final String EXISTS = "File already exists";

    private static final String SIGNATURE_BEGINS = "-----BEGIN PGP SIGNATURE-----";
    private static final Logger LOG = LoggerFactory.getLogger(Uploads.class);

    private final IntakeSettings settings;
    private final UploadStore store;
    private final WorkerExecutor checks;
    private final News news;
    private final InstantSource clock;

    /** @param checks where archives are read: workers of their own, so that nobody else waits for them */
    Uploads(IntakeSettings settings, UploadStore store, WorkerExecutor checks, News news, InstantSource clock) {
        this.settings = settings;
        this.store = store;
        this.checks = checks;
        this.news = news;
        this.clock = clock;
    }

    /** Takes one; its content is gone afterwards, or published. */
    Future<UploadAnswer> take(UploadQuery query) {
        Future<UploadAnswer> taken;
        try {
            taken = check(query);
        } catch (RuntimeException e) {
            taken = Future.failedFuture(e);
        }
        // Without effect if it was published.
        return taken.eventually(() -> query.content().discard().otherwiseEmpty());
    }

    private Future<UploadAnswer> check(UploadQuery query) {
        Received received = query.received();
        String name = query.filename();
        if (received.length() == 0) {
            throw Refusal.invalid("the file " + ArchiveBounds.shown(name) + " is empty");
        }
        CheckedUpload.checkFilename(name);
        UploadForm form = UploadForm.of(query.fields());
        form.checkDigests(received);
        form.signature()
                .filter(signature -> !signature.startsWith(SIGNATURE_BEGINS))
                .ifPresent(signature -> {
                    throw Refusal.invalid("gpg_signature: it does not begin with " + SIGNATURE_BEGINS);
                });
        if (form.project().isPresent()) {
            return checkRelease(
                    query, form, CheckedUpload.reading(name, form.project().get(), form.version()));
        }
        // The first reading whose release the file itself confirms.
        Future<UploadAnswer> answer = Future.failedFuture(
                Refusal.invalid("the filename \"" + name + "\" is not that of a file of any project"));
        boolean first = true;
        for (DistributionFilename reading : DistributionFilename.candidates(name)) {
            answer = first
                    ? checkRelease(query, form, reading)
                    : answer.recover(why -> FailureException.of(why) instanceof Failure.Invalid
                            ? checkRelease(query, form, reading)
                            : Future.failedFuture(why));
            first = false;
        }
        return answer;
    }

    private Future<UploadAnswer> checkRelease(UploadQuery query, UploadForm form, DistributionFilename filename) {
        return mayUpload(query, filename.project()).compose(before -> {
            Optional<UploadedFile> existing = before.files().stream()
                    .filter(file -> file.filename().equals(query.filename()))
                    .findFirst();
            return existing.isPresent()
                    ? exists(existing.get(), query.received())
                    : checks.executeBlocking(
                                    () -> CheckedUpload.of(
                                            query.filename(),
                                            filename,
                                            form.filetype(),
                                            query.content().path()),
                                    false)
                            .compose(checked -> publish(query, form, checked));
        });
    }

    private Future<ProjectUploads> mayUpload(UploadQuery query, ProjectName project) {
        if (!query.actor().principal().may(Permission.UPLOAD, project)) {
            throw Refusal.forbidden(
                    "the token \"" + query.actor().principal().name() + "\" may not upload to " + project);
        }
        return store.read(project).map(uploads -> {
            switch (settings.origins().of(project, uploads.everUploaded())) {
                case UPSTREAM -> {
                    settings.origins().pattern(project).ifPresent(pattern -> {
                        throw Refusal.forbidden(project + " is upstream's, since projects." + pattern
                                + ".origin is upstream; nothing can be uploaded to it");
                    });
                }
                case PRIVATE, MERGED -> {
                    // Ours, at least in part.
                }
            }
            ProjectStatus status = uploads.status().orElse(ProjectStatus.ACTIVE);
            switch (status.marker()) {
                case ARCHIVED, QUARANTINED ->
                    throw Refusal.forbidden(project + " is " + status.marker().wireName()
                            + status.reason().map(reason -> " (" + reason + ")").orElse("")
                            + "; nothing can be uploaded to it");
                case ACTIVE, DEPRECATED -> {
                    // Open.
                }
            }
            return uploads;
        });
    }

    private Future<UploadAnswer> publish(UploadQuery query, UploadForm form, CheckedUpload checked) {
        Map<Companion, Buffer> beside = new EnumMap<>(Companion.class);
        checked.coreMetadata().ifPresent(bytes -> beside.put(Companion.CORE_METADATA, Buffer.buffer(bytes)));
        form.signature()
                .ifPresent(text ->
                        beside.put(Companion.SIGNATURE, Buffer.buffer((text + '\n').getBytes(StandardCharsets.UTF_8))));
        form.attestations().ifPresent(json -> {
            Attestations attestations = Attestations.of(json, query.filename(), query.received());
            beside.put(Companion.ATTESTATIONS, attestations.document());
            query.actor()
                    .principal()
                    .publisher()
                    .ifPresent(publisher -> beside.put(Companion.PROVENANCE, attestations.provenance(publisher)));
        });
        UploadedFile file = new UploadedFile(
                checked.filename().project(),
                checked.version(),
                query.filename(),
                query.received().length(),
                List.of(
                        new Digest(HashAlgorithm.SHA256, query.received().sha256()),
                        new Digest(HashAlgorithm.MD5, query.received().md5())),
                checked.requiresPython(),
                clock.instant().truncatedTo(ChronoUnit.MICROS),
                Optional.empty(),
                checked.coreMetadataDigest(),
                beside.containsKey(Companion.SIGNATURE),
                beside.containsKey(Companion.PROVENANCE),
                query.actor().principal().name());
        return store.publish(query.content(), file, beside).compose(publication -> {
            if (publication instanceof Publication.Exists exists) {
                return exists(exists.existing(), query.received());
            }
            if (publication instanceof Publication.Burned) {
                return Future.failedFuture(
                        new FailureException(
                                new Failure.Conflict(
                                        "The filename " + file.filename()
                                                + " was used by a file that was deleted, and can never be used again; upload another version")));
            }
            LOG.info("{} was uploaded with the token {}", file.filename(), file.uploader());
            return news.of(file.project()).map(heard -> new UploadAnswer(file, true));
        });
    }

    private Future<UploadAnswer> exists(UploadedFile existing, Received received) {
        boolean same = existing.sha256().hex().equals(received.sha256());
        if (!same || settings.identical() == IntakeSettings.Identical.CONFLICT) {
            return Future.failedFuture(new FailureException(new Failure.Conflict(EXISTS)));
        }
        // Whoever uploaded it may not have been answered yet; this one is, and then it must be listed.
        return news.of(existing.project()).map(heard -> new UploadAnswer(existing, false));
    }
}
