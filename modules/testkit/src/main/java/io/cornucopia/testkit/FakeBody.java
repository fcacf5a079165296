package io.cornucopia.testkit;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sends one body of {@link FakeUpstream}, ranges and faults included. */
final class FakeBody {
    private static final int STEP = 128 * 1024;
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d*)-(\\d*)");

    private final Vertx vertx;
    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final int status;
    private final Content content;
    private final Optional<String> etag;
    private final List<Fault> faults;
    private final AtomicLong counter;
    private long position;
    private long end;
    private long budget = Long.MAX_VALUE;
    private Runnable whenSpent = () -> {};
    private boolean wrongBytes;
    private long bytesPerSecond = Long.MAX_VALUE;

    FakeBody(
            Vertx vertx,
            HttpServerRequest request,
            int status,
            Content content,
            Optional<String> etag,
            List<Fault> faults,
            AtomicLong counter) {
        this.vertx = vertx;
        this.request = request;
        this.response = request.response();
        this.status = status;
        this.content = content;
        this.etag = etag;
        this.faults = faults;
        this.counter = counter;
    }

    void send() {
        response.exceptionHandler(ignored -> {});
        response.setStatusCode(status);
        end = content.length();
        if (faults.stream().noneMatch(Fault.NoRange.class::isInstance) && !takeRange()) {
            return;
        }
        boolean chunked = false;
        for (Fault fault : faults) {
            if (fault instanceof Fault.Reset reset) {
                budget = reset.afterBytes();
                whenSpent = request.connection()::close;
                if (budget == 0) {
                    request.connection().close();
                    return;
                }
            } else if (fault instanceof Fault.ShortBody shortBody) {
                budget = shortBody.bytes();
                whenSpent = request.connection()::close;
            } else if (fault instanceof Fault.ShortChunked shortChunked) {
                end = Math.min(end, shortChunked.bytes());
                chunked = true;
            } else if (fault instanceof Fault.Stall stall) {
                budget = stall.afterBytes();
                if (budget == 0) {
                    return;
                }
            } else if (fault instanceof Fault.WrongBytes) {
                wrongBytes = true;
            } else if (fault instanceof Fault.Throttle throttle) {
                bytesPerSecond = throttle.bytesPerSecond();
            }
        }
        if (chunked) {
            response.setChunked(true);
        } else {
            response.putHeader("Content-Length", String.valueOf(end - position));
        }
        step();
    }

    /** Narrows what is sent to the wanted range; false if it was answered already. */
    private boolean takeRange() {
        response.putHeader("Accept-Ranges", "bytes");
        String header = request.getHeader("Range");
        String ifRange = request.getHeader("If-Range");
        Matcher range = RANGE.matcher(header == null ? "" : header);
        if (!range.matches() || (ifRange != null && !ifRange.equals(etag.orElse(null)))) {
            return true;
        }
        long length = content.length();
        if (range.group(1).isEmpty()) {
            position = Math.max(0, length - Long.parseLong(range.group(2)));
        } else {
            position = Long.parseLong(range.group(1));
            end = range.group(2).isEmpty() ? length : Math.min(length, Long.parseLong(range.group(2)) + 1);
        }
        if (position >= length) {
            response.setStatusCode(416)
                    .putHeader("Content-Range", "bytes */" + length)
                    .end();
            return false;
        }
        response.setStatusCode(206).putHeader("Content-Range", "bytes " + position + "-" + (end - 1) + "/" + length);
        return true;
    }

    private void step() {
        if (response.closed()) {
            return;
        }
        if (position >= end) {
            response.end();
            return;
        }
        if (budget <= 0) {
            whenSpent.run();
            return;
        }
        int length = (int) Math.min(Math.min(STEP, end - position), budget);
        if (bytesPerSecond != Long.MAX_VALUE) {
            length = (int) Math.min(length, Math.max(1, bytesPerSecond / 20));
        }
        Buffer bytes = content.slice(position, length);
        long victim = content.length() - Math.min(10, content.length());
        if (wrongBytes && victim >= position && victim < position + length) {
            int at = (int) (victim - position);
            bytes = bytes.copy().setByte(at, (byte) (bytes.getByte(at) ^ 1));
        }
        position += length;
        budget -= length;
        counter.addAndGet(length);
        var written = response.write(bytes);
        if (bytesPerSecond != Long.MAX_VALUE) {
            vertx.setTimer(50, ignored -> step());
        } else {
            written.onSuccess(ignored -> step());
        }
    }
}
