package io.cornucopia.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class BackoffTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void doublesAndLeavesHalfToChance() {
        for (int round = 0; round < 100; round++) {
            assertThat(Backoff.before(0)).isBetween(Duration.ofMillis(100), Duration.ofMillis(200));
            assertThat(Backoff.before(3)).isBetween(Duration.ofMillis(800), Duration.ofMillis(1600));
            assertThat(Backoff.before(1000)).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(10));
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "' 120 ', 120", "'Thu, 01 Jan 2026 00:00:30 GMT', 30", "'Wed, 31 Dec 2025 00:00:00 GMT', 0"})
    void understandsRetryAfter(String header, long seconds) {
        assertThat(Backoff.retryAfter(header, NOW)).contains(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "-1", "soon", "1.5", "99999999999999999999", "１２"})
    void passesOverWhatItDoesNotUnderstand(String header) {
        assertThat(Backoff.retryAfter(header, NOW)).isEmpty();
    }
}
