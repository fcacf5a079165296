package io.cornucopia.storage;

import java.util.UUID;

/**
 * Tries at the start whether a bucket is there, may be used, and refuses to make what is there already: one that makes it anew
 * would lose uploads, and not say so. Blocks.
 */
final class BucketProbe {
    private final BucketSettings settings;
    private final Bucket bucket;
    private final BucketPaths paths;

    BucketProbe(BucketSettings settings, Bucket bucket, BucketPaths paths) {
        this.settings = settings;
        this.bucket = bucket;
        this.paths = paths;
    }

    void run() throws BucketException {
        String key = paths.probe(UUID.randomUUID().toString());
        // When the answer to the first is lost, it is refused when it is sent again.
        bucket.create(key, new byte[] {'1'});
        boolean second = bucket.create(key, new byte[] {'2'});
        boolean kept = bucket.get(key).map(found -> found.bytes()[0] == '1').orElse(false);
        bucket.delete(key);
        if (second || !kept) {
            throw new BucketException(
                    settings + ": this server made anew what was there, although it was asked not to"
                            + " (If-None-Match: *); uploads would be lost. Use a server that holds it, such as AWS S3 or MinIO",
                    null);
        }
    }
}
