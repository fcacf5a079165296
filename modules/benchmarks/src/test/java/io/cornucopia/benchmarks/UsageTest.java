package io.cornucopia.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UsageTest {

    @Test
    void readsProcessorTimeBehindANameThatLooksLikeMore() {
        String stat = "4711 (a) b (c) S 1 2 3 4 5 6 7 8 9 10 150 25 0 0 20 0 31 0 99";

        assertThat(Usage.cpuMillis(stat)).isEqualTo(1_750);
    }

    @Test
    void whatHasEndedCountsNothing() {
        assertThat(Usage.cpuMillis("")).isZero();
        assertThat(Usage.kilobytes("", "VmRSS:")).isZero();
    }

    @Test
    void readsMemory() {
        assertThat(Usage.kilobytes("Name:\tjava\nVmHWM:\t  300 kB\nVmRSS:\t  204800 kB\n", "VmRSS:"))
                .isEqualTo(204_800);
    }

    @Test
    void thisProcessUsesSomething() {
        assertThat(Usage.of(ProcessHandle.current()).residentBytes()).isPositive();
    }
}
