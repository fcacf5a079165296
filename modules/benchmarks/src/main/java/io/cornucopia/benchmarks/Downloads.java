package io.cornucopia.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Clients that fetch one file each, once, all beginning at the same moment. */
final class Downloads {
    private static final int BUFFER = 256 * 1024;

    private Downloads() {}

    /** How many nanoseconds it took until all had all of it; fails if one of them did not get that many bytes. */
    static long nanos(Server server, String path, int clients, long bytes) {
        ExecutorService threads = Executors.newFixedThreadPool(clients);
        CyclicBarrier start = new CyclicBarrier(clients + 1);
        try {
            List<Future<Long>> arrivals = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                arrivals.add(threads.submit(() -> {
                    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
                    start.await();
                    return fetch(server, path, buffer, bytes);
                }));
            }
            start.await();
            long began = System.nanoTime();
            long last = began;
            for (Future<Long> arrival : arrivals) {
                last = Math.max(last, arrival.get());
            }
            return last - began;
        } catch (ExecutionException e) {
            throw new IllegalStateException(server.name() + " did not hand out " + path, e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (java.util.concurrent.BrokenBarrierException e) {
            throw new IllegalStateException(e);
        } finally {
            threads.shutdownNow();
        }
    }

    /** Gives the nanoTime at which the last byte was here. */
    private static long fetch(Server server, String path, ByteBuffer buffer, long bytes) throws IOException {
        try (SocketChannel channel =
                SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()))) {
            String request =
                    "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + server.port() + "\r\nConnection: close\r\n\r\n";
            channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.ISO_8859_1)));
            StringBuilder head = new StringBuilder();
            long received = 0;
            while (channel.read(buffer.clear()) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining() && head.indexOf("\r\n\r\n") < 0) {
                    head.append((char) buffer.get());
                }
                received += buffer.remaining();
            }
            if (received != bytes || !head.toString().startsWith("HTTP/1.1 200")) {
                throw new IOException(received + " of " + bytes + " bytes, "
                        + head.toString().lines().findFirst());
            }
            return System.nanoTime();
        }
    }
}
