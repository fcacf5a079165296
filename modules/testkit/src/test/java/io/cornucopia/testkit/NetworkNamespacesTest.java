package io.cornucopia.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class NetworkNamespacesTest {
    @Test
    @DisplayName("nodes reach one another and the machine them; two that are parted do not, and all others still do")
    void parted() throws IOException, InterruptedException {
        String missing = NetworkNamespaces.missing();
        assumeTrue(missing.isEmpty(), missing);
        int port = FreePorts.take();
        Path classes = Path.of("target", "test-classes").toAbsolutePath();
        try (NetworkNamespaces network = NetworkNamespaces.of(3)) {
            List<Process> listening = new ArrayList<>();
            try {
                for (int node = 0; node < 3; node++) {
                    listening.add(in(
                            network,
                            node,
                            Path.of(System.getProperty("java.home"), "bin", "java") + " -XX:TieredStopAtLevel=1 -cp "
                                    + classes + " " + Listener.class.getName() + " " + network.nodeHost(node) + " "
                                    + port));
                }
                for (int node = 0; node < 3; node++) {
                    int at = node;
                    Conditions.await("node " + at, Duration.ofSeconds(20), () -> reaches(network.nodeHost(at), port));
                }
                assertThat(reaches(network, 0, 1, port)).isTrue();
                network.part(0, 1);
                assertThat(reaches(network, 0, 1, port)).isFalse();
                assertThat(reaches(network, 1, 0, port)).isFalse();
                assertThat(reaches(network, 0, 2, port)).isTrue();
                assertThat(reaches(network, 2, 1, port)).isTrue();
                assertThat(reaches(network.clientHost(0), port)).isTrue();
                network.heal();
                assertThat(reaches(network, 0, 1, port)).isTrue();
            } finally {
                for (Process process : listening) {
                    process.destroyForcibly().waitFor();
                }
            }
        }
    }

    private static Process in(Network network, int node, String command) throws IOException {
        List<String> words = new ArrayList<>(network.before(node));
        words.addAll(List.of("bash", "-c", "exec " + command));
        return new ProcessBuilder(words).start();
    }

    private static boolean reaches(Network network, int from, int to, int port)
            throws IOException, InterruptedException {
        Process trying = in(
                network,
                from,
                "timeout 2 bash -c 'exec 3<>/dev/tcp/" + network.nodeHost(to) + "/" + port + "' 2>/dev/null");
        return trying.waitFor(20, TimeUnit.SECONDS) && trying.exitValue() == 0;
    }

    private static boolean reaches(String host, int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), 1_000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
