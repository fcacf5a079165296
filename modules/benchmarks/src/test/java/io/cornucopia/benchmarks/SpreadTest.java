package io.cornucopia.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SpreadTest {

    @Test
    void theMedianOfAnOddNumberIsTheOneInTheMiddle() {
        assertThat(Spread.of(5, 1, 100)).isEqualTo(new Spread(5, 1, 100));
    }

    @Test
    void theMedianOfAnEvenNumberIsHalfWayBetweenTheTwoInTheMiddle() {
        assertThat(Spread.of(4, 1, 2, 100)).isEqualTo(new Spread(3, 1, 100));
    }

    @Test
    void nothingHasNoMiddle() {
        assertThatThrownBy(() -> Spread.of()).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Spread.percentile(new long[0], 0.99)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aPercentileIsOneOfTheFiguresAndNotLessThanItsShare() {
        long[] hundred = LongStream.rangeClosed(1, 100).toArray();
        assertThat(Spread.percentile(hundred, 0.99)).isEqualTo(99);
        assertThat(Spread.percentile(hundred, 0.991)).isEqualTo(100);
        assertThat(Spread.percentile(hundred, 1)).isEqualTo(100);
        assertThat(Spread.percentile(new long[] {7}, 0.5)).isEqualTo(7);
    }
}
