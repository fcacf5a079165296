package io.cornucopia.storage;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * What the store of uploads asks of a bucket. Each question is tried again within bounds, and ends in a {@link BucketException}
 * if that does not help. Thread-safe; everything blocks.
 */
final class Bucket implements AutoCloseable {
    private static final int PAGE = 1000;
    private static final int CONFLICTS = 10;
    private static final int PRECONDITION_FAILED = 412;
    private static final int CONFLICT = 409;
    private static final int NOT_FOUND = 404;

    private final BucketSettings settings;
    private final S3Client client;
    private final BucketFailures failures;

    Bucket(BucketSettings settings) {
        this.settings = settings;
        this.client = BucketClient.of(settings);
        this.failures = new BucketFailures(settings);
    }

    /** A document and its state. */
    static final class Document {
        private final byte[] bytes;
        private final String tag;

        private Document(byte[] bytes, String tag) {
            this.bytes = bytes;
            this.tag = tag;
        }

        /** Its content; not to be changed. */
        byte[] bytes() {
            return bytes;
        }

        /** Its ETag: another one once it was written anew. */
        String tag() {
            return tag;
        }

        /** Its content to be read. */
        InputStream input() {
            return new ByteArrayInputStream(bytes);
        }
    }

    /** Something in a listing. */
    record Listed(String key, String tag, Instant modified) {}

    /** Writes a document, whatever is there. */
    void put(String key, byte[] bytes) throws BucketException {
        ask("PUT", key, () -> client.putObject(document(key).build(), RequestBody.fromBytes(bytes)));
    }

    /**
     * Writes a document if there is none: of all who try, on whatever machine, one succeeds.
     *
     * @return false if there is one. It may be this one: when its answer is lost, a request is sent again
     */
    boolean create(String key, byte[] bytes) throws BucketException {
        return putIf(key, bytes, request -> request.ifNoneMatch("*"));
    }

    /**
     * Writes a document anew if it is still in the state of {@code tag}.
     *
     * @return false if it is not, or is gone
     */
    boolean replace(String key, byte[] bytes, String tag) throws BucketException {
        return putIf(key, bytes, request -> request.ifMatch(tag));
    }

    private boolean putIf(String key, byte[] bytes, Consumer<PutObjectRequest.Builder> condition)
            throws BucketException {
        PutObjectRequest.Builder request = document(key);
        condition.accept(request);
        for (int attempt = 1; ; attempt++) {
            try {
                client.putObject(request.build(), RequestBody.fromBytes(bytes));
                return true;
            } catch (S3Exception e) {
                if (e.statusCode() == PRECONDITION_FAILED || isNoSuchKey(e)) {
                    return false;
                }
                // Of several at once S3 refuses some undecided.
                if (e.statusCode() != CONFLICT || attempt == CONFLICTS) {
                    throw failures.of("PUT", key, e);
                }
            } catch (SdkException e) {
                throw failures.of("PUT", key, e);
            }
            pause(attempt);
        }
    }

    private static boolean isNoSuchKey(S3Exception e) {
        return e.awsErrorDetails() != null
                && "NoSuchKey".equals(e.awsErrorDetails().errorCode());
    }

    /** Waits a little longer each time, and not as long as others. */
    static void pause(int attempt) throws BucketException {
        try {
            long most = 50L << Math.min(attempt, 6);
            TimeUnit.MILLISECONDS.sleep(most / 2 + ThreadLocalRandom.current().nextLong(most / 2));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BucketException("interrupted while waiting for the bucket", e);
        }
    }

    private PutObjectRequest.Builder document(String key) {
        return PutObjectRequest.builder()
                .bucket(settings.bucket())
                .key(key)
                .contentType("application/json")
                .overrideConfiguration(BucketClient.quick(settings));
    }

    /** A document; empty if there is none. */
    Optional<Document> get(String key) throws BucketException {
        try {
            ResponseBytes<GetObjectResponse> answer = client.getObjectAsBytes(request ->
                    request.bucket(settings.bucket()).key(key).overrideConfiguration(BucketClient.quick(settings)));
            return Optional.of(
                    new Document(answer.asByteArray(), answer.response().eTag()));
        } catch (NoSuchKeyException e) {
            return Optional.empty();
        } catch (SdkException e) {
            throw failures.of("GET", key, e);
        }
    }

    /** Whether there is something. */
    boolean has(String key) throws BucketException {
        try {
            client.headObject(request ->
                    request.bucket(settings.bucket()).key(key).overrideConfiguration(BucketClient.quick(settings)));
            return true;
        } catch (S3Exception e) {
            // An answer to HEAD has no body to say whether it is the key or the bucket that is not there.
            if (e.statusCode() == NOT_FOUND) {
                return false;
            }
            throw failures.of("HEAD", key, e);
        } catch (SdkException e) {
            throw failures.of("HEAD", key, e);
        }
    }

    /**
     * A file from its byte {@code from} on. Whoever does not read it to its end calls {@link ResponseInputStream#abort()}.
     *
     * @param size its length, more than {@code from}
     */
    ResponseInputStream<GetObjectResponse> read(String key, long from, long size) throws IOException {
        GetObjectRequest.Builder request =
                GetObjectRequest.builder().bucket(settings.bucket()).key(key);
        if (from > 0) {
            request.range("bytes=" + from + "-");
        }
        ResponseInputStream<GetObjectResponse> body = ask("GET", key, () -> client.getObject(request.build()));
        GetObjectResponse answer = body.response();
        String range = "bytes " + from + "-" + (size - 1) + "/" + size;
        if (from > 0 && !range.equals(answer.contentRange())) {
            body.abort();
            throw new IOException("s3://" + settings.bucket() + "/" + key + ": answered the range "
                    + answer.contentRange() + " where " + range + " was asked for");
        }
        return body;
    }

    /** Writes a file, in parts if it is larger than one; nobody else writes to that key. */
    void putFile(String key, FileSection file) throws BucketException {
        new BucketUpload(settings, client, failures, key, file).run();
    }

    /** What there is below a prefix, a page at a time. */
    void list(String prefix, Consumer<Listed> each) throws BucketException {
        page(prefix, Optional.empty(), page -> {
            for (S3Object one : page.contents()) {
                each.accept(new Listed(one.key(), one.eTag(), one.lastModified()));
            }
        });
    }

    /** The names of what would be directories below a prefix, which ends in a slash. */
    List<String> directories(String prefix) throws BucketException {
        List<String> names = new ArrayList<>();
        page(prefix, Optional.of("/"), page -> {
            for (CommonPrefix one : page.commonPrefixes()) {
                names.add(one.prefix().substring(prefix.length(), one.prefix().length() - 1));
            }
        });
        return names;
    }

    private void page(String prefix, Optional<String> delimiter, Consumer<ListObjectsV2Response> each)
            throws BucketException {
        String token = null;
        do {
            String next = token;
            ListObjectsV2Response page = ask(
                    "LIST",
                    prefix,
                    () -> client.listObjectsV2(request -> request.bucket(settings.bucket())
                            .prefix(prefix)
                            .delimiter(delimiter.orElse(null))
                            .maxKeys(PAGE)
                            .continuationToken(next)
                            .overrideConfiguration(BucketClient.quick(settings))));
            each.accept(page);
            token = Boolean.TRUE.equals(page.isTruncated()) ? page.nextContinuationToken() : null;
        } while (token != null);
    }

    /** Removes something, if it is there. */
    void delete(String key) throws BucketException {
        ask(
                "DELETE",
                key,
                () -> client.deleteObject(request -> request.bucket(settings.bucket())
                        .key(key)
                        .overrideConfiguration(BucketClient.quick(settings))));
    }

    /** Gives up files of which some parts have come. */
    void abortParts(String prefix) throws BucketException {
        ask("LIST UPLOADS", prefix, () -> {
            client.listMultipartUploads(
                            request -> request.bucket(settings.bucket()).prefix(prefix))
                    .uploads()
                    .forEach(upload -> client.abortMultipartUpload(request ->
                            request.bucket(settings.bucket()).key(upload.key()).uploadId(upload.uploadId())));
            return null;
        });
    }

    private <T> T ask(String what, String key, Supplier<T> question) throws BucketException {
        try {
            return question.get();
        } catch (SdkException e) {
            throw failures.of(what, key, e);
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
