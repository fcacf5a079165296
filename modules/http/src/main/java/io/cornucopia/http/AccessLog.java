package io.cornucopia.http;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line a request. Each event loop gathers its own lines and hands them over in blocks to a thread that writes them, so
 * that a request costs no lock that anyone else wants and no system call. When the stream stalls, lines are dropped and
 * counted; requests never wait for it.
 */
public final class AccessLog implements AutoCloseable {
    // Times the size of a block: what is held at most when the stream stalls.
    private static final int MAX_BLOCKS = 64;
    private static final long CLOSE_SECONDS = 5;
    private static final byte[] END = new byte[0];
    private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);

    private final Vertx vertx;
    private final OutputStream out;
    private final Format format;
    private final BlockingQueue<byte[]> blocks = new ArrayBlockingQueue<>(MAX_BLOCKS);
    private final Queue<AccessLogLines> everyones = new ConcurrentLinkedQueue<>();
    private final AtomicLong dropped = new AtomicLong();
    private final Thread writer;

    /** How a line is written. */
    public enum Format {
        /** {@code GET /simple/requests/ 200 123.456ms}. */
        TEXT,
        /** An object a line. */
        JSON
    }

    /**
     * @param vertx whose event loops log
     * @param out where the lines go; it is flushed, never closed
     */
    public AccessLog(Vertx vertx, OutputStream out, Format format) {
        this.vertx = Objects.requireNonNull(vertx, "vertx");
        this.out = Objects.requireNonNull(out, "out");
        this.format = Objects.requireNonNull(format, "format");
        writer = new Thread(this::write, "access-log");
        writer.setDaemon(true);
        writer.start();
    }

    /** How many lines were dropped because the stream did not take them in time. */
    public long dropped() {
        return dropped.get();
    }

    /** Writes what was gathered so far, and ends. Blocks for a few seconds at most: never call it on an event loop. */
    @Override
    public void close() {
        everyones.forEach(AccessLogLines::flush);
        try {
            if (blocks.offer(END, CLOSE_SECONDS, TimeUnit.SECONDS)) {
                writer.join(TimeUnit.SECONDS.toMillis(CLOSE_SECONDS));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Lines of the event loop that calls; to be closed by it. */
    AccessLogLines lines() {
        AccessLogLines lines = new AccessLogLines(vertx, format, this);
        everyones.add(lines);
        return lines;
    }

    void forget(AccessLogLines lines) {
        everyones.remove(lines);
    }

    void take(byte[] block, int lines) {
        if (!blocks.offer(block)) {
            dropped.addAndGet(lines);
        }
    }

    private void write() {
        try {
            byte[] block = blocks.take();
            while (block != END) {
                write(block);
                block = blocks.take();
            }
        } catch (InterruptedException e) {
            LOG.warn("the access log ends here: its thread was interrupted");
        }
    }

    private void write(byte[] block) {
        try {
            out.write(block);
            if (blocks.isEmpty()) {
                out.flush();
            }
        } catch (IOException e) {
            LOG.debug("cannot write the access log", e);
        }
    }
}
