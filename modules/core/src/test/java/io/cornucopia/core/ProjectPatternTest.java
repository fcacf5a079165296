package io.cornucopia.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProjectPatternTest {
    private static ProjectPattern pattern(String raw) {
        return ProjectPattern.parse(raw).orElseThrow();
    }

    private static ProjectName project(String raw) {
        return ProjectName.parse(raw).orElseThrow();
    }

    @ParameterizedTest
    @DisplayName("A2 a pattern is normalised like the names it is held against")
    @CsvSource({
        "Acme_Tools, acme-tools",
        "Acme_*, acme-*",
        "ACME.__-*, acme-*",
        "acme*, acme*",
        "*, *",
        "' acme-* ', acme-*",
        "1, 1"
    })
    void normalised(String raw, String normalised) {
        assertThat(ProjectPattern.parse(raw)).map(ProjectPattern::text).contains(normalised);
    }

    @ParameterizedTest
    @DisplayName("what could never cover a name, or says more than its beginning, is no pattern")
    @ValueSource(
            strings = {"", "-", "-*", "_acme", "acme-", "a*b", "*-acme", "**", "acme-**", "a b", "é*", "a/b", "a\nb"})
    void refused(String raw) {
        assertThat(ProjectPattern.parse(raw)).isEmpty();
    }

    @Test
    @DisplayName("only normalised text makes a pattern directly, and a Turkish locale changes nothing")
    void constructed() {
        assertThatThrownBy(() -> new ProjectPattern("Acme-*")).isInstanceOf(IllegalArgumentException.class);
        assertThat(ProjectPattern.parse("a".repeat(201))).isEmpty();
        Locale before = Locale.getDefault();
        Locale.setDefault(new Locale("tr", "TR"));
        try {
            assertThat(pattern("PILLOW-*").matches(project("Pillow_x"))).isTrue();
        } finally {
            Locale.setDefault(before);
        }
    }

    @ParameterizedTest
    @DisplayName("A2 no spelling of a name slips past a pattern")
    @CsvSource({
        "acme-*, Acme_Tools, true",
        "acme-*, ACME.tools, true",
        "acme-*, acme__-..tools, true",
        "Acme_*, acme-tools, true",
        "acme-*, acme, false",
        "acme-*, acmetools, false",
        "acme*, acmetools, true",
        "acme*, acme, true",
        "acme, acme, true",
        "acme, Acme, true",
        "acme, acme-tools, false",
        "acme-tools, acme-tools-more, false",
        "*, anything, true"
    })
    void covers(String pattern, String name, boolean covered) {
        assertThat(pattern(pattern).matches(project(name))).isEqualTo(covered);
    }

    @Test
    @DisplayName("whole names are more specific than beginnings, longer beginnings than shorter ones")
    void ordered() {
        List<String> sorted = Stream.of("*", "acme-*", "zz", "acme-tools-*", "acme", "acme*")
                .map(ProjectPatternTest::pattern)
                .sorted()
                .map(ProjectPattern::toString)
                .toList();

        assertThat(sorted).containsExactly("acme", "zz", "acme-tools-*", "acme-*", "acme*", "*");
    }
}
