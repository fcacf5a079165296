package io.cornucopia.cluster;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;

/**
 * A TLS handshake on a socket that blocks. It reads record by record and so never a byte too many: what follows the
 * handshake is still in the socket when it is done.
 */
final class TlsHandshake {
    private static final int HEADER = 5;

    private final SSLEngine engine;
    private final Socket socket;
    private final long deadline;

    private TlsHandshake(SSLEngine engine, Socket socket, Duration patience) {
        this.engine = engine;
        this.socket = socket;
        this.deadline = System.nanoTime() + patience.toNanos();
    }

    /**
     * Blocks until it is done.
     *
     * @throws IOException if the other side does not know the secret, is no node, or takes longer than {@code patience}
     */
    static void run(SSLEngine engine, Socket socket, Duration patience) throws IOException {
        new TlsHandshake(engine, socket, patience).run();
    }

    private void run() throws IOException {
        ByteBuffer nothing = ByteBuffer.allocate(0);
        ByteBuffer in = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        in.limit(0);
        ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        ByteBuffer plain = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
        engine.beginHandshake();
        HandshakeStatus status = engine.getHandshakeStatus();
        while (status != HandshakeStatus.FINISHED && status != HandshakeStatus.NOT_HANDSHAKING) {
            switch (status) {
                case NEED_TASK -> {
                    for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
                        task.run();
                    }
                    status = engine.getHandshakeStatus();
                }
                case NEED_WRAP -> {
                    try {
                        status = step(engine.wrap(nothing, out));
                    } finally {
                        // Also when it failed: then this is the alert that tells the other side why.
                        write(out);
                    }
                }
                default -> {
                    if (!in.hasRemaining()) {
                        readRecord(in);
                    }
                    status = step(engine.unwrap(in, plain));
                    if (plain.position() > 0) {
                        throw new IOException("data before the handshake was done");
                    }
                }
            }
        }
        socket.setSoTimeout(0);
    }

    private HandshakeStatus step(SSLEngineResult result) throws IOException {
        return switch (result.getStatus()) {
            case OK -> result.getHandshakeStatus();
            case CLOSED -> throw new EOFException("the other side broke the handshake off");
            case BUFFER_OVERFLOW, BUFFER_UNDERFLOW ->
                throw new IOException("not a handshake of TLS: " + result.getStatus());
        };
    }

    private void write(ByteBuffer out) throws IOException {
        OutputStream stream = socket.getOutputStream();
        stream.write(out.array(), 0, out.position());
        stream.flush();
        out.clear();
    }

    private void readRecord(ByteBuffer in) throws IOException {
        in.clear();
        read(in, HEADER);
        int length = ((in.get(3) & 0xff) << 8) | (in.get(4) & 0xff);
        if (length > in.remaining()) {
            throw new IOException("not a handshake of TLS: a record of " + length + " bytes");
        }
        read(in, length);
        in.flip();
    }

    private void read(ByteBuffer in, int bytes) throws IOException {
        InputStream stream = socket.getInputStream();
        int left = bytes;
        while (left > 0) {
            long millis = (deadline - System.nanoTime()) / 1_000_000;
            if (millis <= 0) {
                throw new SocketTimeoutException("no handshake of TLS in time");
            }
            socket.setSoTimeout((int) millis);
            int read = stream.read(in.array(), in.position(), left);
            if (read < 0) {
                throw new EOFException("it left during the handshake, as who has another cluster.secret does");
            }
            in.position(in.position() + read);
            left -= read;
        }
    }
}
