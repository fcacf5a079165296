package io.cornucopia.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VersionTest {
    @ParameterizedTest
    @CsvSource({
        "1.0, 1.0",
        "v1.0, 1.0",
        "V01.010, 1.10",
        "1!2.0, 1!2.0",
        "0!1, 1",
        "1.0-ALPHA_1, 1.0a1",
        "1.0.beta2, 1.0b2",
        "1.0c1, 1.0rc1",
        "1.0preview, 1.0rc0",
        "1.0pre-3, 1.0rc3",
        "1.0a., 1.0a0",
        "1.0-1, 1.0.post1",
        "1.0a-1, 1.0a1",
        "1.0a--1, 1.0a0.post1",
        "1.0rev2, 1.0.post2",
        "1.0r2, 1.0.post2",
        "1.0.post, 1.0.post0",
        "1.0-dev, 1.0.dev0",
        "1.0a1.post2.dev3, 1.0a1.post2.dev3",
        "1.0+Ubuntu-01_b, 1.0+ubuntu.1.b",
        "2016.10.3, 2016.10.3",
    })
    void is_normalised(String raw, String normalised) {
        assertThat(Version.parse(raw)).map(Version::toString).contains(normalised);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "v",
                "1.",
                ".1",
                "1..0",
                "1!",
                "!1",
                "1.0+",
                "1.0+a..b",
                "1.0+a.",
                "1.0a1b2",
                "1.0.x",
                "dev",
                "1.0\n",
                " 1.0",
                "1.0\0",
                "١.٢",
                "1.٠",
                "1.0\u212a",
                "1.0+\u0131",
                "1.0d\u0130v",
                "1_0",
                "1-2-3"
            })
    void is_refused(String raw) {
        assertThat(Version.parse(raw)).isEmpty();
    }

    @Test
    void orders_as_PEP_440_does() {
        List<Version> ordered = List.of(
                        "1.0.dev1",
                        "1.0.dev2",
                        "1.0a1.dev1",
                        "1.0a1",
                        "1.0a1.post1.dev1",
                        "1.0a1.post1",
                        "1.0a2",
                        "1.0b1",
                        "1.0rc1",
                        "1.0",
                        "1.0+abc",
                        "1.0+abc.5",
                        "1.0+5",
                        "1.0.post1.dev1",
                        "1.0.post1",
                        "1.0.1",
                        "1.1",
                        "1.10",
                        "20240101000000000000000000000000000001",
                        "1!0.1")
                .stream()
                .map(VersionTest::version)
                .toList();
        List<Version> shuffled = new ArrayList<>(ordered);
        Collections.shuffle(shuffled, new Random(7));
        Collections.sort(shuffled);
        assertThat(shuffled).containsExactlyElementsOf(ordered);
        assertThat(shuffled).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @CsvSource({"1.0, 1.0.0", "1, v1.0.0.0", "1.0-1, 1.0.post1", "1.0RC1, 1.0-c.1", "0, 0.0", "1.0+a-1, 1.0+A.01"})
    void is_equal_to_another_spelling(String one, String other) {
        assertThat(version(one)).isEqualTo(version(other)).hasSameHashCodeAs(version(other));
    }

    @Test
    @DisplayName("I long and hostile versions are refused or read in one pass")
    void hostile() {
        Assertions.assertTimeoutPreemptively(Duration.ofSeconds(2), () -> {
            assertThat(Version.parse("1".repeat(10_000))).isEmpty();
            assertThat(Version.parse("1".repeat(200))).isPresent();
            for (String piece : List.of("1", "1.", "a", "-", "1-", "+1.", "dev", "post", "1!", "0")) {
                for (int i = 0; i < 1_000; i++) {
                    Version.parse(piece.repeat(200 / piece.length()) + "!");
                }
            }
        });
    }

    @Property
    @Label("what was normalised is normal")
    void idempotent(
            @ForAll
                    @StringLength(max = 16)
                    @Chars({'1', '0', '.', '-', '_', '!', '+', 'a', 'r', 'c', 'v'})
                    @CharRange(from = '0', to = '2')
                    String raw) {
        Version.parse(raw).ifPresent(version -> {
            Version again = version(version.toString());
            assertThat(again).isEqualTo(version).hasSameHashCodeAs(version).hasToString(version.toString());
            assertThat(again.compareTo(version)).isZero();
        });
    }

    @Example
    void is_bounded_exactly() {
        assertThat(Version.parse("1".repeat(201))).isEmpty();
    }

    private static Version version(String raw) {
        return Version.parse(raw).orElseThrow(() -> new AssertionError(raw));
    }
}
