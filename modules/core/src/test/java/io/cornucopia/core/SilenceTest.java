package io.cornucopia.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SilenceTest {
    private static final Duration INTERVAL = Duration.ofMillis(100);

    private long nanos = Long.MAX_VALUE - 1000;
    private final Silence silence = new Silence(INTERVAL, () -> nanos);

    private Duration lookAfter(long millis) {
        nanos += Duration.ofMillis(millis).toNanos();
        return silence.look();
    }

    @Test
    @DisplayName("lasts from what was heard last, also while the clock goes from its largest number to its smallest")
    void lasts() {
        assertThat(lookAfter(100)).hasMillis(100);
        assertThat(lookAfter(100)).hasMillis(200);
        silence.end();
        assertThat(lookAfter(100)).hasMillis(100);
    }

    @Test
    @DisplayName("what was seen before it began ends nothing")
    void endAt() {
        lookAfter(100);
        long then = nanos;
        lookAfter(100);
        silence.endAt(then);
        assertThat(lookAfter(100)).hasMillis(200);
        silence.end();
        silence.endAt(then);
        assertThat(lookAfter(100)).hasMillis(100);
    }

    @Test
    @DisplayName("the time that a look is late by does not count, and never makes it less than nothing")
    void late() {
        lookAfter(100);
        assertThat(lookAfter(5_000)).hasMillis(200);
        nanos += Duration.ofSeconds(5).toNanos();
        silence.end();
        assertThat(silence.look()).hasMillis(0);
    }
}
