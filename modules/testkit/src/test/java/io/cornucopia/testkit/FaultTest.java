package io.cornucopia.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FaultTest {

    private static final int SIZE = 2_000_000;

    private final FakeUpstream upstream = FakeUpstream.start();
    private final HttpProbe probe = HttpProbe.at(upstream.port());
    private final GoldenFile file = GoldenFile.blob("faulty", "faulty-1.0-py3-none-any.whl", SIZE, 9);
    private final String path = URI.create(upstream.fileUrl(file)).getPath();

    @BeforeEach
    void put() {
        upstream.put(file);
    }

    @AfterEach
    void close() {
        upstream.close();
    }

    @Test
    void aStatusWithItsHeaders() {
        HttpProbe.Response response = with(new Fault.Status(503, Map.of("Retry-After", "7")));
        assertThat(response.status()).isEqualTo(503);
        assertThat(response.header("Retry-After")).hasValue("7");
        assertThat(response.body()).isEmpty();
    }

    @Test
    void onlyForTheFirstRequestsAndOnlyUntilCleared() {
        upstream.fault("\\.whl$", new Fault.Times(2, new Fault.Status(500)));
        assertThat(probe.get("/simple/faulty/").status()).isEqualTo(200);
        assertThat(probe.get(path).status()).isEqualTo(500);
        assertThat(probe.get(path).status()).isEqualTo(500);
        assertThat(probe.get(path).status()).isEqualTo(200);
        assertThat(with(new Fault.Status(500)).status()).isEqualTo(500);
        upstream.clearFaults();
        assertThat(probe.get(path).status()).isEqualTo(200);
    }

    @Test
    void aDelayComesBeforeTheFirstByteAndAddsToOthers() {
        upstream.fault(path, new Fault.Delay(Duration.ofMillis(300)));
        long start = System.nanoTime();
        assertThat(with(new Fault.Status(502)).status()).isEqualTo(502);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(290));
    }

    @Test
    void aStallLastsUntilItIsReleased() {
        upstream.fault(path, new Fault.Stall(100_000));
        assertThatThrownBy(() -> probe.timeout(Duration.ofMillis(300)).get(path))
                .isInstanceOf(UncheckedIOException.class);
        CompletableFuture<HttpProbe.Digest> answer = CompletableFuture.supplyAsync(() -> probe.digest(path));
        Conditions.await(
                "a second stall", Duration.ofSeconds(10), () -> upstream.bytesSent(file.filename()) == 200_000);
        assertThat(answer).isNotDone();
        upstream.releaseStalls();
        assertThat(answer.join().sha256()).isEqualTo(file.sha256());
    }

    @Test
    void aStallBeforeTheFirstByteShowsTheHead() {
        upstream.fault(path, new Fault.Stall(0));
        CompletableFuture<HttpProbe.Response> answer = CompletableFuture.supplyAsync(() -> probe.head(path));
        assertThat(answer.join().status()).isEqualTo(200);
    }

    @Test
    void aShortBodyIsDeclaredWhole() {
        HttpProbe.Response response = with(new Fault.ShortBody(150_000));
        assertThat(response.header("Content-Length")).hasValue(Integer.toString(SIZE));
        assertThat(response.body()).isEqualTo(Arrays.copyOf(file.bytes(), 150_000));
        assertThat(response.truncated()).isTrue();
        upstream.clearFaults();
        assertThat(with(new Fault.ShortBody(0)).truncated()).isTrue();
    }

    @Test
    void aShortChunkedBodyLooksWhole() {
        HttpProbe.Response response = with(new Fault.ShortChunked(150_000));
        assertThat(response.header("Content-Length")).isEmpty();
        assertThat(response.header("Transfer-Encoding")).hasValue("chunked");
        assertThat(response.body()).isEqualTo(Arrays.copyOf(file.bytes(), 150_000));
        assertThat(response.complete()).isTrue();
    }

    @Test
    void aResetCutsTheBody() {
        HttpProbe.Response response = with(new Fault.Reset(1000));
        assertThat(response.truncated()).isTrue();
        assertThat(response.body().length).isLessThanOrEqualTo(1000);
    }

    @Test
    void oneByteIsWrongNearTheEnd() {
        HttpProbe.Response response = with(new Fault.WrongBytes());
        assertThat(response.complete()).isTrue();
        assertThat(Arrays.mismatch(response.body(), file.bytes())).isEqualTo(SIZE - 8);
    }

    @Test
    void rangesCanBeIgnored() {
        upstream.fault(path, new Fault.NoRange());
        HttpProbe.Response response = probe.header("Range", "bytes=5-9").get(path);
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.header("Accept-Ranges")).isEmpty();
        assertThat(response.body()).hasSize(SIZE);
    }

    @Test
    void aThrottledBodyTakesItsTimeAndArrivesWhole() {
        upstream.fault(path, new Fault.Throttle(4_000_000));
        long start = System.nanoTime();
        assertThat(probe.digest(path).sha256()).isEqualTo(file.sha256());
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(350));
    }

    @Test
    void aThrottleMayBeFast() {
        long slow = nanosAt(4_000_000);
        long fast = nanosAt(200_000_000);
        assertThat(fast).isLessThan(slow / 4);
    }

    private long nanosAt(long bytesPerSecond) {
        upstream.fault(path, new Fault.Throttle(bytesPerSecond));
        long start = System.nanoTime();
        assertThat(probe.get(path).body()).hasSize(SIZE);
        return System.nanoTime() - start;
    }

    @Test
    void elsewhereAndOtherwise() {
        HttpProbe.Response redirect = with(new Fault.Redirect("http://169.254.169.254/", 302));
        assertThat(redirect.status()).isEqualTo(302);
        assertThat(redirect.header("Location")).hasValue("http://169.254.169.254/");
        upstream.clearFaults();
        HttpProbe.Response other = with(new Fault.Body("text/html", "Sign in".getBytes(StandardCharsets.UTF_8)));
        assertThat(other.status()).isEqualTo(200);
        assertThat(other.text()).isEqualTo("Sign in");
    }

    private HttpProbe.Response with(Fault fault) {
        upstream.fault(path, fault);
        return probe.get(path);
    }
}
