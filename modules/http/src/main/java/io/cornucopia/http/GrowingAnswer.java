package io.cornucopia.http;

import io.cornucopia.bus.FailureException;
import io.cornucopia.storage.Chunk;
import io.cornucopia.storage.FileFacts;
import io.cornucopia.storage.GrowingFile;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.streams.ReadStream;

/**
 * Answers with a file that is still arriving. The head is held back until there are bytes to follow it, so that a file that
 * fails at once is told by its status; later failures cut the connection.
 */
final class GrowingAnswer {
    private static final long UNKNOWN = -1;
    // One is being written while the next is read. The write queue's own bound lets in about ten chunks, which
    // hundreds of clients make too many.
    private static final int CHUNKS_ON_THEIR_WAY = 2;
    // The piece that a client is being sent is all that it is ahead of being told of a failure.
    private static final long PIECE = 1024 * 1024;

    private final Exchange exchange;
    private final GrowingFile file;
    private final String contentType;
    private final Context context;
    private boolean givenBack;
    private long expected = UNKNOWN;
    private long sent;
    private Future<Void> lastWrite = Future.succeededFuture();

    /** Takes over {@code file}. */
    GrowingAnswer(Exchange exchange, GrowingFile file, String contentType) {
        this.exchange = exchange;
        this.file = file;
        this.contentType = contentType;
        this.context = exchange.surroundings().vertx().getOrCreateContext();
        // The handle's end is the end of what it feeds: a client that left holds up nobody.
        exchange.onDone(this::giveBack);
    }

    void begin() {
        if (file.facts().size().isEmpty()) {
            // Its length is likely to be known as soon as upstream has begun to answer.
            onceReadable(0, this::decide);
        } else {
            decide();
        }
    }

    private void decide() {
        FileFacts facts = file.facts();
        FilePlan plan = FilePlan.of(exchange.requestHeaders(), facts);
        if (!FileAnswers.hasBody(exchange, plan)) {
            FileHeaders.begin(exchange, plan, facts, contentType);
            FileAnswers.endHead(exchange, plan, facts);
        } else if (plan instanceof FilePlan.Part part) {
            onceReadable(part.from(), () -> send(part, part.from(), part.to()));
        } else {
            onceReadable(isEndedByClosing(facts) ? Long.MAX_VALUE : 0, () -> send(plan, 0, Long.MAX_VALUE));
        }
    }

    // HTTP/1.0, which proxies still speak, knows no chunks: without a length only the connection's end tells that of
    // the
    // body, and a broken one looks like a whole one. So it has to be whole before the first byte is sent.
    private boolean isEndedByClosing(FileFacts facts) {
        return facts.size().isEmpty() && exchange.request().version() == HttpVersion.HTTP_1_0;
    }

    private void onceReadable(long offset, Runnable then) {
        file.readableBeyond(offset)
                .onComplete(readable -> context.runOnContext(v -> {
                    if (givenBack) {
                        return;
                    }
                    if (readable.succeeded()) {
                        then.run();
                    } else {
                        exchange.failure(FailureException.of(readable.cause()));
                    }
                }));
    }

    private void send(FilePlan plan, long from, long to) {
        FileFacts facts = file.facts();
        FileHeaders.begin(exchange, plan, facts, contentType);
        if (plan instanceof FilePlan.Part) {
            expected = to - from;
        } else if (facts.size().isPresent()) {
            expected = facts.size().getAsLong();
        }
        if (expected == UNKNOWN) {
            exchange.response().setChunked(true);
        } else {
            exchange.response().putHeader(HttpHeaders.CONTENT_LENGTH, Long.toString(expected));
        }
        if (expected != UNKNOWN && exchange.canSendPieces()) {
            lastWrite = exchange.response().writeHead();
            sendPieces(from, from + expected);
        } else {
            stream(from, to);
        }
    }

    /** What lies on the disk goes from there to the socket, a piece at a time, as with a whole file. */
    private void sendPieces(long from, long to) {
        if (sent == expected) {
            end();
            return;
        }
        file.readableBeyond(from)
                .onComplete(readable -> context.runOnContext(v -> {
                    if (givenBack) {
                        return;
                    }
                    if (readable.failed()) {
                        breakOff();
                        return;
                    }
                    long length = Math.min(Math.min(to, file.readableOnDisk()) - from, PIECE);
                    if (length <= 0) {
                        // The disk is full.
                        stream(from, to);
                    } else {
                        sendPiece(from, to, length);
                    }
                }));
    }

    private void sendPiece(long from, long to, long length) {
        exchange.sendPiece(file.channel(), from, length)
                .onComplete(done -> context.runOnContext(v -> {
                    if (givenBack) {
                        return;
                    }
                    if (done.failed()) {
                        breakOff();
                        return;
                    }
                    sent += length;
                    file.movedTo(from + length);
                    sendPieces(from + length, to);
                }));
    }

    private void stream(long from, long to) {
        ReadStream<Chunk> tail = file.tail(context, from, to);
        tail.pause().fetch(CHUNKS_ON_THEIR_WAY);
        tail.exceptionHandler(failure -> breakOff());
        tail.endHandler(v -> end());
        tail.handler(chunk -> write(tail, chunk));
    }

    private void write(ReadStream<Chunk> tail, Chunk chunk) {
        if (givenBack) {
            chunk.release();
            return;
        }
        sent += chunk.bytes().length();
        if (expected != UNKNOWN && sent > expected) {
            chunk.release();
            breakOff();
            return;
        }
        lastWrite = exchange.response().write(chunk.bytes()).onComplete(done -> {
            chunk.release();
            tail.fetch(1);
        });
    }

    private void end() {
        if (givenBack) {
            return;
        }
        if (expected != UNKNOWN && sent != expected) {
            breakOff();
        } else {
            exchange.endWritten(lastWrite);
        }
    }

    private void breakOff() {
        giveBack();
        exchange.breakOff();
    }

    private void giveBack() {
        if (!givenBack) {
            givenBack = true;
            file.close();
        }
    }
}
