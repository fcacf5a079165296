package io.cornucopia.storage;

import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that wait for a bucket, so that nobody else does: some for what is small, so that it does not wait for files that
 * come or go.
 *
 * @param documents for descriptions and the like
 * @param uploads for files on their way to the bucket
 * @param downloads for files on their way from it
 */
record BucketThreads(WorkerExecutor documents, WorkerExecutor uploads, WorkerExecutor downloads) {
    private static final int DOCUMENTS = 16;
    private static final int UPLOADS = 8;
    private static final int DOWNLOADS = 16;

    /** How many there are, and so how many connections at most. */
    static final int ALL = DOCUMENTS + UPLOADS + DOWNLOADS;

    /** How many of those for documents one question may take. */
    static final int SHARE = DOCUMENTS / 2;

    private static final long LONGEST_HOURS = 24;

    static BucketThreads of(Vertx vertx) {
        return new BucketThreads(
                vertx.createSharedWorkerExecutor("bucket-documents", DOCUMENTS),
                vertx.createSharedWorkerExecutor("bucket-uploads", UPLOADS, LONGEST_HOURS, TimeUnit.HOURS),
                vertx.createSharedWorkerExecutor("bucket-downloads", DOWNLOADS, LONGEST_HOURS, TimeUnit.HOURS));
    }
}
