package io.cornucopia.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProjectNameTest {
    @ParameterizedTest
    @DisplayName("A2 a name is lower case with every run of separators one dash")
    @CsvSource({"Django, django", "zope.interface, zope-interface", "a-_.b, a-b", "A__B, a-b", "1, 1", "X, x"})
    void normalised(String raw, String normalised) {
        assertThat(ProjectName.parse(raw)).map(ProjectName::value).contains(normalised);
    }

    @ParameterizedTest
    @DisplayName("A4 a name that is not valid is none")
    @ValueSource(
            strings = {
                "", "-", ".", "_a", "a-", "a b", "a/b", "a\n", "\na", "a+b", "a%20b", "é", "İ", "ı", "a\u212a", "٣"
            })
    void refused(String raw) {
        assertThat(ProjectName.parse(raw)).isEmpty();
    }

    @Test
    @DisplayName("I a name of 10 kB is refused, a Turkish locale changes nothing")
    void hostile() {
        assertThat(ProjectName.parse("a".repeat(10_240))).isEmpty();
        assertThat(ProjectName.parse("a" + "-".repeat(10_240))).isEmpty();
        Locale before = Locale.getDefault();
        Locale.setDefault(new Locale("tr", "TR"));
        try {
            assertThat(ProjectName.parse("PILLOW")).map(ProjectName::value).contains("pillow");
        } finally {
            Locale.setDefault(before);
        }
    }
}
