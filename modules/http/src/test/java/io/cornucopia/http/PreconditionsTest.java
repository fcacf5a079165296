package io.cornucopia.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreconditionsTest {
    private static final Optional<String> ETAG = Optional.of("\"abc\"");
    private static final Instant MODIFIED = Instant.parse("1994-11-06T08:49:37Z");
    private static final String DATE = "Sun, 06 Nov 1994 08:49:37 GMT";

    private static boolean isNotModified(String name, String value) {
        return Preconditions.isNotModified(headers(name, value), ETAG, Optional.of(MODIFIED));
    }

    private static boolean isRangeWanted(String value) {
        return Preconditions.isRangeWanted(headers("If-Range", value), ETAG, Optional.of(MODIFIED));
    }

    private static MultiMap headers(String name, String value) {
        return MultiMap.caseInsensitiveMultiMap().add(name, value);
    }

    @ParameterizedTest
    @DisplayName("D2 If-None-Match names what is here")
    @ValueSource(strings = {"\"abc\"", "W/\"abc\"", "*", " * ", "\"x\", \"abc\"", "\"a,b\" , W/\"abc\",\"c\""})
    void matches(String header) {
        assertThat(isNotModified("If-None-Match", header)).isTrue();
    }

    @ParameterizedTest
    @DisplayName("D2 If-None-Match names something else")
    @ValueSource(strings = {"", "abc", "\"abcd\"", "\"ab\"", "\"abc", "\"ABC\"", "\"a\"bc\"", "**"})
    void doesNotMatch(String header) {
        assertThat(isNotModified("If-None-Match", header)).isFalse();
    }

    @Test
    @DisplayName("D2 If-None-Match outranks If-Modified-Since")
    void tagOutranksDate() {
        MultiMap headers = headers("If-None-Match", "\"other\"").add("If-Modified-Since", DATE);
        assertThat(Preconditions.isNotModified(headers, ETAG, Optional.of(MODIFIED)))
                .isFalse();
    }

    @Test
    @DisplayName("D2 If-Modified-Since compares seconds, and nonsense is passed over")
    void dates() {
        assertThat(isNotModified("If-Modified-Since", DATE)).isTrue();
        assertThat(isNotModified("If-Modified-Since", "Sun, 06 Nov 1994 08:49:38 GMT"))
                .isTrue();
        assertThat(isNotModified("If-Modified-Since", "Sun, 06 Nov 1994 08:49:36 GMT"))
                .isFalse();
        assertThat(isNotModified("If-Modified-Since", "yesterday")).isFalse();
    }

    @Test
    @DisplayName("E3 If-Range counts with the strong tag or the exact date only")
    void ifRange() {
        assertThat(Preconditions.isRangeWanted(MultiMap.caseInsensitiveMultiMap(), ETAG, Optional.of(MODIFIED)))
                .isTrue();
        assertThat(isRangeWanted("\"abc\"")).isTrue();
        assertThat(isRangeWanted(DATE)).isTrue();
        assertThat(isRangeWanted("W/\"abc\"")).isFalse();
        assertThat(isRangeWanted("\"other\"")).isFalse();
        assertThat(isRangeWanted("Sun, 06 Nov 1994 08:49:38 GMT")).isFalse();
        assertThat(isRangeWanted("nonsense")).isFalse();
    }
}
