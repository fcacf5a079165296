package io.cornucopia.storage;

import io.cornucopia.core.ProjectName;
import io.cornucopia.core.ProjectStatus;
import io.cornucopia.core.StatusDocument;
import io.cornucopia.core.UploadDocument;
import io.cornucopia.core.UploadedFile;
import io.cornucopia.storage.Bucket.Document;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;

/**
 * What is done to files in a bucket, and to projects. A deletion makes a tombstone beside the description, which as the
 * description itself is made once: whatever is written over the description by a yank that came late, the file stays deleted.
 * Thread-safe; everything blocks.
 */
final class BucketChanges {
    private static final int ATTEMPTS = 20;

    private final Bucket bucket;
    private final BucketPaths paths;
    private final BucketContents contents;
    private final BucketSweep sweep;

    BucketChanges(Bucket bucket, BucketPaths paths, BucketContents contents, BucketSweep sweep) {
        this.bucket = bucket;
        this.paths = paths;
        this.contents = contents;
        this.sweep = sweep;
    }

    /** What {@link UploadStore#update} says. */
    boolean update(UploadedFile changed) throws IOException {
        String key = paths.description(changed.project(), changed.filename());
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Optional<BucketContents.Described> described = contents.live(changed.project(), changed.filename());
            if (described.isEmpty()) {
                return false;
            }
            UploadDocument document = described.get().document();
            Fit.checkChange(document.file(), changed);
            byte[] bytes = new UploadDocument(changed, Optional.empty(), document.place()).write();
            if (bucket.replace(key, bytes, described.get().tag())) {
                return true;
            }
            Bucket.pause(attempt);
        }
        throw busy(changed.filename());
    }

    /** What {@link UploadStore#setStatus} says. */
    void setStatus(ProjectName project, ProjectStatus status) throws IOException {
        byte[] bytes = StatusDocument.write(status);
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Optional<Document> here = contents.statusDocument(project);
            boolean written = here.isPresent()
                    ? bucket.replace(paths.status(project), bytes, here.get().tag())
                    : bucket.create(paths.status(project), bytes);
            if (written) {
                return;
            }
            Bucket.pause(attempt);
        }
        throw busy("the status of " + project);
    }

    private static IOException busy(String what) {
        return new IOException(what + " was changed by others " + ATTEMPTS + " times in a moment; try again");
    }

    /** What {@link UploadStore#delete} says. */
    boolean delete(ProjectName project, String filename, Instant now) throws IOException {
        Optional<BucketContents.Described> described = contents.live(project, filename);
        if (described.isEmpty()) {
            return false;
        }
        UploadDocument document = described.get().document();
        UploadDocument tombstone = new UploadDocument(document.file(), Optional.of(now), document.place());
        byte[] bytes = tombstone.write();
        String id = UUID.randomUUID().toString();
        bucket.put(paths.incoming(id), bytes);
        boolean ours = bury(paths.tombstone(project, filename), bytes);
        if (ours) {
            sweep.remove(id, tombstone);
        } else {
            sweep.forgetQuietly(id);
        }
        return ours;
    }

    /** Whether it was deleted by this. */
    private boolean bury(String key, byte[] bytes) throws IOException {
        BucketException lost = null;
        try {
            if (bucket.create(key, bytes)) {
                return true;
            }
        } catch (BucketException e) {
            lost = e;
        }
        Optional<Document> here = bucket.get(key);
        if (here.isEmpty() && lost != null) {
            throw lost;
        }
        return here.isPresent() && Arrays.equals(here.get().bytes(), bytes);
    }
}
