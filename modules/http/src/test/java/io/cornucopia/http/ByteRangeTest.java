package io.cornucopia.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteRangeTest {
    private static final long LENGTH = 1000;

    @ParameterizedTest(name = "{0}")
    @DisplayName("E3 a-b, a- and -n ask for some bytes")
    @CsvSource({
        "bytes=0-0,        0,   1",
        "bytes=0-499,      0,   500",
        "bytes=500-999,    500, 1000",
        "bytes=500-,       500, 1000",
        "bytes=-1,         999, 1000",
        "bytes=-1000,      0,   1000",
        "bytes=999-5000,   999, 1000",
        "BYTES=1-2,        1,   3",
        "'bytes= 1-2 ',    1,   3",
        "bytes=00001-0002, 1,   3",
    })
    void some(String header, long from, long to) {
        assertThat(ByteRange.of(header, LENGTH)).isEqualTo(new ByteRange.Part(from, to));
    }

    @ParameterizedTest
    @DisplayName("E3 a suffix longer than the file is all of it")
    @ValueSource(strings = {"bytes=-1001", "bytes=-99999999999999999999999999"})
    void longSuffix(String header) {
        assertThat(ByteRange.of(header, LENGTH)).isEqualTo(new ByteRange.Part(0, LENGTH));
    }

    @ParameterizedTest
    @DisplayName("E3 bytes that are not there cannot be had")
    @ValueSource(strings = {"bytes=1000-", "bytes=1000-1001", "bytes=-0", "bytes=99999999999999999999-"})
    void unsatisfiable(String header) {
        assertThat(ByteRange.of(header, LENGTH)).isEqualTo(new ByteRange.Unsatisfiable());
    }

    @ParameterizedTest
    @DisplayName("E3 nothing can be had of an empty file")
    @ValueSource(strings = {"bytes=0-", "bytes=0-0", "bytes=-1"})
    void empty(String header) {
        assertThat(ByteRange.of(header, 0)).isEqualTo(new ByteRange.Unsatisfiable());
    }

    @ParameterizedTest
    @DisplayName("E3 what is malformed is passed over")
    @ValueSource(
            strings = {
                "",
                "bytes",
                "bytes=",
                "bytes=-",
                "bytes=a-b",
                "bytes=5-2",
                "bytes=--5",
                "bytes=1-2-3",
                "bytes=0x1-",
                "items=0-1",
                "bytes=+1-2",
                "bytes=1.0-2",
                "bytes=٣-٤"
            })
    void malformed(String header) {
        assertThat(ByteRange.of(header, LENGTH)).isEqualTo(new ByteRange.Whole());
    }

    @Test
    @DisplayName("E3 a number beyond all bounds ends at the end")
    void overflow() {
        assertThat(ByteRange.of("bytes=10-99999999999999999999999", LENGTH)).isEqualTo(new ByteRange.Part(10, LENGTH));
    }

    @Test
    @DisplayName("I hundreds of ranges are answered with the whole")
    void hundreds() {
        String header =
                IntStream.range(0, 500).mapToObj(i -> i + "-" + i).collect(Collectors.joining(",", "bytes=", ""));
        assertThat(ByteRange.of(header, LENGTH)).isEqualTo(new ByteRange.Whole());
    }
}
