package io.cornucopia.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class OptionsTest {

    @Test
    void byDefaultEverythingIsMeasuredAsThePublishedFiguresAre() {
        Options options = Options.parse();

        assertThat(options.wants("page-json")).isTrue();
        assertThat(options.rounds()).isEqualTo(5);
        assertThat(options.duration()).isEqualTo(Duration.ofSeconds(10));
        assertThat(options.warmup()).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void scenariosAreChosenByName() {
        Options options = Options.parse("--scenarios=page-json, page-304", "--rounds=1", "--duration=2s");

        assertThat(options.wants("page-304")).isTrue();
        assertThat(options.wants("root")).isFalse();
        assertThat(options.duration()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void anEmptyValueIsTheDefaultAsMavenPassesIt() {
        assertThat(Options.parse("--jvm=").jvm()).isEmpty();
        assertThat(Options.parse("--jvm=-Xmx256m -XX:+UseSerialGC").jvm())
                .containsExactly("-Xmx256m", "-XX:+UseSerialGC");
    }

    @Test
    void whatCannotBeMeantIsRefused() {
        assertThatThrownBy(() -> Options.parse("--round=5")).hasMessageContaining("no such option: round");
        assertThatThrownBy(() -> Options.parse("--rounds=0")).hasMessageContaining("at least one round");
        assertThatThrownBy(() -> Options.parse("--duration=long")).hasMessageContaining("not a duration: long");
    }
}
