package io.cornucopia.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathSegmentTest {
    @ParameterizedTest
    @DisplayName("A4 a path is decoded exactly once, and + is literal")
    @CsvSource({"requests,requests", "a%2Bb,a+b", "a+b,a+b", "a%252Fb,a%2Fb", "%41,A", "a%2f,a/", "%c3%a9,é", "a%21,a!"
    })
    void decoded(String raw, String text) {
        assertThat(PathSegment.decode(raw)).hasValue(text);
    }

    @ParameterizedTest
    @DisplayName("I broken escapes, control characters and bytes that are not UTF-8 are nothing")
    @ValueSource(strings = {"%", "a%", "%4", "%zz", "%00", "a%0d%0a", "%7f", "%ff", "%c3", "%c0%af", "é", "%٤١"})
    void refused(String raw) {
        assertThat(PathSegment.decode(raw)).isEmpty();
    }

    @ParameterizedTest
    @DisplayName("I what is longer than any file name is nothing")
    @ValueSource(ints = {766, 10_000})
    void overlong(int length) {
        assertThat(PathSegment.decode("a".repeat(length))).isEmpty();
    }
}
