package io.cornucopia.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cornucopia.bus.Failure;
import io.cornucopia.bus.FailureException;
import io.cornucopia.storage.Download;
import io.cornucopia.storage.StoredFile;
import io.vertx.core.buffer.Buffer;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrowingFilesTest {
    private static final String WHEEL = "demo-1.0-py3-none-any.whl";
    private static final String PATH = "/packages/" + WHEEL;
    private static final byte[] MEGABYTE = bytes(1024 * 1024);

    @TempDir
    private Path directory;

    private Site site;

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    @BeforeEach
    void start() {
        site = new Site(directory, "");
    }

    @AfterEach
    void stop() {
        site.close();
    }

    @Test
    @DisplayName("an arriving file streams while it arrives, its last bytes when it proved right")
    void growing() throws IOException {
        Download download = site.growing(WHEEL, OptionalLong.of(MEGABYTE.length), List.of(Site.digest(MEGABYTE)));
        try (RawClient client = new RawClient(site.port())) {
            client.send("GET", PATH);
            download.write(Buffer.buffer(Arrays.copyOf(MEGABYTE, MEGABYTE.length / 2)));
            assertThat(client.line()).isEqualTo("HTTP/1.1 200 OK");
            String line = client.line();
            while (!line.isEmpty()) {
                line = client.line();
            }
            byte[] first = client.exactly(MEGABYTE.length / 4);
            assertThat(first).isEqualTo(Arrays.copyOf(MEGABYTE, MEGABYTE.length / 4));
            download.write(Buffer.buffer(Arrays.copyOfRange(MEGABYTE, MEGABYTE.length / 2, MEGABYTE.length)));
            download.end();
            assertThat(client.exactly(MEGABYTE.length * 3 / 4))
                    .isEqualTo(Arrays.copyOfRange(MEGABYTE, MEGABYTE.length / 4, MEGABYTE.length));
        }
        download.finished().await().ifPresent(StoredFile::close);
    }

    @Test
    @DisplayName("E4 a range of an arriving file is answered as soon as its bytes are there")
    void growingRange() throws IOException {
        Download download = site.growing(WHEEL, OptionalLong.of(MEGABYTE.length), List.of(Site.digest(MEGABYTE)));
        download.write(Buffer.buffer(Arrays.copyOf(MEGABYTE, MEGABYTE.length / 2)));
        RawClient.Answer answer = site.get(PATH, "Range: bytes=1000-1999");
        assertThat(answer.status()).isEqualTo(206);
        assertThat(answer.header("content-range")).isEqualTo("bytes 1000-1999/" + MEGABYTE.length);
        assertThat(answer.body()).isEqualTo(Arrays.copyOfRange(MEGABYTE, 1000, 2000));
        download.fail(new EOFException("test is over"));
    }

    @Test
    @DisplayName("E4 an arriving file of unknown length is sent in chunks, a range of it passed over")
    void unknownLength() throws IOException {
        Download download = site.growing(WHEEL, OptionalLong.empty(), List.of());
        download.write(Buffer.buffer(MEGABYTE));
        try (RawClient client = new RawClient(site.port())) {
            client.send("GET", PATH, "Range: bytes=0-9");
            assertThat(client.line()).isEqualTo("HTTP/1.1 200 OK");
            // Not before the answer has begun: from its end on the length is known, and a range is one.
            download.end();
            String line = client.line();
            while (!line.isEmpty()) {
                line = client.line();
            }
            assertThat(client.chunks()).isEqualTo(MEGABYTE);
        }
        download.finished().await().ifPresent(StoredFile::close);
    }

    @Test
    @DisplayName("I to HTTP/1.0 a file of unknown length that fails sends not one byte of a body")
    void oldProtocol() throws IOException {
        Download download = site.growing(WHEEL, OptionalLong.empty(), List.of());
        try (RawClient client = new RawClient(site.port())) {
            client.send("GET " + PATH + " HTTP/1.0\r\n\r\n");
            download.write(Buffer.buffer(MEGABYTE));
            download.fail(new FailureException(new Failure.DigestMismatch("wrong")));
            assertThat(client.read(false).status()).isEqualTo(500);
        }
    }

    @Test
    @DisplayName("a file that fails before its first byte is told by its status")
    void failsEarly() throws IOException {
        Download download = site.growing(WHEEL, OptionalLong.of(1_000_000), List.of());
        download.fail(new FailureException(new Failure.NotFound("upstream has it no more")));
        assertThat(site.get(PATH).status()).isEqualTo(404);
    }

    @Test
    @DisplayName("a file that fails on its way ends in a broken connection, in chunks or not")
    void failsLate() throws IOException {
        for (OptionalLong size : List.of(OptionalLong.of(MEGABYTE.length), OptionalLong.empty())) {
            Download download = site.growing(WHEEL, size, List.of());
            try (RawClient client = new RawClient(site.port())) {
                client.send("GET", PATH);
                download.write(Buffer.buffer(Arrays.copyOf(MEGABYTE, MEGABYTE.length / 2)));
                assertThat(client.line()).isEqualTo("HTTP/1.1 200 OK");
                download.fail(new FailureException(new Failure.DigestMismatch("wrong")));
                assertThatThrownBy(() -> {
                            for (String line = client.line(); !line.isEmpty(); line = client.line()) {
                                assertThat(line).isNotBlank();
                            }
                            client.exactly(MEGABYTE.length);
                        })
                        .isInstanceOf(IOException.class);
            }
        }
    }

    @Test
    @DisplayName("I a client that leaves in the middle holds nothing up")
    void leaves() throws IOException {
        Download download = site.growing(WHEEL, OptionalLong.of(MEGABYTE.length), List.of());
        try (RawClient client = new RawClient(site.port())) {
            client.send("GET", PATH);
            download.write(Buffer.buffer(Arrays.copyOf(MEGABYTE, MEGABYTE.length / 2)));
            assertThat(client.line()).isEqualTo("HTTP/1.1 200 OK");
        }
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> site.log.toString(StandardCharsets.US_ASCII).contains("GET " + PATH + " 200 "));
        download.fail(new EOFException("test is over"));
    }

    @Test
    @DisplayName("a file that the disk does not take is sent all the same")
    void noDisk() throws IOException {
        Path partial = directory.resolve("cache/partial");
        Files.createDirectories(partial.getParent());
        Files.deleteIfExists(partial);
        Files.createFile(partial);
        Download download = site.growing(WHEEL, OptionalLong.of(MEGABYTE.length), List.of(Site.digest(MEGABYTE)));
        try (RawClient client = new RawClient(site.port())) {
            client.send("GET", PATH);
            download.write(Buffer.buffer(MEGABYTE));
            download.end();
            for (String line = client.line(); !line.isEmpty(); line = client.line()) {
                assertThat(line).isNotBlank();
            }
            assertThat(client.exactly(MEGABYTE.length)).isEqualTo(MEGABYTE);
        }
        assertThat(download.finished().await()).isEmpty();
    }

    @Test
    @DisplayName("what was sent of an arriving file is counted, all of it")
    void counted() throws IOException {
        Download download = site.growing(WHEEL, OptionalLong.of(MEGABYTE.length), List.of(Site.digest(MEGABYTE)));
        download.write(Buffer.buffer(MEGABYTE));
        download.end();
        assertThat(site.get(PATH).body()).isEqualTo(MEGABYTE);
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() ->
                        site.metrics.get("cornucopia.http.bytes.out").counter().count() == MEGABYTE.length);
        download.finished().await().ifPresent(StoredFile::close);
    }
}
