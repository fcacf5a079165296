package io.cornucopia.fetcher;

import io.cornucopia.bus.Failure;
import io.cornucopia.bus.FailureException;
import io.cornucopia.storage.Download;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.util.OptionalLong;
import java.util.function.IntConsumer;

/**
 * Bytes on their way from whoever sends them into a {@link Download}, from the byte on that it still needs, no faster than it
 * takes them. Everything happens on the context that begins it.
 */
final class Inflow {
    private final Context context;
    private final Download download;
    private final String source;
    private final ReadStream<Buffer> body;
    private final Runnable discard;
    private final IntConsumer count;
    private final Promise<Void> done = Promise.promise();
    /** How many bytes are known already and are to be passed over. */
    private long toSkip;

    private boolean paused;

    private Inflow(
            Context context,
            Download download,
            String source,
            ReadStream<Buffer> body,
            long toSkip,
            Runnable discard,
            IntConsumer count) {
        this.context = context;
        this.download = download;
        this.source = source;
        this.body = body;
        this.toSkip = toSkip;
        this.discard = discard;
        this.count = count;
    }

    /**
     * Lets a body flow in.
     *
     * @param source what it comes from, for messages
     * @param body paused
     * @param toSkip how many of its first bytes the download has already
     * @param discard gives the rest of the body up
     * @param count is told how many bytes came that were needed
     * @return completes when the body has ended with the last byte of the file, if its length is known: then the download is
     *     to be {@linkplain Download#end ended}. Fails if the body broke off, or if the download failed meanwhile
     */
    static Future<Void> run(
            Vertx vertx,
            Download download,
            String source,
            ReadStream<Buffer> body,
            long toSkip,
            Runnable discard,
            IntConsumer count) {
        return new Inflow(vertx.getOrCreateContext(), download, source, body, toSkip, discard, count).begin();
    }

    private Future<Void> begin() {
        download.drainHandler(ignored -> context.runOnContext(onContext -> {
            if (paused && !download.writeQueueFull()) {
                paused = false;
                body.resume();
            }
        }));
        body.exceptionHandler(done::tryFail);
        body.endHandler(ignored -> ended());
        body.handler(this::take);
        body.resume();
        return done.future();
    }

    private void take(Buffer bytes) {
        if (download.failed() || download.pointless()) {
            discard.run();
            FailureException reason = new FailureException(new Failure.Internal(
                    download.facts().filename() + " cannot be kept on disk, and nobody waits for it any more"));
            // Without effect if it was its failure that made it so.
            download.fail(reason);
            done.tryFail(reason);
            return;
        }
        Buffer needed = passOverKnown(bytes);
        count.accept(needed.length());
        download.write(needed);
        if (download.writeQueueFull()) {
            paused = true;
            body.pause();
        }
    }

    private Buffer passOverKnown(Buffer bytes) {
        if (toSkip == 0) {
            return bytes;
        }
        int known = (int) Math.min(toSkip, bytes.length());
        toSkip -= known;
        return bytes.slice(known, bytes.length());
    }

    private void ended() {
        OptionalLong size = download.facts().size();
        if (toSkip > 0 || (size.isPresent() && download.received() < size.getAsLong())) {
            done.tryFail(new FailureException(
                    new Failure.UpstreamFailed(source + " ended after " + download.received() + " bytes")));
        } else {
            done.tryComplete();
        }
    }
}
