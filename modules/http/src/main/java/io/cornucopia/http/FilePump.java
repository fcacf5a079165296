package io.cornucopia.http;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Sends part of a file a piece at a time, each read in a worker once the one before is on its way. For TLS, where the system
 * cannot do it by itself: there Vert.x would read on the event loop, and over HTTP/2 not at all.
 */
final class FilePump {
    private static final int PIECE = 128 * 1024;

    private final Vertx vertx;
    private final HttpServerResponse response;
    private final FileChannel channel;
    private final long to;
    private final Promise<Void> sent = Promise.promise();
    private long at;

    private FilePump(Vertx vertx, HttpServerResponse response, FileChannel channel, long from, long to) {
        this.vertx = vertx;
        this.response = response;
        this.channel = channel;
        this.at = from;
        this.to = to;
    }

    /** Completes when all of it was written; fails if the file is shorter or the client gone. The caller ends the answer. */
    static Future<Void> send(Vertx vertx, HttpServerResponse response, FileChannel channel, long from, long length) {
        FilePump pump = new FilePump(vertx, response, channel, from, from + length);
        pump.next();
        return pump.sent.future();
    }

    private void next() {
        if (at == to) {
            sent.complete();
            return;
        }
        vertx.executeBlocking(this::read, false)
                .compose(piece -> {
                    at += piece.length();
                    // It throws for a client that is gone.
                    return response.write(piece);
                })
                .onComplete(done -> {
                    if (done.succeeded()) {
                        next();
                    } else {
                        sent.fail(done.cause());
                    }
                });
    }

    private Buffer read() throws IOException {
        byte[] bytes = new byte[(int) Math.min(PIECE, to - at)];
        ByteBuffer target = ByteBuffer.wrap(bytes);
        while (target.hasRemaining()) {
            if (channel.read(target, at + target.position()) < 0) {
                throw new EOFException("the file has become shorter");
            }
        }
        return Buffer.buffer(bytes);
    }
}
