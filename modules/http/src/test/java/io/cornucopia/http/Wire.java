package io.cornucopia.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** A wire to a port of this machine that can be frozen or cut. */
final class Wire implements AutoCloseable {
    private final ServerSocket listening;
    private final int to;
    private final List<Strand> strands = new CopyOnWriteArrayList<>();
    private volatile boolean frozen;

    Wire(int to) throws IOException {
        this.to = to;
        listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        thread(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    /** Nothing passes any more, neither on connections that stand nor on new ones, and nobody is told. */
    void freeze() {
        frozen = true;
        freezeStanding();
    }

    /** Nothing passes any more on connections that stand; new ones are well. */
    void freezeStanding() {
        strands.forEach(strand -> strand.frozen = true);
    }

    /** Cuts the connections that stand. */
    void cut() {
        strands.forEach(Strand::close);
    }

    private void accept() {
        try {
            while (true) {
                Socket here = listening.accept();
                Strand strand = new Strand(here, new Socket(InetAddress.getLoopbackAddress(), to));
                strand.frozen = frozen;
                strands.add(strand);
                thread(() -> strand.pass(strand.here, strand.there));
                thread(() -> strand.pass(strand.there, strand.here));
            }
        } catch (IOException e) {
            // It was closed.
        }
    }

    private static void thread(Runnable what) {
        Thread thread = new Thread(what, "wire");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            listening.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cut();
    }

    private static final class Strand {
        private final Socket here;
        private final Socket there;
        private final CountDownLatch closed = new CountDownLatch(1);
        private volatile boolean frozen;

        Strand(Socket here, Socket there) {
            this.here = here;
            this.there = there;
        }

        void pass(Socket from, Socket to) {
            byte[] buffer = new byte[16 * 1024];
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                    if (frozen) {
                        closed.await();
                    }
                    out.write(buffer, 0, count);
                }
            } catch (IOException e) {
                // The one side is gone, and so is the other.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            close();
        }

        void close() {
            closed.countDown();
            List<IOException> failures = new ArrayList<>();
            for (Socket socket : List.of(here, there)) {
                try {
                    socket.close();
                } catch (IOException e) {
                    failures.add(e);
                }
            }
            if (!failures.isEmpty()) {
                throw new UncheckedIOException(failures.get(0));
            }
        }
    }
}
