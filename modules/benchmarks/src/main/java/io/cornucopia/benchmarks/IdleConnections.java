package io.cornucopia.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Whether a thousand connections that lie idle make a server slower. */
record IdleConnections(String name, String title, double atLeast) implements Scenario {
    private static final int CONNECTIONS = 64;
    private static final int IDLE = 1_000;

    @Override
    public Outcome run(Stage stage) {
        Tree.Item page = stage.tree().smallPage();
        Server ours = stage.ours();
        Load load = Load.of(page.path(), CONNECTIONS, Load.JSON, Load.GZIP);
        stage.warmUp(ours, load);
        List<Series> series = stage.inTurns(List.of(
                new Stage.Turn("cornucopia with 1,000 idle connections", round -> {
                    List<SocketChannel> idle = open(ours);
                    try {
                        Sample sample = stage.measure(ours, load);
                        long still =
                                idle.stream().filter(IdleConnections::isOpen).count();
                        if (still < IDLE) {
                            throw new IllegalStateException("only " + still + " of " + IDLE + " connections were kept");
                        }
                        return sample;
                    } finally {
                        idle.forEach(IdleConnections::close);
                    }
                }),
                new Stage.Turn("cornucopia without", round -> stage.measure(ours, load))));
        return Outcome.rate(
                name,
                title,
                atLeast,
                series,
                List.of("does not drop: by no more than the rounds differ among themselves"));
    }

    /** Opens them, each with one request behind it. */
    private static List<SocketChannel> open(Server server) {
        List<SocketChannel> idle = new ArrayList<>();
        byte[] request = ("GET /health/live HTTP/1.1\r\nHost: 127.0.0.1:" + server.port() + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        try {
            for (int i = 0; i < IDLE; i++) {
                SocketChannel channel =
                        SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
                idle.add(channel);
                channel.write(ByteBuffer.wrap(request));
                if (channel.read(ByteBuffer.allocate(4096)) <= 0) {
                    throw new IOException("no answer on connection " + i);
                }
            }
            return idle;
        } catch (IOException e) {
            idle.forEach(IdleConnections::close);
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isOpen(SocketChannel channel) {
        try {
            channel.configureBlocking(false);
            return channel.read(ByteBuffer.allocate(4096)) >= 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // It is gone either way.
        }
    }
}
