package io.cornucopia.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends requests at a set rate whether or not the server keeps up, over connections that stay open, and tells how long
 * each answer took. Time counts from the moment at which a request was due, not from the one at which a connection was
 * free for it: a server that stalls cannot hide the requests that it kept from being sent. One thread; it looks for what
 * arrived about every 50 microseconds, which is how exact its times are.
 */
final class PacedClient {
    private static final long PAUSE_NANOS = 30_000;
    private static final int BUFFER = 256 * 1024;
    private static final byte[] LENGTH = "content-length:".getBytes(StandardCharsets.US_ASCII);

    private final InetSocketAddress server;
    private final byte[] request;
    private final int connections;

    PacedClient(int port, Load load) {
        this.server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        StringBuilder text = new StringBuilder("GET " + load.path() + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n");
        load.headers().forEach(header -> text.append(header).append("\r\n"));
        this.request = text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
        this.connections = load.connections();
    }

    /**
     * How long answers took.
     *
     * @param sortedNanos each, the shortest first
     * @param failed how many were not 200, or broke off
     * @param unanswered how many were due and had no answer a second after the end
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared, and too many to be boxed
    record Latencies(long[] sortedNanos, long failed, long unanswered) {
        double millis(double share) {
            return Spread.percentile(sortedNanos, share) / 1e6;
        }
    }

    /** Runs for that long at that many requests a second. */
    Latencies run(double rate, Duration duration) {
        try (Selector selector = Selector.open()) {
            return new Run(selector, rate, duration).run();
        } catch (IOException e) {
            throw new UncheckedIOException("on port " + server.getPort(), e);
        }
    }

    private final class Run {
        private final Selector selector;
        private final long intervalNanos;
        private final int due;
        private final long[] nanos;
        private final Deque<Connection> idle = new ArrayDeque<>();
        private final List<SocketChannel> channels = new ArrayList<>();
        private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
        private int answered;
        private int failed;

        Run(Selector selector, double rate, Duration duration) {
            this.selector = selector;
            this.intervalNanos = Math.max(1, Math.round(1e9 / rate));
            this.due = (int) Math.max(1, duration.toNanos() / intervalNanos);
            this.nanos = new long[due];
        }

        Latencies run() throws IOException {
            try {
                for (int i = 0; i < connections; i++) {
                    connect();
                }
                send();
            } finally {
                for (SocketChannel channel : channels) {
                    channel.close();
                }
            }
            long[] sorted = Arrays.copyOf(nanos, answered);
            Arrays.sort(sorted);
            return new Latencies(sorted, failed, due - answered - failed);
        }

        private void send() throws IOException {
            long start = System.nanoTime() + PAUSE_NANOS;
            long end = start + due * intervalNanos + 1_000_000_000L;
            int sent = 0;
            while (answered + failed < due && System.nanoTime() < end) {
                boolean busy = selector.selectNow() > 0;
                if (busy) {
                    for (SelectionKey key : selector.selectedKeys()) {
                        read((Connection) key.attachment());
                    }
                    selector.selectedKeys().clear();
                }
                long now = System.nanoTime();
                while (sent < due && start + sent * intervalNanos <= now && !idle.isEmpty()) {
                    Connection connection = idle.pop();
                    connection.dueAt = start + sent * intervalNanos;
                    connection.send();
                    sent++;
                    busy = true;
                }
                if (!busy) {
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            }
        }

        private void read(Connection connection) throws IOException {
            buffer.clear();
            int read;
            try {
                read = connection.channel.read(buffer);
            } catch (IOException e) {
                read = -1;
            }
            if (read < 0) {
                connection.channel.close();
                failed++;
                connect();
                return;
            }
            buffer.flip();
            if (connection.accept(buffer)) {
                if (connection.good) {
                    nanos[answered++] = System.nanoTime() - connection.dueAt;
                } else {
                    failed++;
                }
                idle.push(connection);
            }
        }

        private void connect() throws IOException {
            SocketChannel channel = SocketChannel.open(server);
            channels.add(channel);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            Connection connection = new Connection(channel);
            channel.register(selector, SelectionKey.OP_READ, connection);
            idle.push(connection);
        }
    }

    /** One connection, with at most one request under way. */
    private final class Connection {
        private final SocketChannel channel;
        private final ByteBuffer out = ByteBuffer.wrap(request);
        private final byte[] head = new byte[16 * 1024];
        private long dueAt;
        private int headLength;
        private long missing = -1;
        private boolean good;

        Connection(SocketChannel channel) {
            this.channel = channel;
        }

        void send() throws IOException {
            out.clear();
            headLength = 0;
            missing = -1;
            while (out.hasRemaining()) {
                channel.write(out);
            }
        }

        /** Takes what arrived; whether the answer is whole. */
        boolean accept(ByteBuffer in) throws IOException {
            while (missing < 0 && in.hasRemaining()) {
                if (headLength == head.length) {
                    throw new IOException("a head of more than " + head.length + " bytes");
                }
                head[headLength++] = in.get();
                if (headLength >= 4
                        && head[headLength - 1] == '\n'
                        && head[headLength - 2] == '\r'
                        && head[headLength - 3] == '\n') {
                    good = head[9] == '2';
                    missing = contentLength();
                }
            }
            if (missing >= 0) {
                missing -= in.remaining();
            }
            return missing == 0;
        }

        private long contentLength() throws IOException {
            for (int i = 0; i + LENGTH.length < headLength; i++) {
                if (head[i] == '\n' && matches(i + 1)) {
                    long length = 0;
                    for (int at = i + 1 + LENGTH.length; head[at] != '\r'; at++) {
                        if (head[at] != ' ') {
                            length = length * 10 + (head[at] - '0');
                        }
                    }
                    return length;
                }
            }
            throw new IOException(
                    "no Content-Length in " + new String(head, 0, headLength, StandardCharsets.ISO_8859_1));
        }

        private boolean matches(int from) {
            for (int i = 0; i < LENGTH.length; i++) {
                int c = head[from + i];
                if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != LENGTH[i]) {
                    return false;
                }
            }
            return true;
        }
    }
}
