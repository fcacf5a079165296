package io.cornucopia.testkit;

import static io.cornucopia.testkit.Conditions.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cornucopia.testkit.FaultProxy.Line;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class FaultProxyTest {
    private static final Duration WITHIN = Duration.ofSeconds(10);

    private final NodePorts ports = NodePorts.take();
    private final FaultProxy proxy = new FaultProxy();
    private Echo echo;

    @BeforeEach
    void start() throws IOException {
        assumeTrue(FaultProxy.missing().isEmpty(), FaultProxy.missing());
        echo = new Echo(ports.hazelcast());
        // This process plays node 1, and what is in front of the echo node 0.
        proxy.expect(
                1,
                NodePorts.take(),
                () -> OptionalLong.of(ProcessHandle.current().pid()));
        proxy.expect(0, ports, OptionalLong::empty);
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        if (echo != null) {
            echo.close();
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(proxy.nodeHost(0), ports.hazelcast());
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static String say(Socket socket, String word) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write((word + "\n").getBytes(StandardCharsets.US_ASCII));
        out.flush();
        return listen(socket);
    }

    private static String listen(Socket socket) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = socket.getInputStream().read();
                c != '\n';
                c = socket.getInputStream().read()) {
            if (c < 0) {
                return "(end)";
            }
            line.append((char) c);
        }
        return line.toString();
    }

    @Test
    @DisplayName("what is stalled neither arrives nor breaks off, and arrives when it is healed")
    void stalled() throws IOException {
        try (Socket socket = connect()) {
            assertThat(say(socket, "one")).isEqualTo("one");
            assertThat(proxy.connections(0, 1, Line.HAZELCAST)).isEqualTo(1);
            proxy.part(0, 1);
            socket.setSoTimeout(200);
            assertThat(catchTimeout(() -> say(socket, "two"))).isTrue();
            try (Socket late = connect()) {
                late.setSoTimeout(200);
                assertThat(catchTimeout(() -> say(late, "three"))).isTrue();
                proxy.heal();
                late.setSoTimeout(10_000);
                assertThat(listen(late)).isEqualTo("three");
            }
            socket.setSoTimeout(10_000);
            assertThat(listen(socket)).isEqualTo("two");
        }
        await("both are gone", WITHIN, () -> proxy.connections(0, 1, Line.HAZELCAST) == 0);
    }

    @Test
    @DisplayName("what is cut breaks off, and so does what comes later, until it is healed")
    void cut() throws IOException {
        try (Socket socket = connect()) {
            assertThat(say(socket, "one")).isEqualTo("one");
            proxy.cut(1, 0, Line.HAZELCAST);
            assertThat(listen(socket)).isEqualTo("(end)");
        }
        try (Socket refused = connect()) {
            assertThat(listen(refused)).isEqualTo("(end)");
        }
        proxy.heal(0, 1, Line.HAZELCAST);
        try (Socket again = connect()) {
            assertThat(say(again, "two")).isEqualTo("two");
        }
    }

    @Test
    @DisplayName("other nodes, other lines, and who is no node are left alone")
    void others() throws IOException, InterruptedException {
        proxy.stall(0, 2);
        proxy.cut(0, 1, Line.BUS, Line.INTERNAL);
        try (Socket socket = connect()) {
            assertThat(say(socket, "one")).isEqualTo("one");
        }
        proxy.cut(0, 1);
        Process nobody = new ProcessBuilder(List.of(
                        "bash",
                        "-c",
                        "exec 3<>/dev/tcp/" + proxy.nodeHost(0) + "/" + ports.hazelcast()
                                + "; echo four >&3; head -n 1 <&3"))
                .start();
        try (BufferedReader said =
                new BufferedReader(new InputStreamReader(nobody.getInputStream(), StandardCharsets.US_ASCII))) {
            assertThat(said.readLine()).isEqualTo("four");
        } finally {
            nobody.destroyForcibly().waitFor();
        }
    }

    private interface Talk {
        String talk() throws IOException;
    }

    private static boolean catchTimeout(Talk talk) throws IOException {
        try {
            talk.talk();
            return false;
        } catch (SocketTimeoutException e) {
            return true;
        }
    }

    /** Sends back what it is sent. */
    private static final class Echo implements Closeable {
        private final ServerSocket server;
        private final ExecutorService threads = Executors.newCachedThreadPool();

        Echo(int port) throws IOException {
            server = new ServerSocket(port, 50, InetAddress.getByName("127.0.0.1"));
            threads.execute(this::accept);
        }

        private void accept() {
            while (!server.isClosed()) {
                try {
                    Socket socket = server.accept();
                    threads.execute(() -> echo(socket));
                } catch (IOException e) {
                    // It was closed.
                    return;
                }
            }
        }

        private static void echo(Socket socket) {
            try (socket) {
                socket.getInputStream().transferTo(socket.getOutputStream());
            } catch (IOException e) {
                // The other end has gone.
            }
        }

        @Override
        public void close() throws IOException {
            server.close();
            threads.shutdownNow();
        }
    }
}
