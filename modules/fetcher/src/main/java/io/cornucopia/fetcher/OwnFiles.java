package io.cornucopia.fetcher;

import io.cornucopia.bus.Failure;
import io.cornucopia.bus.FailureException;
import io.cornucopia.bus.FileAnswer;
import io.cornucopia.bus.FileQuery.Part;
import io.cornucopia.bus.ListedFile;
import io.cornucopia.core.CoreMetadata;
import io.cornucopia.core.Digest;
import io.cornucopia.core.DistributionFile;
import io.cornucopia.storage.FileHandle;
import io.cornucopia.storage.GrowingFile;
import io.cornucopia.storage.OpenFiles;
import io.cornucopia.storage.StoredFile;
import io.cornucopia.storage.UploadStore;
import io.vertx.core.Future;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Files that were uploaded here: by their store of uploads alone, never from what is cached of upstream and never from upstream. */
final class OwnFiles {
    private static final Logger LOG = LoggerFactory.getLogger(OwnFiles.class);

    private final UploadStore uploads;
    private final OpenFiles openFiles;

    OwnFiles(UploadStore uploads, OpenFiles openFiles) {
        this.uploads = uploads;
        this.openFiles = openFiles;
    }

    /**
     * The bytes, with a reference for the caller; empty if they are not there although the page says so.
     *
     * @param since what {@link OpenFiles#forgotten()} was before the page was asked
     * @return fails with {@link FailureException}: not found if the page does not offer that part, internal if the store cannot
     *     be read or has other bytes than the page promises
     */
    Future<Optional<FileAnswer>> open(ListedFile listed, Part part, long since) {
        String name = listed.file().filename() + part.suffix();
        if (!isOffered(listed.file(), part)) {
            return Future.failedFuture(
                    new FailureException(new Failure.NotFound(name + " is not offered: it was not uploaded")));
        }
        return stored(listed, part)
                .transform(opened -> {
                    if (opened.failed()) {
                        LOG.error("{} of {} cannot be read", name, listed.project(), opened.cause());
                        return failed(name + ", which was uploaded to " + listed.project() + ", cannot be read: "
                                + opened.cause().getMessage());
                    }
                    return Future.succeededFuture(opened.result());
                })
                .compose(found -> found.isEmpty()
                        ? Future.succeededFuture(Optional.empty())
                        : checked(listed, part, name, found.get(), since));
    }

    private Future<Optional<FileAnswer>> checked(
            ListedFile listed, Part part, String name, FileHandle file, long since) {
        Optional<Digest> promised = promised(listed.file(), part);
        if (promised.isPresent() && !promised.equals(sha256(file))) {
            file.close();
            LOG.error("{} of {} is not what its description says", name, listed.project());
            return failed(name + ", as it lies in the store of uploads, is not what its description says");
        }
        if (file instanceof StoredFile whole && file.filename().equals(name)) {
            openFiles.put(listed.project(), whole, since, lastUsed -> {});
        }
        return Future.succeededFuture(Optional.of(new FileAnswer.Bytes(listed.project(), file)));
    }

    /** Of one that is arriving, what its store holds it to. */
    private static Optional<Digest> sha256(FileHandle file) {
        if (file instanceof StoredFile whole) {
            return whole.sha256();
        }
        return ((GrowingFile) file).facts().sha256();
    }

    private Future<Optional<FileHandle>> stored(ListedFile listed, Part part) {
        String filename = listed.file().filename();
        return part.companion()
                .map(beside -> uploads.open(listed.project(), filename, beside))
                .orElseGet(() -> uploads.open(listed.project(), filename));
    }

    private static boolean isOffered(DistributionFile file, Part part) {
        return switch (part) {
            case FILE -> true;
            case CORE_METADATA -> file.coreMetadata().isPresent();
            case SIGNATURE -> file.gpgSignature().orElse(false);
            case PROVENANCE -> file.provenance().isPresent();
        };
    }

    private static Optional<Digest> promised(DistributionFile file, Part part) {
        return switch (part) {
            case FILE -> file.sha256();
            case CORE_METADATA -> file.coreMetadata().flatMap(CoreMetadata::digest);
            case SIGNATURE, PROVENANCE -> Optional.empty();
        };
    }

    private static <T> Future<T> failed(String why) {
        return Future.failedFuture(new FailureException(new Failure.Internal(why)));
    }
}
