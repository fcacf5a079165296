package io.cornucopia.storage;

import io.cornucopia.core.Digest;
import io.cornucopia.core.UploadDocument;
import io.cornucopia.core.UploadPlace;
import io.cornucopia.core.UploadedFile;
import io.cornucopia.storage.UploadStore.Publication;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a file comes into a bucket. A note of what is about to be goes first, then the bytes and what lies beside them, under the
 * id of this upload that nobody else has. Last, the description is made, which the bucket does for one only: this decides who
 * has the filename, on all machines alike, also when they do not see one another. Then the note goes. Whoever dies before the
 * description is there leaves a note by which {@link BucketSweep} removes the rest. Thread-safe; everything blocks.
 */
final class BucketPublishing {
    /** An upload that takes longer is given up, since what is older than {@link BucketSweep#AGE} is swept. */
    private static final Duration LONGEST = Duration.ofHours(6);

    private static final int ATTEMPTS = 3;
    private static final Logger LOG = LoggerFactory.getLogger(BucketPublishing.class);

    private final Bucket bucket;
    private final BucketPaths paths;
    private final BucketContents contents;
    private final BucketSweep sweep;

    BucketPublishing(Bucket bucket, BucketPaths paths, BucketContents contents, BucketSweep sweep) {
        this.bucket = bucket;
        this.paths = paths;
        this.contents = contents;
        this.sweep = sweep;
    }

    /** What {@link UploadStore#publish} says. */
    Publication publish(SpooledUpload upload, UploadedFile file, Map<Companion, Buffer> beside) throws IOException {
        IncomingFile.Received received = upload.received();
        Stage stage = upload.take();
        try {
            Fit.check(received, file, beside);
            upload.close();
            Optional<BucketContents.Described> earlier = contents.description(file.project(), file.filename());
            if (earlier.isPresent()) {
                return lostTo(earlier.get().document());
            }
            return send(new FileSection(stage.bytes(), 0, received.length()), file, beside);
        } finally {
            try {
                upload.close();
            } finally {
                stage.remove();
            }
        }
    }

    private Publication send(FileSection bytes, UploadedFile file, Map<Companion, Buffer> beside) throws IOException {
        String id = UUID.randomUUID().toString();
        Map<String, Digest> digests = new HashMap<>();
        beside.forEach(
                (companion, content) -> digests.put(companion.suffix(), FileVerification.sha256(content.getBytes())));
        UploadDocument document = UploadDocument.of(file, new UploadPlace(id, digests));
        Instant begin = Instant.now();
        bucket.put(paths.incoming(id), document.write());
        try {
            for (Map.Entry<Companion, Buffer> one : beside.entrySet()) {
                bucket.put(paths.beside(document, one.getKey()), one.getValue().getBytes());
            }
            bucket.putFile(paths.file(document), bytes);
            if (Duration.between(begin, Instant.now()).compareTo(LONGEST) > 0) {
                throw new IOException(file.filename() + ": took longer than " + LONGEST.toHours()
                        + " h on its way into the bucket, and is given up; send it again");
            }
        } catch (IOException | RuntimeException e) {
            // Nothing is decided yet, and nobody knows of it.
            sweep.removeBytesQuietly(document);
            throw e;
        }
        Publication publication = decide(document);
        if (publication instanceof Publication.Done) {
            sweep.forgetQuietly(id);
        } else {
            sweep.removeQuietly(id, document);
        }
        return publication;
    }

    /** Fails if it cannot be said who has the name: then nothing is removed, since it may be this one yet. */
    private Publication decide(UploadDocument document) throws IOException {
        UploadedFile file = document.file();
        String key = paths.description(file.project(), file.filename());
        byte[] bytes = document.write();
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            BucketException lost = null;
            try {
                if (bucket.create(key, bytes)) {
                    return new Publication.Done();
                }
            } catch (BucketException e) {
                lost = e;
            }
            // Its answer may have been lost, and then it is here itself.
            Optional<UploadDocument> winner = winner(file, lost);
            if (winner.isPresent()) {
                return isOf(winner.get(), document) ? new Publication.Done() : lostTo(winner.get());
            }
            if (lost != null) {
                throw lost;
            }
        }
        throw new IOException(key + " cannot be made, although it is not there");
    }

    private Optional<UploadDocument> winner(UploadedFile file, BucketException lost) throws IOException {
        try {
            return contents.description(file.project(), file.filename()).map(BucketContents.Described::document);
        } catch (IOException e) {
            if (lost == null) {
                throw e;
            }
            lost.addSuppressed(e);
            LOG.error(
                    "{}: whether its upload has happened cannot be said, since the bucket does not answer; who sends it"
                            + " again is told",
                    file.filename());
            throw lost;
        }
    }

    private static boolean isOf(UploadDocument one, UploadDocument other) {
        return one.place().map(UploadPlace::id).equals(other.place().map(UploadPlace::id));
    }

    private Publication lostTo(UploadDocument earlier) throws IOException {
        UploadedFile file = earlier.file();
        return contents.isBuried(file.project(), file.filename())
                ? new Publication.Burned()
                : new Publication.Exists(file);
    }
}
