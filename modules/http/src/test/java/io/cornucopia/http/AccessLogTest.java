package io.cornucopia.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessLogTest {
    private static final long MILLI = 1_000_000;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private Vertx vertx;

    @BeforeEach
    void start() {
        vertx = Vertx.vertx();
    }

    @AfterEach
    void stop() {
        vertx.close().await();
    }

    private String line(AccessLog.Format format, String path, long nanos) {
        try (AccessLog log = new AccessLog(vertx, out, format)) {
            log.lines().add("GET", path, 200, nanos, 17, "127.0.0.1");
        }
        return out.toString(StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @DisplayName("a line of text is method, path, status and how long it took, seconds from one second on")
    @CsvSource({
        "123456789,   123.456ms",
        "0,           0.000ms",
        "5000,        0.005ms",
        "999999999,   999.999ms",
        "1000000000,  1.000s",
        "5123456789,  5.123s",
        "65001000000, 65.001s",
    })
    void text(long nanos, String duration) {
        assertThat(line(AccessLog.Format.TEXT, "/simple/requests/?a=b", nanos))
                .isEqualTo("GET /simple/requests/?a=b 200 " + duration + "\n");
    }

    @Test
    @DisplayName("a line of JSON is an object with what machines want")
    void json() {
        JsonObject line = new JsonObject(line(AccessLog.Format.JSON, "/a\"b\\c\n", 123_456_789));
        assertThat(line.getString("ts")).endsWith("Z");
        line.remove("ts");
        assertThat(line)
                .isEqualTo(new JsonObject()
                        .put("method", "GET")
                        .put("path", "/a\"b\\c\n")
                        .put("status", 200)
                        .put("duration_ms", 123.456)
                        .put("bytes", 17)
                        .put("client", "127.0.0.1"));
    }

    @Test
    @DisplayName("I a path cannot break out of its line, and is cut off")
    void escaped() {
        assertThat(line(AccessLog.Format.TEXT, "/a\r\n\u001b[31m\u00e9\u2028\\", 0))
                .isEqualTo("GET /a\\x0d\\x0a\\x1b[31m\\xe9\\u2028\\x5c 200 0.000ms\n");
        out.reset();
        assertThat(line(AccessLog.Format.TEXT, "/" + "a".repeat(100_000), 0)).hasSizeLessThan(2100);
    }

    @Test
    @DisplayName("lines are written without waiting for more of them")
    void timely() {
        try (AccessLog log = new AccessLog(vertx, out, AccessLog.Format.TEXT)) {
            vertx.runOnContext(v -> log.lines().add("GET", "/", 200, MILLI, 0, ""));
            Awaitility.await()
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> out.toString(StandardCharsets.US_ASCII).equals("GET / 200 1.000ms\n"));
        }
    }

    @Test
    @DisplayName("a stalled stream makes lines drop, and nobody wait")
    void stalled() {
        CountDownLatch stall = new CountDownLatch(1);
        OutputStream stalled = new OutputStream() {
            @Override
            public void write(int b) {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                try {
                    stall.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                out.write(bytes, offset, length);
            }
        };
        int written = 1_000_000;
        try (AccessLog log = new AccessLog(vertx, stalled, AccessLog.Format.TEXT)) {
            AccessLogLines lines = log.lines();
            for (int i = 0; i < written; i++) {
                lines.add("GET", "/", 200, MILLI, 0, "");
            }
            assertThat(log.dropped()).isPositive();
            stall.countDown();
            Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> out.size() > 0);
        }
        assertThat(out.size()).isLessThan(4 * 1024 * 1024);
    }
}
