package io.cornucopia.storage;

import io.cornucopia.core.Digest;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file in progress: one writer, a watermark, and any number of followers, each a {@link GrowingFile} that reads at its
 * own pace.
 *
 * <p><b>How it works.</b> The writer hands in buffers. They are gathered and go, one batch at a time, to a worker that hashes
 * them and appends them to a partial file. After each batch the watermark moves and waiting followers are woken; they
 * read the partial file at their own positions, so that a slow one slows nobody. The watermark stays {@link #HOLD_BACK}
 * short of the end until length and digest proved right: until then nobody can have all of the bytes, and whoever has some
 * knows from the broken-off response that they are worth nothing.
 *
 * <p><b>A full disk.</b> When appending fails, the bytes from there on stay in memory until every follower has passed them, and
 * the writer is held up by the slowest follower. Such a file is never kept, and nobody can begin to follow it once bytes are gone.
 *
 * <p><b>Threads.</b> The writer's methods are called on one context; everything that workers and followers touch too is
 * guarded by this object's monitor, which is held for bookkeeping only, never for I/O.
 */
public final class Download {
    /** How many of the last bytes are withheld until the digest matched. */
    static final int HOLD_BACK = 16 * 1024;

    private static final long PENDING_LIMIT = 1024 * 1024;
    private static final Logger LOG = LoggerFactory.getLogger(Download.class);

    private final Vertx vertx;
    private final FileCache cache;
    private final CacheEntry entry;
    private final List<Digest> promised;
    private final PartialFile partial;
    private final FileVerification verification;
    private final Set<GrowingFile> followers = new HashSet<>();
    private final Overflow overflow = new Overflow();
    private final Promise<Optional<StoredFile>> finished = Promise.promise();

    private List<Buffer> pending = new ArrayList<>();
    private long pendingBytes;
    private boolean batchInFlight;
    private boolean endSeen;
    private long received;
    private long written;
    private OptionalLong size;
    private Optional<String> upstreamTag = Optional.empty();
    private boolean whole;
    private Throwable failure;
    private Handler<Void> drainHandler = ignored -> {};
    private boolean partialGone;

    /**
     * @param entry which file it is
     * @param size its length in bytes, if the index said
     * @param promised what it must hash to; empty if the index said nothing
     * @param partial where its bytes go; closed by this download
     */
    Download(
            Vertx vertx,
            FileCache cache,
            CacheEntry entry,
            OptionalLong size,
            List<Digest> promised,
            PartialFile partial) {
        this.vertx = vertx;
        this.cache = cache;
        this.entry = entry;
        this.size = size;
        this.promised = List.copyOf(promised);
        this.partial = partial;
        this.verification = new FileVerification(promised);
    }

    /** How many bytes were handed in so far: where a resumed transfer goes on. */
    public synchronized long received() {
        return received;
    }

    /** What is known of the file now. */
    public synchronized FileFacts facts() {
        return new FileFacts(entry.filename(), size, verification.promisedSha256(), entry.lastModified());
    }

    /**
     * Says how long the file will be, once whoever sends it said so.
     *
     * @throws BrokenFileException if the index promised another length, or another was announced before
     */
    public synchronized void announce(long announced) throws BrokenFileException {
        if (size.isPresent() && size.getAsLong() != announced) {
            throw new BrokenFileException(entry.filename() + ": " + announced + " bytes are to come where "
                    + size.getAsLong() + " were promised");
        }
        size = OptionalLong.of(announced);
    }

    /** Says what upstream calls these bytes, its strong ETag: by it they can be asked for again from the middle on. */
    public synchronized void tag(Optional<String> tag) {
        upstreamTag = tag;
    }

    /** What upstream calls these bytes; empty if that is not known (yet). */
    public synchronized Optional<String> tag() {
        return upstreamTag;
    }

    /** Hands in the next bytes. Once it failed they are ignored. */
    public void write(Buffer bytes) {
        boolean tooLong;
        synchronized (this) {
            if (failure != null || endSeen) {
                return;
            }
            received += bytes.length();
            tooLong = size.isPresent() && received > size.getAsLong();
            if (!tooLong) {
                pending.add(bytes);
                pendingBytes += bytes.length();
            }
        }
        if (tooLong) {
            fail(new BrokenFileException(entry.filename() + ": more than the promised "
                    + facts().size().getAsLong() + " bytes came"));
        } else {
            startBatch();
        }
    }

    /** Whether the writer should wait for {@link #drainHandler}. */
    public synchronized boolean writeQueueFull() {
        return pendingBytes > PENDING_LIMIT || overflow.isFull();
    }

    /** Called, on any thread, when there may be room again. */
    public synchronized void drainHandler(Handler<Void> handler) {
        drainHandler = handler;
    }

    /** Whether it ended in failure. */
    public synchronized boolean failed() {
        return failure != null;
    }

    /** Whether nobody reads it and nothing of it can be kept: going on is of no use. */
    public synchronized boolean pointless() {
        return overflow.inUse() && followers.isEmpty();
    }

    /** Says that all bytes were handed in; they are verified, and if they are right they become visible under their name. */
    public void end() {
        synchronized (this) {
            endSeen = true;
        }
        startBatch();
    }

    /** Breaks it off: followers end in {@code cause} and nothing is kept. Without effect once it is whole or failed. */
    public void fail(Throwable cause) {
        List<GrowingFile> toWake;
        synchronized (this) {
            if (whole || failure != null) {
                return;
            }
            failure = cause;
            pending.clear();
            pendingBytes = 0;
            toWake = List.copyOf(followers);
        }
        toWake.forEach(GrowingFile::wake);
        removePartialWhenIdle();
        finished.tryFail(cause);
    }

    /**
     * How it ends: with the file as it is kept now (empty if the disk did not take it), or with why it failed. Whoever asks
     * first owns the reference.
     */
    public Future<Optional<StoredFile>> finished() {
        return finished.future();
    }

    /** A new follower, from the first byte; empty if its first bytes are not to be had any more. */
    public synchronized Optional<GrowingFile> follow() {
        if (failure != null || overflow.forgotSomething()) {
            return Optional.empty();
        }
        GrowingFile follower = new GrowingFile(this, vertx);
        followers.add(follower);
        partial.retain();
        return Optional.of(follower);
    }

    /** How far followers may read. */
    synchronized long readable() {
        if (whole) {
            return written;
        }
        long end = size.isPresent() ? Math.min(written, size.getAsLong() - HOLD_BACK) : written - HOLD_BACK;
        return Math.max(0, end);
    }

    /** How much of what followers may read lies on the disk. */
    synchronized long readableOnDisk() {
        return overflow.inUse() ? Math.min(overflow.start(), readable()) : readable();
    }

    FileChannel channel() {
        return partial.channel();
    }

    /** Its length if it is whole. */
    synchronized OptionalLong wholeLength() {
        return whole ? OptionalLong.of(written) : OptionalLong.empty();
    }

    synchronized Optional<Throwable> failure() {
        return Optional.ofNullable(failure);
    }

    /**
     * Reads up to {@code length} bytes at {@code position}, which must be below {@link #readable()}. Blocks: call it on
     * a worker.
     */
    Chunk read(long position, int length) throws IOException {
        synchronized (this) {
            Optional<Buffer> inMemory = overflow.read(position, length);
            if (inMemory.isPresent()) {
                return Chunk.of(inMemory.get());
            }
        }
        // What is not in memory lies on disk up to where the overflow begins.
        long end = overflowStart();
        return partial.read(position, (int) Math.min(length, end - position));
    }

    void moved(GrowingFile follower) {
        forgetWhatAllHave();
    }

    void left(GrowingFile follower) {
        synchronized (this) {
            if (!followers.remove(follower)) {
                return;
            }
        }
        partial.release();
        forgetWhatAllHave();
    }

    private synchronized long overflowStart() {
        return overflow.inUse() ? overflow.start() : written;
    }

    private void forgetWhatAllHave() {
        Handler<Void> drained;
        synchronized (this) {
            if (!overflow.inUse()) {
                return;
            }
            long slowest =
                    followers.stream().mapToLong(GrowingFile::position).min().orElse(written);
            overflow.forgetBelow(slowest);
            drained = drainHandler;
        }
        drained.handle(null);
    }

    private void startBatch() {
        List<Buffer> batch;
        synchronized (this) {
            if (batchInFlight || failure != null || whole) {
                return;
            }
            if (pending.isEmpty() && !endSeen) {
                return;
            }
            batchInFlight = true;
            batch = pending;
            pending = new ArrayList<>();
            pendingBytes = 0;
        }
        Future<Void> done = batch.isEmpty() ? complete() : append(batch);
        done.onComplete(result -> {
            synchronized (this) {
                batchInFlight = false;
            }
            if (result.failed()) {
                fail(result.cause());
            }
            removePartialWhenIdle();
            startBatch();
        });
    }

    private Future<Void> append(List<Buffer> batch) {
        return vertx.executeBlocking(
                        () -> {
                            long length = 0;
                            for (Buffer bytes : batch) {
                                verification.update(bytes);
                                length += bytes.length();
                            }
                            writeOrKeepInMemory(batch);
                            return length;
                        },
                        false)
                .map(length -> {
                    List<GrowingFile> toWake;
                    Handler<Void> drained;
                    synchronized (this) {
                        written += length;
                        toWake = List.copyOf(followers);
                        drained = drainHandler;
                    }
                    toWake.forEach(GrowingFile::wake);
                    forgetWhatAllHave();
                    drained.handle(null);
                    return null;
                });
    }

    private void writeOrKeepInMemory(List<Buffer> batch) {
        boolean diskFailedBefore;
        long position;
        synchronized (this) {
            diskFailedBefore = overflow.inUse();
            position = written;
        }
        if (!diskFailedBefore) {
            try {
                partial.append(position, batch);
                return;
            } catch (IOException e) {
                LOG.warn(
                        "{}: cannot be written to the cache ({}); it is passed on without being kept",
                        entry.filename(),
                        e.toString());
                cache.countUnkept();
            }
        }
        synchronized (this) {
            overflow.append(position, batch);
        }
    }

    private Future<Void> complete() {
        return vertx.executeBlocking(
                        () -> {
                            checkLength();
                            verification.check(entry.filename());
                            return null;
                        },
                        false)
                .compose(verified -> {
                    List<GrowingFile> toWake;
                    boolean keep;
                    synchronized (this) {
                        whole = true;
                        size = OptionalLong.of(written);
                        toWake = List.copyOf(followers);
                        keep = !overflow.inUse();
                    }
                    toWake.forEach(GrowingFile::wake);
                    return keep ? keep() : giveUpKeeping();
                });
    }

    private synchronized void checkLength() throws BrokenFileException {
        if (size.isPresent() && size.getAsLong() != written) {
            throw new BrokenFileException(
                    entry.filename() + ": " + written + " of the promised " + size.getAsLong() + " bytes came");
        }
    }

    private Future<Void> keep() {
        return vertx.executeBlocking(() -> cache.keep(partial, entry, verification.sha256()), false)
                .onComplete(result -> {
                    if (result.failed()) {
                        LOG.warn(
                                "{}: cannot be kept in the cache: {}",
                                entry.filename(),
                                result.cause().toString());
                        cache.countUnkept();
                        finished.tryComplete(Optional.empty());
                    } else {
                        finished.tryComplete(Optional.of(result.result()));
                    }
                    partial.release();
                })
                .otherwiseEmpty()
                .mapEmpty();
    }

    private Future<Void> giveUpKeeping() {
        finished.tryComplete(Optional.empty());
        partial.discard();
        partial.release();
        return Future.succeededFuture();
    }

    private void removePartialWhenIdle() {
        synchronized (this) {
            if (failure == null || batchInFlight || partialGone) {
                return;
            }
            partialGone = true;
        }
        vertx.executeBlocking(
                () -> {
                    partial.discard();
                    partial.release();
                    return null;
                },
                false);
    }

    /** Only for messages. */
    @Override
    public String toString() {
        return entry.filename() + " in progress, promised " + promised;
    }
}
