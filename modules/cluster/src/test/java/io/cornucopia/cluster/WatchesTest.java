package io.cornucopia.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The three who watch: for a sleep, for a gap in the news, for a cluster that does not answer. */
class WatchesTest {
    private final AtomicLong nanos = new AtomicLong(1);

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Test
    void whoSleptKnowsItBeforeAnybodyIsServed() {
        AtomicInteger woke = new AtomicInteger();
        try (Attention attention = new Attention(nanos::get)) {
            assertThat(attention.isAwake()).isTrue();
            pass(Attention.LONGEST_NAP.dividedBy(2));
            assertThat(attention.isAwake()).isTrue();
            attention.look();
            pass(Attention.LONGEST_NAP);
            assertThat(attention.isAwake()).isFalse();
            attention.onWaking(() -> {
                // Whatever begins in between sees either of the two.
                woke.incrementAndGet();
            });
            attention.look();
            assertThat(attention.isAwake()).isTrue();
        }
    }

    @Test
    void aGapThatStaysIsAMiss() {
        NewsCount count = new NewsCount();
        assertThat(count.missing(10)).isFalse();
        count.heard(12);
        assertThat(count.missing(12)).isFalse();
        assertThat(count.missing(12)).isFalse();
        count.heard(11);
        assertThat(count.missing(12)).isFalse();
        count.heard(14);
        assertThat(count.missing(14)).isFalse();
        assertThat(count.missing(14)).isFalse();
        assertThat(count.missing(14)).isTrue();
        assertThat(count.missing(14)).isFalse();
        count.heard(15);
        assertThat(count.missing(15)).isFalse();
        // Another cluster, or one that has forgotten.
        assertThat(count.missing(3)).isTrue();
        assertThat(count.missing(3)).isFalse();
    }

    @Test
    void newsThatKeepComingAreNoGap() {
        NewsCount count = new NewsCount();
        count.missing(0);
        for (int i = 1; i < 100; i++) {
            assertThat(count.missing(i)).isFalse();
            count.heard(i);
        }
    }

    @Test
    void aClusterThatDoesNotAnswerIsLeftAloneForAWhile() {
        Breaker breaker = new Breaker(nanos::get);
        for (int i = 1; i < Breaker.FAILURES_IN_A_ROW; i++) {
            assertThat(breaker.tryEnter()).isTrue();
            breaker.timedOut();
        }
        assertThat(breaker.tryEnter()).isTrue();
        breaker.left(true);
        for (int i = 0; i < Breaker.FAILURES_IN_A_ROW; i++) {
            assertThat(breaker.tryEnter()).isTrue();
            breaker.timedOut();
        }
        assertThat(breaker.tryEnter()).isFalse();
        pass(Breaker.REST);
        assertThat(breaker.tryEnter()).isTrue();
        breaker.timedOut();
        assertThat(breaker.tryEnter()).isFalse();
        pass(Breaker.REST);
        assertThat(breaker.tryEnter()).isTrue();
        breaker.left(true);
        assertThat(breaker.tryEnter()).isTrue();
    }
}
