package io.cornucopia.testkit;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Stands between a client and a server and changes one digit of each SHA-256 that a form promises, as a broken client would. All
 * else passes as it is, so that lengths stay right.
 */
public final class TamperingProxy implements AutoCloseable {

    private static final byte[] FIELD = "name=\"sha256_digest\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END_OF_HEAD = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ServerSocket server;
    private final int target;

    private TamperingProxy(ServerSocket server, int target) {
        this.server = server;
        this.target = target;
    }

    /** Starts one in front of a port of this machine. */
    public static TamperingProxy before(int port) {
        try {
            TamperingProxy proxy = new TamperingProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), port);
            proxy.threads.execute(proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its address, without a slash at the end. */
    public String url() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    @Override
    public void close() {
        threads.shutdownNow();
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                Socket behind = new Socket(InetAddress.getLoopbackAddress(), target);
                threads.execute(() -> pass(client, behind, new Tampering()));
                threads.execute(() -> pass(behind, client, each -> each));
            } catch (IOException e) {
                if (!server.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    @FunctionalInterface
    private interface Change {
        int of(int each);
    }

    private static void pass(Socket from, Socket to, Change change) {
        byte[] buffer = new byte[1 << 16];
        try (Socket source = from;
                Socket sink = to) {
            InputStream in = source.getInputStream();
            OutputStream out = new BufferedOutputStream(sink.getOutputStream(), buffer.length);
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                for (int i = 0; i < read; i++) {
                    out.write(change.of(buffer[i]));
                }
                out.flush();
            }
        } catch (IOException e) {
            // Either side has gone: closing both tells the other one.
        }
    }

    /** Waits for the name of the field, then for the end of its part's head, then changes one digit. */
    private static final class Tampering implements Change {
        private byte[] awaited = FIELD;
        private int matched;
        private boolean atDigit;

        @Override
        public int of(int each) {
            if (atDigit) {
                atDigit = false;
                return each == '0' ? '1' : '0';
            }
            matched = each == awaited[matched] ? matched + 1 : each == awaited[0] ? 1 : 0;
            if (matched == awaited.length) {
                matched = 0;
                atDigit = awaited == END_OF_HEAD;
                awaited = awaited == FIELD ? END_OF_HEAD : FIELD;
            }
            return each;
        }
    }
}
