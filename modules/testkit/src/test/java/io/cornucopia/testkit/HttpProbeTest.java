package io.cornucopia.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class HttpProbeTest {

    @Test
    void whatIsSentIsWhatWasGiven() throws IOException {
        List<String> sent = new ArrayList<>();
        exchange(
                "HTTP/1.1 204 Nothing here\r\n\r\n",
                sent,
                probe -> probe.header("Accept", "a").header("Accept", "b").send("GET", "/x/..%2f..\0\\"));
        assertThat(sent)
                .startsWith("GET /x/..%2f..\0\\ HTTP/1.1")
                .containsSubsequence("Accept: a", "Accept: b", "Connection: close");
    }

    @Test
    void theHeadIsReportedAsItCame() throws IOException {
        HttpProbe.Response response = get("HTTP/1.1 100 Continue\r\n\r\n"
                + "HTTP/1.1 409 File already exists\r\nX-A: 1\r\nx-a:2\r\nContent-Length: 2\r\n\r\nok");
        assertThat(response.status()).isEqualTo(409);
        assertThat(response.reason()).isEqualTo("File already exists");
        assertThat(response.allHeaders("X-a")).containsExactly("1", "2");
        assertThat(response.text()).isEqualTo("ok");
        assertThat(response.complete()).isTrue();
    }

    @Test
    void chunksAreJoinedAndTheLackOfTheLastIsSeen() throws IOException {
        String head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        HttpProbe.Response whole = get(head + "3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nT: 1\r\n\r\n");
        assertThat(whole.text()).isEqualTo("abc0123456789");
        assertThat(whole.complete()).isTrue();
        assertThat(get(head + "3\r\nabc\r\n").truncated()).isTrue();
        assertThat(get(head + "3\r\nab").truncated()).isTrue();
        assertThat(get(head + "3\r\nabc\r\n0\r\n").truncated()).isTrue();
    }

    @Test
    void aBodyWithoutALengthEndsWithTheConnection() throws IOException {
        HttpProbe.Response response = get("HTTP/1.1 200 OK\r\n\r\nall of it");
        assertThat(response.text()).isEqualTo("all of it");
        assertThat(response.complete()).isTrue();
    }

    private static HttpProbe.Response get(String answer) throws IOException {
        return exchange(answer, new ArrayList<>(), probe -> probe.get("/"));
    }

    private static HttpProbe.Response exchange(
            String answer, List<String> sent, Function<HttpProbe, HttpProbe.Response> request) throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> answered = CompletableFuture.runAsync(() -> answerOnce(server, answer, sent));
            HttpProbe.Response response = request.apply(HttpProbe.at(server.getLocalPort()));
            answered.join();
            return response;
        }
    }

    private static void answerOnce(ServerSocket server, String answer, List<String> sent) {
        try (Socket socket = server.accept();
                BufferedReader in = new BufferedReader(
                        new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1))) {
            for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                sent.add(line);
            }
            socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
