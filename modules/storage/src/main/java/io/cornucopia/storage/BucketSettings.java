package io.cornucopia.storage;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What a store of uploads in a bucket goes by. Who this is to the bucket, its credentials, is found where every tool of AWS
 * looks for it.
 *
 * @param bucket the bucket's name
 * @param prefix what all keys begin with: empty, or ending in a slash
 * @param endpoint where the S3 server is; empty for AWS
 * @param region what requests are signed for
 * @param pathStyle whether the bucket's name stands in the path rather than in the host's name
 * @param partSize files that are longer than this go in parts of it, in bytes: 5 MiB to 5 GiB
 * @param connectTimeout how long a connection may take to stand
 * @param readTimeout the longest silence of the bucket that is waited out
 * @param maxRetries how often a request that failed is tried again
 * @param incoming a directory of this node for uploads that are arriving; made when it is needed
 */
public record BucketSettings(
        String bucket,
        String prefix,
        Optional<URI> endpoint,
        String region,
        boolean pathStyle,
        long partSize,
        Duration connectTimeout,
        Duration readTimeout,
        int maxRetries,
        Path incoming) {
    public BucketSettings {
        Objects.requireNonNull(bucket, "bucket");
        Objects.requireNonNull(prefix, "prefix");
        Objects.requireNonNull(endpoint, "endpoint");
        Objects.requireNonNull(region, "region");
        Objects.requireNonNull(connectTimeout, "connectTimeout");
        Objects.requireNonNull(readTimeout, "readTimeout");
        Objects.requireNonNull(incoming, "incoming");
    }

    /** The bucket as people write it. */
    @Override
    public String toString() {
        return "s3://" + bucket + "/" + prefix
                + endpoint.map(url -> " at " + url).orElse("");
    }
}
