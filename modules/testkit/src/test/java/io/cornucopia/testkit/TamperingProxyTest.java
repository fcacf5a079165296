package io.cornucopia.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TamperingProxyTest {
    @Test
    @DisplayName("one digit of each promised SHA-256 is another, and all else passes as it is, on one connection")
    void tampered() throws IOException {
        AtomicReference<byte[]> received = new AtomicReference<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            received.set(exchange.getRequestBody().readAllBytes());
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write("ok".getBytes(StandardCharsets.US_ASCII));
            exchange.close();
        });
        server.start();
        UploadForm form =
                UploadForm.of(GoldenWheel.of("golden", "1.0").payload(200_000).build());
        byte[] sent = form.body().bytes();
        try (TamperingProxy proxy = TamperingProxy.before(server.getAddress().getPort());
                Conversation conversation =
                        HttpProbe.at(URI.create(proxy.url())).connect()) {
            for (int i = 0; i < 2; i++) {
                assertThat(conversation.post("/legacy/", form).text()).isEqualTo("ok");
                byte[] got = received.get();
                assertThat(got).hasSameSizeAs(sent);
                int changed = 0;
                for (int at = 0; at < sent.length; at++) {
                    changed += got[at] == sent[at] ? 0 : 1;
                }
                assertThat(changed).isEqualTo(1);
            }
        } finally {
            server.stop(0);
        }
    }
}
