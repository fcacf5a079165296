package io.cornucopia.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PacedClientTest {
    private static final int RATE = 100;
    private static final Duration DURATION = Duration.ofMillis(500);
    private static final int REQUESTS = 50;

    private final AtomicInteger requests = new AtomicInteger();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch end = new CountDownLatch(1);
    private ServerSocket server;

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void stop() throws IOException {
        end.countDown();
        server.close();
        threads.shutdownNow();
    }

    @Test
    void sendsAsManyRequestsAsTheRateSaysAndReadsTheAnswersWhole() {
        serve("200 OK", 0);

        PacedClient.Latencies latencies = run(2);

        assertThat(requests).hasValue(REQUESTS);
        assertThat(latencies.sortedNanos()).hasSize(REQUESTS).isSorted();
        assertThat(latencies.failed()).isZero();
        assertThat(latencies.unanswered()).isZero();
    }

    @Test
    void anotherStatusIsAFailure() {
        serve("503 Service Unavailable", 0);

        assertThat(run(2).failed()).isEqualTo(REQUESTS);
    }

    /** Only the first request takes long; those that were due meanwhile could not be sent. */
    @Test
    void aServerThatStallsPaysForTheRequestsThatItKeptFromBeingSent() {
        serve("200 OK", 400);

        assertThat(run(1).millis(0.5)).isGreaterThan(50);
    }

    private PacedClient.Latencies run(int connections) {
        return new PacedClient(server.getLocalPort(), Load.of("/", connections)).run(RATE, DURATION);
    }

    private void serve(String status, long stallMillis) {
        threads.execute(() -> {
            while (!server.isClosed()) {
                try {
                    Socket client = server.accept();
                    threads.execute(() -> answer(client, status, stallMillis));
                } catch (IOException e) {
                    return;
                }
            }
        });
    }

    private void answer(Socket client, String status, long stallMillis) {
        String body = "x".repeat(5000);
        byte[] answer = ("HTTP/1.1 " + status + "\r\ncontent-Length: " + body.length() + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.US_ASCII);
        try (client;
                BufferedReader lines =
                        new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.isEmpty()) {
                    if (requests.incrementAndGet() == 1 && end.await(stallMillis, TimeUnit.MILLISECONDS)) {
                        return;
                    }
                    client.getOutputStream().write(answer);
                }
            }
        } catch (IOException e) {
            // The client has seen enough.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
