package io.cornucopia.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.cornucopia.core.OriginRules.Origin;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OriginRulesTest {
    private static OriginRules rules(String... patternsAndOrigins) {
        Map<ProjectPattern, Origin> rules = new LinkedHashMap<>();
        for (int i = 0; i < patternsAndOrigins.length; i += 2) {
            rules.put(
                    ProjectPattern.parse(patternsAndOrigins[i]).orElseThrow(),
                    Origin.valueOf(patternsAndOrigins[i + 1]));
        }
        return new OriginRules(rules);
    }

    private static ProjectName project(String raw) {
        return ProjectName.parse(raw).orElseThrow();
    }

    @Test
    @DisplayName("without a rule a project is ours alone from its first upload on, and upstream's before")
    void withoutRule() {
        assertThat(OriginRules.NONE.of(project("six"), false)).isEqualTo(Origin.UPSTREAM);
        assertThat(OriginRules.NONE.of(project("six"), true)).isEqualTo(Origin.PRIVATE);
        assertThat(OriginRules.NONE.rule(project("six"))).isEmpty();
        assertThat(OriginRules.NONE.reserveNames()).isFalse();
    }

    @ParameterizedTest
    @DisplayName("the most specific rule holds, in whatever order they were written")
    @CsvSource({
        "acme-core, UPSTREAM",
        "acme-core-x, PRIVATE",
        "acme-tools, MERGED",
        "Acme_Tools.extra, MERGED",
        "acme-other, PRIVATE",
        "six, UPSTREAM"
    })
    void mostSpecific(String name, Origin origin) {
        OriginRules forth =
                rules("*", "UPSTREAM", "acme-*", "PRIVATE", "acme-tools*", "MERGED", "Acme_Core", "UPSTREAM");
        OriginRules back =
                rules("acme-core", "UPSTREAM", "acme-tools*", "MERGED", "acme-*", "PRIVATE", "*", "UPSTREAM");

        assertThat(forth.of(project(name), false)).isEqualTo(origin);
        assertThat(back.of(project(name), false)).isEqualTo(origin);
        assertThat(forth.of(project(name), true)).as("uploads change nothing").isEqualTo(origin);
    }

    @Test
    @DisplayName("a rule says whether names are reserved that have no upload yet")
    void reserving() {
        assertThat(rules("acme-*", "MERGED", "*", "UPSTREAM").reserveNames()).isFalse();
        assertThat(rules("acme-*", "PRIVATE").reserveNames()).isTrue();
    }
}
