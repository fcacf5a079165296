package io.cornucopia.storage;

import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/**
 * One file on its way into a bucket, whole or in parts. The MD5 that goes with each lets the bucket refuse what was changed on
 * the way. Blocks.
 */
final class BucketUpload {
    private static final String TYPE = "application/octet-stream";
    private static final Logger LOG = LoggerFactory.getLogger(BucketUpload.class);

    private final BucketSettings settings;
    private final S3Client client;
    private final BucketFailures failures;
    private final String key;
    private final FileSection file;

    BucketUpload(BucketSettings settings, S3Client client, BucketFailures failures, String key, FileSection file) {
        this.settings = settings;
        this.client = client;
        this.failures = failures;
        this.key = key;
        this.file = file;
    }

    void run() throws BucketException {
        try {
            if (file.length() <= settings.partSize()) {
                whole();
            } else {
                inParts();
            }
        } catch (SdkException e) {
            throw failures.of("PUT", key, e);
        }
    }

    private void whole() {
        String md5 = file.md5();
        client.putObject(
                request -> request.bucket(settings.bucket())
                        .key(key)
                        .contentType(TYPE)
                        .contentMD5(md5),
                body(file));
    }

    private static RequestBody body(FileSection section) {
        return RequestBody.fromContentProvider(section::open, section.length(), TYPE);
    }

    private void inParts() {
        String id = client.createMultipartUpload(
                        request -> request.bucket(settings.bucket()).key(key).contentType(TYPE))
                .uploadId();
        try {
            List<CompletedPart> parts = new ArrayList<>();
            for (long offset = 0; offset < file.length(); offset += settings.partSize()) {
                parts.add(part(id, parts.size() + 1, file.part(offset, settings.partSize())));
            }
            complete(id, parts);
        } catch (RuntimeException e) {
            abort(id, e);
            throw e;
        }
    }

    private CompletedPart part(String id, int number, FileSection section) {
        String md5 = section.md5();
        String tag = client.uploadPart(
                        request -> request.bucket(settings.bucket())
                                .key(key)
                                .uploadId(id)
                                .partNumber(number)
                                .contentMD5(md5),
                        body(section))
                .eTag();
        return CompletedPart.builder().partNumber(number).eTag(tag).build();
    }

    private void complete(String id, List<CompletedPart> parts) {
        try {
            client.completeMultipartUpload(request ->
                    request.bucket(settings.bucket()).key(key).uploadId(id).multipartUpload(all -> all.parts(parts)));
        } catch (SdkException e) {
            // The answer may have been lost, and asked again the bucket knows no such upload any more.
            if (!isThere(e)) {
                throw e;
            }
        }
    }

    private boolean isThere(SdkException because) {
        try {
            HeadObjectResponse head = client.headObject(
                    request -> request.bucket(settings.bucket()).key(key));
            return head.contentLength() == file.length();
        } catch (SdkException e) {
            because.addSuppressed(e);
            return false;
        }
    }

    /** What cannot be given up now is swept later. */
    private void abort(String id, RuntimeException because) {
        try {
            client.abortMultipartUpload(
                    request -> request.bucket(settings.bucket()).key(key).uploadId(id));
        } catch (SdkException e) {
            because.addSuppressed(e);
            LOG.debug("{}: its parts cannot be removed yet: {}", key, e.toString());
        }
    }
}
