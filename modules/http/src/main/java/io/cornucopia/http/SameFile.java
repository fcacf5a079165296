package io.cornucopia.http;

import io.cornucopia.core.Digest;
import io.cornucopia.storage.OpenFiles;
import io.cornucopia.storage.StoredFile;
import java.time.Instant;
import java.util.Optional;

/**
 * Part of a file, for as long as the same file lies open.
 *
 * @param openFiles where it lies open
 * @param meters what counts that it was at hand
 * @param filename its name
 * @param sha256 what its bytes hash to
 * @param lastModified what the answer says of that
 * @param from the first byte
 * @param length how many bytes
 */
record SameFile(
        OpenFiles openFiles,
        RequestMeters meters,
        String filename,
        Optional<Digest> sha256,
        Instant lastModified,
        long from,
        long length)
        implements Repeatable {
    private static final long FOR_EVER = -1;

    /** What {@code plan} says of {@code file}, if that can be said again. */
    static Optional<Repeatable> of(OpenFiles openFiles, RequestMeters meters, StoredFile file, FilePlan plan) {
        if (plan instanceof FilePlan.Unsatisfiable) {
            return Optional.empty();
        }
        long from = plan instanceof FilePlan.Part part ? part.from() : 0;
        long length = plan instanceof FilePlan.Part part
                ? part.to() - part.from()
                : plan instanceof FilePlan.Whole ? file.size() : 0;
        return Optional.of(
                new SameFile(openFiles, meters, file.filename(), file.sha256(), file.lastModified(), from, length));
    }

    @Override
    public Optional<Again> again() {
        Optional<StoredFile> open = openFiles.get(filename);
        if (open.isEmpty()) {
            return Optional.empty();
        }
        if (!open.get().sha256().equals(sha256) || !open.get().lastModified().equals(lastModified)) {
            open.get().close();
            return Optional.empty();
        }
        meters.file(true);
        return Optional.of(new Again.Bytes(open.get(), from, length, FOR_EVER));
    }
}
