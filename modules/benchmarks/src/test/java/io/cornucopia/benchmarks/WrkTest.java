package io.cornucopia.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class WrkTest {

    @Test
    void findsItsOwnLineAmongWhatWrkWrites() {
        Wrk.Count count = Wrk.parse(output(0, 0));

        assertThat(count.requests()).isEqualTo(30_000);
        assertThat(count.requestsASecond()).isEqualTo(15_000);
        assertThat(count.raw().getLong("p99")).isEqualTo(5120);
        assertThat(count.clean()).isTrue();
    }

    @Test
    void oneIllAnswerIsEnoughNotToBeClean() {
        assertThat(Wrk.parse(output(1, 0)).clean()).isFalse();
        assertThat(Wrk.parse(output(0, 1)).clean()).isFalse();
    }

    @Test
    void saysWhatWrkWroteIfItCountedNothing() {
        assertThatThrownBy(() -> Wrk.parse("unable to connect to 127.0.0.1:1 Connection refused"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Connection refused");
        assertThatThrownBy(() -> Wrk.parse("cornucopia-benchmark {\"requests\":"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static String output(int statuses, int timeouts) {
        return """
                Running 2s test @ http://127.0.0.1:8080/simple/bench-small/
                  2 threads and 64 connections
                  30000 requests in 2.00s, 93.57MB read
                Requests/sec:  15000.00
                cornucopia-benchmark {"requests":30000,"bytes":98115000,"micros":2000000,"p50":1500,"p90":2900,\
                "p99":5120,"max":9000,"connect":0,"read":0,"write":0,"status":%d,"timeout":%d}
                """.formatted(statuses, timeouts);
    }
}
