package io.cornucopia.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OutcomeTest {

    @Test
    void theRatioIsThatOfTheMedians() {
        Outcome outcome =
                outcome(Outcome.Better.MORE, new Target.RatioAtLeast(0.95), series(90, 100, 95), series(100, 100, 99));

        assertThat(outcome.ratio(outcome.others().get(0))).isEqualTo(0.95);
        assertThat(outcome.holds()).contains(true);
        assertThat(outcome.ratios(outcome.others().get(0))).isEqualTo(new Spread(95.0 / 99, 0.9, 1));
    }

    @Test
    void lessTimeMakesARatioAboveOne() {
        Outcome outcome = outcome(Outcome.Better.LESS, new Target.TimesAtMost(1.5), series(2), series(3));

        assertThat(outcome.ratio(outcome.others().get(0))).isEqualTo(1.5);
        assertThat(outcome.holds()).contains(true);
    }

    @Test
    void aHundredthTooLittleFallsShort() {
        assertThat(outcome(Outcome.Better.MORE, new Target.RatioAtLeast(1), series(99.9), series(100))
                        .holds())
                .contains(false);
        assertThat(Figures.ratio(0.9999)).isEqualTo("0.999");
    }

    @Test
    void everyOneOfTheOthersHasToBeOutrun() {
        assertThat(outcome(Outcome.Better.MORE, new Target.RatioAtLeast(20), series(100), series(1), series(6))
                        .holds())
                .contains(false);
    }

    @Test
    void aFigureOfItsOwnIsHeldAgainstItsBound() {
        assertThat(outcome(Outcome.Better.LESS, new Target.ValueAtMost(160, "MB"), series(160))
                        .holds())
                .contains(true);
        assertThat(outcome(Outcome.Better.LESS, new Target.ValueAtMost(160, "MB"), series(160.1))
                        .holds())
                .contains(false);
    }

    static Outcome outcome(Outcome.Better better, Target target, Series... series) {
        return new Outcome(
                "page-json",
                "a page",
                "requests/s",
                better,
                Optional.of(target),
                List.of(series),
                List.of("15 kB"),
                Optional.empty());
    }

    static Series series(double... values) {
        return new Series(
                "server " + values.length,
                Arrays.stream(values).mapToObj(Sample::of).toList());
    }
}
