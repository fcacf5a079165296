package io.cornucopia.storage;

import io.vertx.core.buffer.Buffer;
import java.io.EOFException;
import java.io.IOException;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * The way of one file's bytes from a bucket into a {@link Download}, no faster than that takes them; when the connection breaks,
 * from the byte on that is missing. It ends the download, well or not. Blocks until then.
 */
final class BucketDownload implements Callable<Void> {
    private static final int CHUNK = 128 * 1024;
    private static final long LOOK_AGAIN_MILLIS = 500;
    private static final Logger LOG = LoggerFactory.getLogger(BucketDownload.class);

    private final Bucket bucket;
    private final String key;
    private final Download download;
    private final int patience;
    private final Semaphore room = new Semaphore(0);

    /** @param patience how often in a row it may break off without a byte to show for it */
    BucketDownload(Bucket bucket, String key, Download download, int patience) {
        this.bucket = bucket;
        this.key = key;
        this.download = download;
        this.patience = patience;
    }

    @Override
    public Void call() throws IOException, InterruptedException {
        download.drainHandler(ignored -> room.release());
        int breaks = 0;
        while (true) {
            long before = download.received();
            try {
                transfer(before);
                return null;
            } catch (BucketException | BrokenFileException e) {
                // Asked as often as it is of use already; or it is another file, and stays one.
                throw e;
            } catch (IOException e) {
                breaks = download.received() > before ? 1 : breaks + 1;
                if (breaks > patience) {
                    throw new IOException(
                            "GET " + key + ": broke off " + breaks + " times after " + before + " bytes ("
                                    + e.getMessage() + "); try again later",
                            e);
                }
                LOG.info("{}: {}; going on from byte {}", key, e.toString(), download.received());
                Bucket.pause(breaks);
            }
        }
    }

    private void transfer(long from) throws IOException, InterruptedException {
        OptionalLong size = download.facts().size();
        if (from > 0 && size.isPresent() && from == size.getAsLong()) {
            download.end();
            return;
        }
        ResponseInputStream<GetObjectResponse> body = bucket.read(key, from, size.orElse(Long.MAX_VALUE));
        boolean ended = false;
        try {
            if (from == 0) {
                download.announce(body.response().contentLength());
            }
            byte[] chunk = new byte[CHUNK];
            for (int count = body.read(chunk); count >= 0; count = body.read(chunk)) {
                if (download.failed() || download.pointless()) {
                    throw new BucketException(key + ": cannot be kept on disk, and nobody waits for it any more", null);
                }
                download.write(Buffer.buffer(count).appendBytes(chunk, 0, count));
                awaitRoom();
            }
            if (download.received() < download.facts().size().orElse(0)) {
                throw new EOFException("ended after " + download.received() + " bytes");
            }
            ended = true;
            download.end();
        } finally {
            if (!ended) {
                body.abort();
            } else {
                body.close();
            }
        }
    }

    private void awaitRoom() throws InterruptedException {
        while (download.writeQueueFull() && !download.failed() && !download.pointless()) {
            // Looked at again also if nobody says so: who followed may be gone.
            boolean told = room.tryAcquire(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
            if (told) {
                room.drainPermits();
            }
        }
    }
}
