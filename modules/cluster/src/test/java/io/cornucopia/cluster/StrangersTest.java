package io.cornucopia.cluster;

import static io.cornucopia.cluster.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.hazelcast.map.IMap;
import io.cornucopia.testkit.FreePorts;
import io.vertx.core.Promise;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who does not know the secret gets in nowhere; and what goes over the wire between those who do arrives as it was. */
class StrangersTest {
    private static List<TestNode> nodes;

    @BeforeAll
    static void start() {
        nodes = TestNode.start(2);
    }

    @AfterAll
    static void stop() {
        nodes.forEach(TestNode::close);
    }

    @Test
    void hazelcastSaysNothingToWhoSpeaksItsProtocolsInTheClear() throws IOException {
        for (String protocol : List.of("HZC", "CB2", "GET /hazelcast/health HTTP/1.0\r\n\r\n")) {
            try (Socket socket = new Socket(
                    InetAddress.getLoopbackAddress(), nodes.get(0).settings.port())) {
                socket.setSoTimeout(10_000);
                socket.getOutputStream().write(protocol.getBytes(StandardCharsets.US_ASCII));
                byte[] answer = readAll(socket);
                // An alert of TLS at most.
                assertThat(answer.length == 0 || answer[0] == 21)
                        .as("%s: %s", protocol, Arrays.toString(answer))
                        .isTrue();
            }
        }
    }

    private static byte[] readAll(Socket socket) {
        try {
            return socket.getInputStream().readNBytes(1_000);
        } catch (IOException e) {
            return new byte[0];
        }
    }

    @Test
    void aStrangerWhoSaysNothingDoesNotKeepOthersOut() throws IOException {
        List<Socket> silent = new ArrayList<>();
        try {
            for (int i = 0; i < 100; i++) {
                silent.add(new Socket(
                        InetAddress.getLoopbackAddress(), nodes.get(0).settings.port()));
            }
            for (Socket socket : silent) {
                socket.setSoTimeout(30_000);
                assertThat(readAll(socket)).isEmpty();
            }
        } finally {
            for (Socket socket : silent) {
                socket.close();
            }
        }
        assertThat(nodes.get(1).cluster.members().all()).hasSize(2);
        try (TestNode late = TestNode.start(TestNode.settings(
                List.of(nodes.get(0).settings.port()), FreePorts.take(), TestNode.SECRET, Duration.ofSeconds(10)))) {
            assertThat(late.cluster.members().all()).hasSize(3);
        }
        await().untilAsserted(
                        () -> assertThat(nodes.get(1).cluster.members().all()).hasSize(2));
    }

    @Test
    void theEventBusTakesNobodyWithAnotherSecret() {
        ClusterTls stranger = new ClusterTls(new ClusterSecret("test", "another secret, as long"));
        NetClientOptions options = new NetClientOptions()
                .setSsl(true)
                .setHostnameVerificationAlgorithm("")
                .setEnabledSecureTransportProtocols(Set.of("TLSv1.3"))
                .setKeyCertOptions(stranger.identity())
                .setTrustOptions(stranger.trust());
        int port = nodes.get(0).settings.busPort();
        NetClient untrusted = nodes.get(0).vertx.createNetClient(options);
        var connecting = untrusted.connect(port, "127.0.0.1");
        assertThatThrownBy(() -> await(connecting)).hasStackTraceContaining("SSLHandshakeException");
        untrusted.close();

        // And the other way round: the bus does not take whom it connects to for a node either.
        NetClient trusted = nodes.get(0)
                .vertx
                .createNetClient(
                        new NetClientOptions(options).setTrustOptions(null).setTrustAll(true));
        var trusting = trusted.connect(port, "127.0.0.1").compose(socket -> {
            Promise<Integer> read = Promise.promise();
            socket.handler(bytes -> read.tryComplete(bytes.length()));
            socket.exceptionHandler(read::tryFail);
            socket.closeHandler(closed -> read.tryFail("closed"));
            return read.future();
        });
        assertThatThrownBy(() -> await(trusting)).hasStackTraceContaining("SSLHandshakeException");
        trusted.close();
    }

    @Test
    void muchArrivesAsItWas() {
        IMap<String, byte[]> here = nodes.get(0).member.hazelcast().getMap("much");
        IMap<String, byte[]> there = nodes.get(1).member.hazelcast().getMap("much");
        Random random = new Random(1);
        for (int i = 0; i < 40; i++) {
            byte[] value = new byte[random.nextInt(3_000_000)];
            random.nextBytes(value);
            here.set("key-" + i, value);
            assertThat(there.get("key-" + i)).isEqualTo(value);
        }
        here.destroy();
    }
}
