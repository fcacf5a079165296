package io.cornucopia.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.cornucopia.core.DistributionFilename.Kind;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DistributionFilenameTest {
    @ParameterizedTest
    @DisplayName("F1 a wheel's name is read")
    @CsvSource({
        "requests-2.32.3-py3-none-any.whl, requests, 2.32.3",
        "Zope.Interface-5.0-cp39-cp39-manylinux_2_5_x86_64.manylinux1_x86_64.whl, zope-interface, 5.0",
        "a_b-1.0-1abc-py3-none-any.whl, a-b, 1.0.0",
        "torch-2.1.0+cu118-cp311-cp311-linux_x86_64.whl, torch, 2.1.0+cu118",
        "x-1!2.0-py3-none-any.whl, x, 1!2.0",
    })
    void wheels(String filename, String project, String version) {
        assertThat(DistributionFilename.candidates(filename)).containsExactly(reading(project, version, Kind.WHEEL));
        assertThat(DistributionFilename.parse(filename, name(project))).contains(reading(project, version, Kind.WHEEL));
        assertThat(DistributionFilename.parse(filename, name("other"))).isEmpty();
    }

    @ParameterizedTest
    @DisplayName("F1 what only looks like a wheel is none")
    @ValueSource(
            strings = {
                "a__b-1.0-py3-none-any.whl",
                "a-1.0-py3-none.whl",
                "a-1.0-x1-py3-none-any.whl",
                "a-1.0-1-py3-none-any-more.whl",
                "a-one-py3-none-any.whl",
                "a-1.0--py3-none-any.whl",
                "a-1.0-py3--any.whl",
                "-1.0-py3-none-any.whl",
                "a-1.0-py3-none-any.whl\n",
                "a-1.0-py3-none-any.WHL",
                "a-1.٠-py3-none-any.whl",
                "+-1.0-py3-none-any.whl",
                ".whl",
            })
    void noWheels(String filename) {
        assertThat(DistributionFilename.candidates(filename)).isEmpty();
        assertThat(DistributionFilename.parse(filename, name("a"))).isEmpty();
    }

    @ParameterizedTest
    @DisplayName("F2 an sdist is split where its known project ends")
    @CsvSource({
        "foo-1.0.tar.gz, foo, 1.0, SDIST",
        "Foo.Bar-1.0.zip, foo-bar, 1.0, SDIST",
        "foo-bar-1.0.tgz, foo-bar, 1.0, SDIST",
        "a-1-1.tar.gz, a, 1.post1, SDIST",
        "a-1-1.tar.gz, a-1, 1, SDIST",
        "foo-1.0-1.tar.gz, foo, 1.0.post1, SDIST",
        "foo-1.0.tar, foo, 1.0, SDIST",
        "foo-1.0.tar.bz2, foo, 1.0, SDIST",
        "foo-1.0.tbz, foo, 1.0, SDIST",
        "foo-1.0.tar.xz, foo, 1.0, SDIST",
        "foo-1.0.txz, foo, 1.0, SDIST",
        "foo-1.0.tar.Z, foo, 1.0, SDIST",
        "foo_bar-1.0-py2.7.egg, foo-bar, 1.0, EGG",
        "foo-1.0-py2.7-linux-x86_64.egg, foo, 1.0, EGG",
        "foo-1.0.win32-py2.7.exe, foo, 1.0, INSTALLER",
        "foo-1.0.win-amd64-py2.7.msi, foo, 1.0, INSTALLER",
        "foo-1.0a1.win32.exe, foo, 1.0a1, INSTALLER",
        "foo-2-1.0.win32.exe, foo-2, 1.0, INSTALLER",
        "foo-1.0-1.noarch.rpm, foo, 1.0, INSTALLER",
        "foo-1.0.dmg, foo, 1.0, INSTALLER",
        "foo-1.0.deb, foo, 1.0, INSTALLER",
    })
    void knownProject(String filename, String project, String version, Kind kind) {
        assertThat(DistributionFilename.parse(filename, name(project))).contains(reading(project, version, kind));
    }

    @Test
    @DisplayName("F2 without a project each dash from the right is tried")
    void unknownProject() {
        assertThat(DistributionFilename.candidates("foo-bar-1.0.tar.gz"))
                .containsExactly(reading("foo-bar", "1.0", Kind.SDIST));
        assertThat(DistributionFilename.candidates("a-1-1.tar.gz"))
                .containsExactly(reading("a-1", "1", Kind.SDIST), reading("a", "1.post1", Kind.SDIST));
        assertThat(DistributionFilename.candidates("foo-1.0-1.tar.gz"))
                .containsExactly(reading("foo-1.0", "1", Kind.SDIST), reading("foo", "1.0.post1", Kind.SDIST));
        assertThat(DistributionFilename.candidates("py2-foo-1.0-py2.7.egg"))
                .containsExactly(reading("py2-foo", "1.0", Kind.EGG));
        assertThat(DistributionFilename.candidates("foo-1.0.win-amd64-py2.7.exe"))
                .containsExactly(reading("foo", "1.0", Kind.INSTALLER));
    }

    @ParameterizedTest
    @DisplayName("F2 what has no version or no known suffix is no distribution file")
    @ValueSource(
            strings = {
                "foo.tar.gz",
                "foo-bar.tar.gz",
                "-1.0.tar.gz",
                "foo-.tar.gz",
                "foo-1.0.linux-x86_64.tar.gz",
                "foo-1.0",
                "foo-1.0.txt",
                "foo-1.0.tar.gz.asc",
                "index.html",
                "foo-x.exe",
                ".tar.gz",
                ""
            })
    void noDistribution(String filename) {
        assertThat(DistributionFilename.candidates(filename)).isEmpty();
    }

    @Test
    @DisplayName("F3 .metadata and .asc are taken off first")
    void companions() {
        assertThat(DistributionFilename.withoutCompanionSuffix("a-1-py3-none-any.whl.metadata"))
                .isEqualTo("a-1-py3-none-any.whl");
        assertThat(DistributionFilename.withoutCompanionSuffix("a-1.tar.gz.asc"))
                .isEqualTo("a-1.tar.gz");
        assertThat(DistributionFilename.withoutCompanionSuffix("a-1.tar.gz")).isEqualTo("a-1.tar.gz");
    }

    @Test
    void an_old_name_may_belong_to_the_project_that_it_begins_with() {
        assertThat(DistributionFilename.mayBelongTo(name("foo"), "foo-1.0.linux-x86_64.tar.gz"))
                .isTrue();
        assertThat(DistributionFilename.mayBelongTo(name("foo"), "foo-bar-1.0.tar.gz"))
                .isFalse();
        assertThat(DistributionFilename.mayBelongTo(name("foo"), "foobar-x.tar.gz"))
                .isFalse();
    }

    @ParameterizedTest
    @DisplayName("I a name that could leave its directory or its header is not safe")
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                ".hidden",
                "a..b",
                "a/b",
                "a\\b",
                "a\0b",
                "a\nb",
                "a\r\nb",
                "a\"b",
                "a'b",
                "a%2fb",
                "a\u007fb",
                "é",
                "a<b",
                "a&b",
                "a?b",
                "a#b",
                "a:b",
                " a",
                "a "
            })
    void unsafe(String filename) {
        assertThat(DistributionFilename.isSafe(filename)).isFalse();
    }

    @Test
    void a_usual_name_is_safe() {
        assertThat(DistributionFilename.isSafe("a-1.0+cu118!~@(),= b_c.tar.gz")).isTrue();
        assertThat(DistributionFilename.isSafe("a".repeat(255))).isTrue();
        assertThat(DistributionFilename.isSafe("a".repeat(256))).isFalse();
    }

    @Test
    @DisplayName("I hostile names take no time and at most four readings")
    void hostile() {
        Assertions.assertTimeoutPreemptively(Duration.ofSeconds(5), () -> {
            String dashes = "a" + "-1".repeat(120) + ".tar.gz";
            assertThat(DistributionFilename.candidates(dashes)).hasSizeLessThanOrEqualTo(4);
            for (int i = 0; i < 1_000; i++) {
                DistributionFilename.candidates("a" + "-".repeat(240) + ".tar.gz");
                DistributionFilename.candidates("a" + "-1.".repeat(80) + ".exe");
                DistributionFilename.candidates("_".repeat(240) + ".whl");
                DistributionFilename.parse("a-1" + ".1".repeat(100) + "x" + ".y".repeat(20) + ".exe", name("a"));
            }
            assertThat(DistributionFilename.candidates("a".repeat(10_240) + "-1.0.tar.gz"))
                    .isEmpty();
        });
    }

    @ParameterizedTest
    @DisplayName("F2 every project for which a name can be read is told, so that none is overlooked")
    @ValueSource(
            strings = {
                "foo-1.0.tar.gz",
                "a-1-1.tar.gz",
                "acme-1.0-rc-1-post-2-dev-3.zip",
                "acme-1.0-rc-1-2-dev-3.tar.gz",
                "acme-1-1-1-1-1.tar.gz",
                "Acme_Tools-1.0-py3-none-any.whl",
                "foo-2-1.0.egg",
                "foo-2-1.0-py2.7.egg",
                "foo-1.0-1.noarch.rpm",
                "foo-1.0.win-amd64-py2.7.exe",
                "foo.zip",
                "nonsense"
            })
    void everyProject(String filename) {
        Set<ProjectName> readable = new HashSet<>();
        for (int dash = filename.indexOf('-'); dash > 0; dash = filename.indexOf('-', dash + 1)) {
            ProjectName.parse(filename.substring(0, dash))
                    .filter(project ->
                            DistributionFilename.parse(filename, project).isPresent())
                    .ifPresent(readable::add);
        }

        assertThat(DistributionFilename.projects(filename)).containsExactlyInAnyOrderElementsOf(readable);
        assertThat(DistributionFilename.projects("../" + filename)).isEmpty();
    }

    private static ProjectName name(String raw) {
        return ProjectName.parse(raw).orElseThrow();
    }

    private static DistributionFilename reading(String project, String version, Kind kind) {
        return new DistributionFilename(name(project), Version.parse(version).orElseThrow(), kind);
    }
}
