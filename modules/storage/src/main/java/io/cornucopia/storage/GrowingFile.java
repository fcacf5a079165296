package io.cornucopia.storage;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.streams.ReadStream;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One follower of a {@link Download}: reads the file while it is still arriving. It serves one response: at most one
 * {@link #tail}. Closing it abandons that tail.
 */
public final class GrowingFile implements FileHandle {
    private record Waiting(long offset, Promise<Void> promise) {}

    private final Download download;
    private final Vertx vertx;
    private final List<Waiting> waiting = new ArrayList<>();
    private volatile long position;
    private volatile FileTail tail;
    private volatile boolean closed;

    GrowingFile(Download download, Vertx vertx) {
        this.download = download;
        this.vertx = vertx;
    }

    @Override
    public String filename() {
        return download.facts().filename();
    }

    /** What is known of it now. */
    public FileFacts facts() {
        return download.facts();
    }

    /** How many of its bytes may be read now. */
    public long readable() {
        return download.readable();
    }

    /** How many of the bytes that may be read now lie in {@link #channel()}: all, unless the disk is full. */
    public long readableOnDisk() {
        return download.readableOnDisk();
    }

    /**
     * The open file. Read it by absolute positions below {@link #readableOnDisk()} only, and only until this is closed; say how far
     * that came by {@link #movedTo}.
     */
    public FileChannel channel() {
        return download.channel();
    }

    /** What upstream calls it, its strong ETag; empty if that is not known (yet). */
    public Optional<String> upstreamTag() {
        return download.tag();
    }

    /**
     * Completes once bytes beyond {@code offset} may be read (or the file is whole), fails with why the file failed
     * if it does first. Use it before a response's head is sent: as long as it is open, a clean error can still be told.
     * Completes on the caller's context.
     */
    public Future<Void> readableBeyond(long offset) {
        Promise<Void> promise = Promise.promise();
        synchronized (waiting) {
            waiting.add(new Waiting(offset, promise));
        }
        answerWaiting();
        Context context = vertx.getOrCreateContext();
        Promise<Void> onContext = Promise.promise();
        promise.future()
                .onComplete(result -> context.runOnContext(ignored -> {
                    if (result.succeeded()) {
                        onContext.complete();
                    } else {
                        onContext.fail(result.cause());
                    }
                }));
        return onContext.future();
    }

    /**
     * The bytes from {@code from} (inclusive) to {@code to} (exclusive; {@link Long#MAX_VALUE} for the end), as they
     * arrive, delivered on {@code context}; the stream begins when its handler is set. Ends when the last of them was
     * delivered, and the last bytes of the file are delivered only after its digest matched. Ends in its exception handler
     * if the file fails: then the response must be reset, never ended. Setting its handler to null abandons it. The handler
     * releases each chunk that it gets.
     */
    public ReadStream<Chunk> tail(Context context, long from, long to) {
        if (tail != null) {
            throw new IllegalStateException("one response a follower: " + filename());
        }
        position = from;
        tail = new FileTail(this, download, context, from, to);
        return tail;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        download.left(this);
    }

    boolean isClosed() {
        return closed;
    }

    long position() {
        return position;
    }

    /** Says that the bytes below {@code newPosition} are not needed any more. */
    public void movedTo(long newPosition) {
        position = newPosition;
        download.moved(this);
    }

    /** Something changed: more bytes, the end, or a failure. */
    void wake() {
        answerWaiting();
        FileTail current = tail;
        if (current != null) {
            current.wake();
        }
    }

    private void answerWaiting() {
        Optional<Throwable> failure = download.failure();
        long readable = download.readable();
        boolean whole = download.wholeLength().isPresent();
        List<Waiting> due = new ArrayList<>();
        synchronized (waiting) {
            waiting.removeIf(one -> {
                boolean isDue = failure.isPresent() || whole || readable > one.offset();
                if (isDue) {
                    due.add(one);
                }
                return isDue;
            });
        }
        for (Waiting one : due) {
            if (failure.isPresent()) {
                one.promise().fail(failure.get());
            } else {
                one.promise().complete();
            }
        }
    }
}
