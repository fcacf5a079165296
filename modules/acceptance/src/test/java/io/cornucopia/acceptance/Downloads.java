package io.cornucopia.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Many clients that download a file at once, each on a connection of its own and with one request, all on two threads. Each
 * byte is compared with what it should be, which says as much as a digest and takes a tenth of the time: hundreds of
 * clients would be slower than the program otherwise.
 */
final class Downloads implements AutoCloseable {
    private static final int BUFFER = 512 * 1024;
    private static final int LONGEST_HEAD = 16 * 1024;
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 (\\d{3}) ");
    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)\r\n");

    private final List<Loop> loops = new ArrayList<>();
    private final AtomicInteger next = new AtomicInteger();

    Downloads() {
        for (int i = 0; i < 2; i++) {
            Loop loop = new Loop();
            loops.add(loop);
            Thread thread = new Thread(loop, "downloads-" + i);
            thread.setDaemon(true);
            thread.start();
        }
    }

    /**
     * Asks for a file.
     *
     * @param expected what it should be
     */
    Download start(InetSocketAddress address, String path, ByteBuffer expected) {
        Download download = new Download(expected);
        try {
            SocketChannel channel = SocketChannel.open(address);
            String head = "GET " + path + " HTTP/1.1\r\nHost: " + address.getHostString() + "\r\n\r\n";
            channel.write(ByteBuffer.wrap(head.getBytes(StandardCharsets.US_ASCII)));
            channel.configureBlocking(false);
            download.channel = channel;
            loops.get(next.getAndIncrement() % loops.size()).add(download);
        } catch (IOException e) {
            download.end("no connection: " + e.getMessage());
        }
        return download;
    }

    @Override
    public void close() {
        loops.forEach(Loop::close);
    }

    /**
     * How it ended.
     *
     * @param problem empty if all bytes came and were right
     * @param received how many bytes of body came
     * @param nanos when, by {@link System#nanoTime}
     */
    record Outcome(String problem, long received, long nanos) {
        boolean isWhole() {
            return problem.isEmpty();
        }
    }

    /** One client with its file. */
    static final class Download {
        private final ByteBuffer expected;
        private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        private final StringBuilder head = new StringBuilder();
        private SocketChannel channel;
        private boolean inBody;
        private volatile int received;

        private Download(ByteBuffer expected) {
            this.expected = expected.duplicate();
        }

        CompletableFuture<Outcome> outcome() {
            return outcome;
        }

        /** How many bytes of body came so far. */
        int received() {
            return received;
        }

        private void read(ByteBuffer buffer) {
            try {
                int count = channel.read(buffer.clear());
                if (count < 0) {
                    end(inBody ? "broke off after " + received + " bytes" : "broke off without a head");
                } else if (count > 0) {
                    take(buffer.flip());
                }
            } catch (IOException e) {
                end("broke off after " + received + " bytes: " + e.getMessage());
            }
        }

        private void take(ByteBuffer bytes) {
            while (!inBody && bytes.hasRemaining()) {
                head.append((char) (bytes.get() & 0xff));
                if (head.length() >= 4 && head.indexOf("\r\n\r\n", head.length() - 4) >= 0) {
                    if (!isAsExpected()) {
                        end("answered " + head);
                        return;
                    }
                    inBody = true;
                } else if (head.length() > LONGEST_HEAD) {
                    end("answered no HTTP");
                    return;
                }
            }
            if (bytes.remaining() > expected.capacity() - received) {
                end("sent too much");
                return;
            }
            expected.limit(received + bytes.remaining()).position(received);
            int wrong = bytes.mismatch(expected);
            if (wrong >= 0) {
                end("byte " + (received + wrong) + " is wrong");
                return;
            }
            received += bytes.remaining();
            if (received == expected.capacity()) {
                end("");
            }
        }

        private boolean isAsExpected() {
            Matcher status = STATUS.matcher(head);
            Matcher length = LENGTH.matcher(head);
            return status.lookingAt()
                    && status.group(1).equals("200")
                    && length.find()
                    && Long.parseLong(length.group(1)) == expected.capacity();
        }

        private void end(String problem) {
            outcome.complete(new Outcome(problem, received, System.nanoTime()));
            if (channel != null) {
                try {
                    channel.close();
                } catch (IOException e) {
                    // It is of no more use either way.
                }
            }
        }
    }

    /** Reads what comes. */
    private static final class Loop implements Runnable {
        private final Selector selector;
        private final Queue<Download> fresh = new ConcurrentLinkedQueue<>();
        private volatile boolean closed;

        Loop() {
            try {
                selector = Selector.open();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void add(Download download) {
            fresh.add(download);
            selector.wakeup();
        }

        void close() {
            closed = true;
            selector.wakeup();
        }

        @Override
        public void run() {
            ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
            try (selector) {
                while (!closed) {
                    for (Download one = fresh.poll(); one != null; one = fresh.poll()) {
                        one.channel.register(selector, SelectionKey.OP_READ, one);
                    }
                    selector.select(key -> ((Download) key.attachment()).read(buffer));
                }
                selector.keys().forEach(key -> ((Download) key.attachment()).end("given up by the test"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
