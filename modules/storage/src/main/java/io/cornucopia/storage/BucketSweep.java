package io.cornucopia.storage;

import io.cornucopia.core.MalformedPageException;
import io.cornucopia.core.UploadDocument;
import io.cornucopia.core.UploadPlace;
import io.cornucopia.core.UploadedFile;
import io.cornucopia.storage.Bucket.Document;
import io.cornucopia.storage.Bucket.Listed;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes from a bucket what is of no use: the bytes of uploads that came to nothing, and of files that were deleted. What is on
 * its way has a note below {@code incoming/}; those that are old are looked through, and nothing else is. Thread-safe;
 * everything blocks.
 */
final class BucketSweep {
    /** How old a note is before it counts as left behind; no upload takes as long, and no clock goes as wrong. */
    static final Duration AGE = Duration.ofHours(24);

    /** In bytes. S3 takes no smaller parts, so that a file that is not larger never went in any. */
    private static final long SMALLEST_PART = 5L << 20;

    private static final Logger LOG = LoggerFactory.getLogger(BucketSweep.class);

    private final Bucket bucket;
    private final BucketPaths paths;
    private final BucketContents contents;

    BucketSweep(Bucket bucket, BucketPaths paths, BucketContents contents) {
        this.bucket = bucket;
        this.paths = paths;
        this.contents = contents;
    }

    /**
     * Looks through the notes.
     *
     * @param before those that were written before this
     */
    void run(Instant before) throws IOException {
        List<String> old = new ArrayList<>();
        bucket.list(paths.incoming(), (Listed note) -> {
            if (note.modified().isBefore(before)) {
                old.add(note.key());
            }
        });
        for (String note : old) {
            finish(note);
        }
    }

    private void finish(String note) throws IOException {
        Optional<Document> found = bucket.get(note);
        if (found.isEmpty()) {
            return;
        }
        try {
            UploadDocument document = UploadDocument.read(found.get().input());
            if (document.place().isPresent() && !isNeeded(document)) {
                LOG.info(
                        "{}: removing what a process left of it when it died",
                        document.file().filename());
                removeBytes(document);
            }
        } catch (MalformedPageException e) {
            LOG.warn("{}: is no note of an upload, and is removed: {}", note, e.getMessage());
        }
        bucket.delete(note);
    }

    /** Whether these bytes are those of a file that is there. */
    private boolean isNeeded(UploadDocument document) throws IOException {
        UploadedFile file = document.file();
        return contents.live(file.project(), file.filename())
                .flatMap(described -> described.document().place())
                .map(UploadPlace::id)
                .equals(document.place().map(UploadPlace::id));
    }

    /** Removes what an upload brought, and then its note. */
    void remove(String id, UploadDocument document) throws IOException {
        removeBytes(document);
        bucket.delete(paths.incoming(id));
    }

    private void removeBytes(UploadDocument document) throws IOException {
        UploadPlace place = document.place().orElseThrow();
        for (Companion companion : Companion.values()) {
            if (place.beside().containsKey(companion.suffix())) {
                bucket.delete(paths.beside(document, companion));
            }
        }
        bucket.delete(paths.file(document));
        if (document.file().size() > SMALLEST_PART) {
            bucket.abortParts(paths.upload(document.file().project(), place));
        }
    }

    /** The same, for whoever has something else to tell: what stays is swept later. */
    void removeQuietly(String id, UploadDocument document) {
        try {
            remove(id, document);
        } catch (IOException e) {
            LOG.warn("{}: what came of it stays for now: {}", document.file().filename(), e.getMessage());
        }
    }

    /**
     * Removes what an upload has brought that failed. Its note stays: what is under way to the bucket may come there still, and
     * is swept then.
     */
    void removeBytesQuietly(UploadDocument document) {
        try {
            removeBytes(document);
        } catch (IOException e) {
            LOG.warn("{}: what came of it stays for now: {}", document.file().filename(), e.getMessage());
        }
    }

    /** Removes the note of something that has come to its end. */
    void forgetQuietly(String id) {
        try {
            bucket.delete(paths.incoming(id));
        } catch (IOException e) {
            LOG.warn("{}: stays for now: {}", paths.incoming(id), e.getMessage());
        }
    }
}
