package io.cornucopia.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AcceptEncodingTest {
    @ParameterizedTest
    @DisplayName("D4 gzip where Accept-Encoding allows it")
    @ValueSource(
            strings = {
                "gzip",
                "gzip, deflate",
                "br;q=1, GZIP;q=0.5",
                "*",
                "x-gzip",
                "gzip;q=0.001,*;q=0",
                "identity;q=0.5, *;q=0.6",
                " gzip ; q=1.000"
            })
    void gzip(String header) {
        assertThat(AcceptEncoding.prefersGzip(List.of(header))).isTrue();
    }

    @ParameterizedTest
    @DisplayName("D4 no coding where Accept-Encoding does not allow it")
    @ValueSource(
            strings = {
                "",
                "identity",
                "identity;q=0",
                "deflate",
                "gzip;q=0",
                "gzip;q=0, *",
                "*;q=0",
                "gzip;q=NaN",
                "gzip;q=-1",
                "gzip;q=2",
                "identity, gzip;q=0.5",
                ";;;,,,"
            })
    void identity(String header) {
        assertThat(AcceptEncoding.prefersGzip(List.of(header))).isFalse();
    }

    @Test
    @DisplayName("D4 several lines are one list")
    void lines() {
        assertThat(AcceptEncoding.prefersGzip(List.of("br", "gzip"))).isTrue();
        assertThat(AcceptEncoding.prefersGzip(List.of())).isFalse();
    }

    @Test
    @DisplayName("I an Accept-Encoding of 10 kB is passed over")
    void huge() {
        assertThat(AcceptEncoding.prefersGzip(List.of("gzip,".repeat(2000)))).isFalse();
    }
}
