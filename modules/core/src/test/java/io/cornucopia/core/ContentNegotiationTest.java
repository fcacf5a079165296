package io.cornucopia.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContentNegotiationTest {
    @ParameterizedTest
    @DisplayName("B1 the most specific range counts, the highest q wins, ties go J, H, T")
    @CsvSource(
            delimiter = '|',
            value = {
                "J, H, T | JSON",
                "T, H, J | JSON",
                "T, H | HTML",
                "H;q=0.5, T;q=0.5 | HTML",
                "J;q=0.2, H;q=0.3 | HTML",
                "application/*;q=0.9, J;q=0.1 | HTML",
                "*/*;q=0.9, T;q=0.1, J;q=0.1 | HTML",
                "*/*, T;q=0 | JSON",
                "*/*, T;q=0, J;q=0 | HTML",
                "T, */* | TEXT_HTML",
                "H, */* | HTML",
                "J;q=0.5, */* | TEXT_HTML",
                "application/*, */* | JSON",
            })
    void quality(String accept, Representation chosen) {
        assertThat(choose(accept)).contains(chosen);
    }

    @Test
    @DisplayName("B2 no Accept, or */*, is text/html")
    void nothing() {
        assertThat(ContentNegotiation.choose(List.of(), Optional.empty())).contains(Representation.TEXT_HTML);
        assertThat(choose("*/*")).contains(Representation.TEXT_HTML);
        assertThat(choose("")).contains(Representation.TEXT_HTML);
    }

    @ParameterizedTest
    @DisplayName("B3 what pip, uv and poetry send is JSON")
    @ValueSource(
            strings = {
                "J, H; q=0.1, text/html; q=0.01",
                "J, H;q=0.2, text/html;q=0.01",
                "J, */*;q=0.1",
                "text/html, J, */*;q=0.01"
            })
    void clients(String accept) {
        assertThat(choose(accept)).contains(Representation.JSON);
    }

    @ParameterizedTest
    @DisplayName("B4 what browsers send is text/html")
    @ValueSource(
            strings = {
                "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
                "text/*",
                "J;q=0.5,text/html;q=0.9",
                "J;q=0,*/*",
                "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2",
                "TEXT/HTML"
            })
    void browsers(String accept) {
        assertThat(choose(accept)).contains(Representation.TEXT_HTML);
    }

    @Test
    @DisplayName("B4 application/* is JSON")
    void application() {
        assertThat(choose("application/*")).contains(Representation.JSON);
    }

    @Test
    @DisplayName("B5 latest is an alias")
    void latest() {
        assertThat(choose("application/vnd.pypi.simple.latest+json")).contains(Representation.JSON);
        assertThat(choose("application/vnd.pypi.simple.latest+html, */*;q=0.1")).contains(Representation.HTML);
        assertThat(Representation.JSON.contentType()).isEqualTo("application/vnd.pypi.simple.v1+json");
    }

    @ParameterizedTest
    @DisplayName("B6 nothing acceptable is 406 with the types")
    @ValueSource(
            strings = {
                "application/json",
                "application/vnd.pypi.simple.v2+json",
                "image/png",
                "image/*",
                "*/*;q=0",
                "J;q=0",
                "image/png, nonsense",
                "text/plain;x=\", text/html\""
            })
    void unacceptable(String accept) {
        assertThat(choose(accept)).isEmpty();
        assertThat(ContentNegotiation.acceptable())
                .contains("application/vnd.pypi.simple.v1+json\n")
                .contains("application/vnd.pypi.simple.v1+html\n")
                .contains("text/html\n");
    }

    @ParameterizedTest
    @DisplayName("B7 malformed elements are skipped, nothing parseable counts as */*")
    @CsvSource(
            delimiter = '|',
            value = {
                "nonsense | TEXT_HTML",
                "J;q=NaN | TEXT_HTML",
                "J;q=NaN, H;q=0.1 | HTML",
                "J;q=1.5, H;q=0.1 | HTML",
                "J;q=-1, H;q=0.1 | HTML",
                "J;q=0.1234, H;q=0.1 | HTML",
                "J;q=, H;q=0.1 | HTML",
                "J;q=٠.٥, H;q=0.1 | HTML",
                "*/html, H | HTML",
                ",, ,;,H,/,a/,/b | HTML",
                "J;charset=utf-8;Q=0.001 | JSON",
                "H;q=1.000, T;q=0.999 | HTML",
            })
    void malformed(String accept, Representation chosen) {
        assertThat(choose(accept)).contains(chosen);
    }

    @Test
    @DisplayName("B7 several lines are joined")
    void lines() {
        assertThat(ContentNegotiation.choose(
                        List.of("text/html;q=0.5", "application/vnd.pypi.simple.v1+json"), Optional.empty()))
                .contains(Representation.JSON);
    }

    @Test
    @DisplayName("B8 ?format= overrides Accept")
    void format() {
        List<String> accept = List.of("text/html");
        assertThat(ContentNegotiation.choose(accept, Optional.of("application/vnd.pypi.simple.v1+json")))
                .contains(Representation.JSON);
        assertThat(ContentNegotiation.choose(accept, Optional.of("application/vnd.pypi.simple.v1 html")))
                .contains(Representation.HTML);
        assertThat(ContentNegotiation.choose(accept, Optional.of("application/vnd.pypi.simple.latest+json")))
                .contains(Representation.JSON);
        assertThat(ContentNegotiation.choose(List.of("image/png"), Optional.of("text/html")))
                .contains(Representation.TEXT_HTML);
        for (String unknown :
                List.of("json", "", "*/*", "text/html, text/html", "application/vnd.pypi.simple.v2+json")) {
            assertThat(ContentNegotiation.choose(accept, Optional.of(unknown))).isEmpty();
        }
    }

    @Test
    @DisplayName("I an Accept of 10 kB takes no time")
    void hostile() {
        Assertions.assertTimeoutPreemptively(Duration.ofSeconds(5), () -> {
            for (String piece : List.of(",", ";", "\"", "\\", "a/b,", "*/*;q=0,", "a/b;q=\"", "*", "-")) {
                choose(piece.repeat(10_240 / piece.length()));
            }
        });
    }

    private static Optional<Representation> choose(String accept) {
        String written = accept.replaceAll("\\bJ\\b", Representation.JSON.mediaType())
                .replaceAll("\\bH\\b", Representation.HTML.mediaType())
                .replaceAll("\\bT\\b", Representation.TEXT_HTML.mediaType());
        return ContentNegotiation.choose(List.of(written), Optional.empty());
    }
}
