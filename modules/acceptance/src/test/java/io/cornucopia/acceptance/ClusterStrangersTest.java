package io.cornucopia.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.cornucopia.testkit.FakeUpstream;
import io.cornucopia.testkit.GoldenFile;
import io.cornucopia.testkit.Node;
import io.cornucopia.testkit.NodePorts;
import io.cornucopia.testkit.TestCluster;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who does not know the secret neither joins three nodes nor reads a byte from their ports. */
class ClusterStrangersTest {
    private static final int SILENCE_MILLIS = 20_000;
    private static final int ALERT = 21;
    private static final int LONGEST_ALERT = 64;

    @TempDir
    static Path directory;

    private static final GoldenFile FILE = GoldenFile.blob("treasure", "treasure-1.0-py3-none-any.whl", 300_000, 5);
    private static FakeUpstream upstream;
    private static TestCluster cluster;

    @BeforeAll
    static void start() {
        upstream = FakeUpstream.start();
        upstream.put(FILE);
        cluster = TestCluster.builder()
                .over(upstream)
                .directory(directory.resolve("cluster"))
                .jvm("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
                .start();
        // From upstream to the first, and from there over the internal port to the second: so it is there to be had.
        for (int number = 0; number < 2; number++) {
            assertThat(cluster.node(number)
                            .probe()
                            .digest("/packages/" + FILE.filename())
                            .sha256())
                    .isEqualTo(FILE.sha256());
        }
        assertThat(upstream.bytesRequests(FILE.filename())).isEqualTo(1);
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.close();
        }
        if (upstream != null) {
            upstream.close();
        }
    }

    /** What may be asked in the hope of bytes. */
    private static List<String> questions() {
        String rest = " HTTP/1.1\r\nHost: node\r\nConnection: close\r\n\r\n";
        return List.of(
                "GET /files/treasure/" + FILE.filename() + rest,
                "GET /pages/treasure" + rest,
                "GET /nowhere" + rest,
                "GET /hazelcast/health" + rest,
                "HZC",
                "no protocol at all\r\n\r\n");
    }

    private static List<Integer> ports() {
        NodePorts ports = cluster.ports(0);
        return List.of(ports.internal(), ports.hazelcast(), ports.bus());
    }

    @Test
    @DisplayName("in the clear: no port says anything, or no more than that it is not TLS")
    void plain() throws IOException {
        for (int port : ports()) {
            Map<Socket, String> asked = new LinkedHashMap<>();
            try {
                // All at once, since who says too little to be told apart from a slow handshake is waited for.
                for (String question : questions()) {
                    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
                    asked.put(socket, question);
                    send(socket, question);
                }
                asked.forEach((socket, question) -> {
                    byte[] answer = answer(socket);
                    assertThat(answer.length == 0 || answer[0] == ALERT && answer.length <= LONGEST_ALERT)
                            .as("%s on port %d: %s", question, port, new String(answer, StandardCharsets.ISO_8859_1))
                            .isTrue();
                });
            } finally {
                for (Socket socket : asked.keySet()) {
                    socket.close();
                }
            }
        }
    }

    /** What strangers have to show in a handshake. */
    enum Shown {
        NOTHING,
        A_CERTIFICATE_OF_THEIR_OWN;

        KeyManager[] keys() throws GeneralSecurityException, IOException {
            if (this == NOTHING) {
                return new KeyManager[0];
            }
            Certificate own = Certificate.selfSigned(directory);
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("own", own.key(), new char[0], new java.security.cert.Certificate[] {own.x509()});
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, new char[0]);
            return factory.getKeyManagers();
        }
    }

    @ParameterizedTest(name = "over TLS with {0}: not a byte")
    @EnumSource
    void tls(Shown shown) throws GeneralSecurityException, IOException {
        KeyManager[] keys = shown.keys();
        for (String protocol : List.of("TLSv1.3", "TLSv1.2")) {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys, new TrustManager[] {new Trusting()}, new SecureRandom());
            for (int port : ports()) {
                for (String question : questions()) {
                    try (SSLSocket socket = (SSLSocket)
                            context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port)) {
                        socket.setEnabledProtocols(new String[] {protocol});
                        assertThat(tell(socket, question))
                                .as("%s on port %d by %s", question, port, protocol)
                                .isEmpty();
                    }
                }
            }
        }
    }

    private static void send(Socket socket, String question) throws IOException {
        socket.getOutputStream().write(question.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
    }

    /** Everything that comes back until the other side is done or breaks off. */
    private static byte[] answer(Socket socket) {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        try {
            socket.setSoTimeout(SILENCE_MILLIS);
            InputStream in = socket.getInputStream();
            for (int next = in.read(); next >= 0; next = in.read()) {
                answer.write(next);
            }
        } catch (SocketTimeoutException e) {
            throw new AssertionError("a connection that says nothing is kept open", e);
        } catch (IOException e) {
            // Broken off, which is what is hoped for; what came before counts.
        }
        return answer.toByteArray();
    }

    /** The same over TLS; a handshake that fails is no answer. */
    private static byte[] tell(SSLSocket socket, String question) {
        try {
            socket.setSoTimeout(SILENCE_MILLIS);
            send(socket, question);
        } catch (IOException e) {
            return new byte[0];
        }
        return answer(socket);
    }

    /** Takes everybody for whom they say they are. */
    private static final class Trusting extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(java.security.cert.X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(java.security.cert.X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(java.security.cert.X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(java.security.cert.X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(
                java.security.cert.X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}

        @Override
        public void checkServerTrusted(
                java.security.cert.X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}

        @Override
        public java.security.cert.X509Certificate[] getAcceptedIssuers() {
            return new java.security.cert.X509Certificate[0];
        }
    }

    @Test
    @DisplayName("nodes with another secret, or another name, begin alone and say why; the three stay three")
    void otherNodes() {
        List<Node> strangers = new ArrayList<>();
        try {
            strangers.add(stranger("secret", Map.of("cluster.secret", "known to others, and as long as a secret")));
            strangers.add(stranger("name", Map.of("cluster.name", "others")));
            for (Node stranger : strangers) {
                stranger.awaitReady();
                JsonObject seen = new JsonObject(
                        new OwnedNode(stranger).owner().get("/api/cluster").text());
                assertThat(seen.getJsonArray("members")).as(seen.encode()).hasSize(1);
                String said = String.join("\n", stranger.stderr());
                assertThat(said)
                        .contains("its cluster.secret or its cluster.name is not that of this node")
                        .contains("this one begins alone");
                int before = upstream.bytesRequests(FILE.filename());
                assertThat(stranger.probe()
                                .digest("/packages/" + FILE.filename())
                                .sha256())
                        .isEqualTo(FILE.sha256());
                assertThat(upstream.bytesRequests(FILE.filename()))
                        .as("bytes that the three did not give")
                        .isEqualTo(before + 1);
                for (int number = 0; number < 3; number++) {
                    assertThat(cluster.membersSeenBy(number)).hasSize(3);
                }
            }
        } finally {
            strangers.forEach(Node::close);
        }
        cluster.awaitAllMembers();
    }

    private static Node stranger(String name, Map<String, String> different) {
        NodePorts ports = NodePorts.take();
        Path home = directory.resolve("stranger-" + name);
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("server.port", Integer.toString(ports.client()));
        settings.put("upstream.url", upstream.url());
        settings.put("cache.dir", home.resolve("cache").toString());
        settings.put("upload.store", home.resolve("store").toString());
        settings.put("upload.store_shared", "true");
        settings.put("upload.token", TestCluster.TOKEN);
        settings.put("log.audit", "stdout");
        settings.put("cluster.enabled", "true");
        settings.put("cluster.secret", TestCluster.SECRET);
        settings.put("cluster.host", "127.0.0.1");
        settings.put("cluster.port", Integer.toString(ports.hazelcast()));
        settings.put("cluster.bus_port", Integer.toString(ports.bus()));
        settings.put("cluster.internal_port", Integer.toString(ports.internal()));
        settings.put(
                "cluster.members",
                String.join(
                        ",", IntStream.range(0, 3).mapToObj(cluster::address).toList()));
        settings.put("cluster.join_timeout", "3s");
        settings.putAll(different);
        Node.Builder builder = Node.builder().workDir(home).jvm("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");
        settings.forEach(builder::set);
        return builder.launch();
    }
}
