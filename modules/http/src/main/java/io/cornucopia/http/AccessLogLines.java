package io.cornucopia.http;

import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;

/** The lines of one event loop that are not written yet. */
final class AccessLogLines implements AutoCloseable {
    private static final int BLOCK_LENGTH = 32 * 1024;
    private static final long PERIOD_MILLIS = 200;
    private static final int MAX_PATH_LENGTH = 2048;
    private static final long MICROS_A_SECOND = 1_000_000;

    private final Vertx vertx;
    private final AccessLog.Format format;
    private final AccessLog log;
    private final long timer;
    private final StringBuilder gathered = new StringBuilder(BLOCK_LENGTH + MAX_PATH_LENGTH);
    private int lines;

    AccessLogLines(Vertx vertx, AccessLog.Format format, AccessLog log) {
        this.vertx = vertx;
        this.format = format;
        this.log = log;
        this.timer = vertx.setPeriodic(PERIOD_MILLIS, id -> flush());
    }

    // Only the log's own close() comes from another thread, so nobody ever waits for this lock in service.
    synchronized void add(String method, String path, int status, long nanos, long bytes, String client) {
        if (format == AccessLog.Format.TEXT) {
            text(method, path, status, nanos);
        } else {
            json(method, path, status, nanos, bytes, client);
        }
        lines++;
        if (gathered.length() >= BLOCK_LENGTH) {
            flush();
        }
    }

    /** Hands over what there is. */
    synchronized void flush() {
        if (lines > 0) {
            log.take(gathered.toString().getBytes(StandardCharsets.US_ASCII), lines);
            gathered.setLength(0);
            lines = 0;
        }
    }

    @Override
    public void close() {
        vertx.cancelTimer(timer);
        flush();
        log.forget(this);
    }

    private void text(String method, String path, int status, long nanos) {
        escape(method);
        gathered.append(' ');
        escape(path);
        gathered.append(' ').append(status).append(' ');
        long micros = nanos / 1000;
        if (micros >= MICROS_A_SECOND) {
            decimal(micros / 1000);
            gathered.append("s\n");
        } else {
            decimal(micros);
            gathered.append("ms\n");
        }
    }

    private void json(String method, String path, int status, long nanos, long bytes, String client) {
        gathered.append("{\"ts\":\"").append(Instant.now()).append("\",\"method\":\"");
        escape(method);
        gathered.append("\",\"path\":\"");
        escape(path);
        gathered.append("\",\"status\":").append(status).append(",\"duration_ms\":");
        decimal(nanos / 1000);
        gathered.append(",\"bytes\":").append(bytes).append(",\"client\":\"");
        escape(client);
        gathered.append("\"}\n");
    }

    /** Thousandths, with exactly three digits behind the point. */
    private void decimal(long thousandths) {
        gathered.append(thousandths / 1000).append('.');
        long fraction = thousandths % 1000;
        if (fraction < 100) {
            gathered.append('0');
        }
        if (fraction < 10) {
            gathered.append('0');
        }
        gathered.append(fraction);
    }

    // A line stays a line, and ASCII, whatever a client sent; the escapes of text and JSON differ.
    private void escape(String raw) {
        int end = Math.min(raw.length(), MAX_PATH_LENGTH);
        for (int i = 0; i < end; i++) {
            char c = raw.charAt(i);
            boolean reserved = c == '\\' || (c == '"' && format == AccessLog.Format.JSON);
            if (c >= 0x20 && c <= 0x7e && !reserved) {
                gathered.append(c);
            } else if (format == AccessLog.Format.JSON || c > 0xff) {
                gathered.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                gathered.append(String.format(Locale.ROOT, "\\x%02x", (int) c));
            }
        }
        if (end < raw.length()) {
            gathered.append("...");
        }
    }
}
