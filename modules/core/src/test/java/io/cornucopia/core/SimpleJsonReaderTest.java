package io.cornucopia.core;

import static io.cornucopia.core.Samples.DEMO;
import static io.cornucopia.core.Samples.MD5;
import static io.cornucopia.core.Samples.OTHER_SHA;
import static io.cornucopia.core.Samples.SHA;
import static io.cornucopia.core.Samples.sha256;
import static io.cornucopia.core.Samples.stream;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SimpleJsonReaderTest {
    private static final String WHEEL = "demo-1.0-py3-none-any.whl";

    @Test
    void reads_a_page_of_PyPI() throws Exception {
        ProjectPage page = read("""
                {"alternate-locations":[],
                 "files":[{"core-metadata":{"sha256":"%2$s"},"data-dist-info-metadata":{"sha256":"%1$s"},
                   "filename":"demo-1.0-py3-none-any.whl","hashes":{"sha256":"%1$s"},
                   "provenance":"https://pypi.org/integrity/demo/1.0/demo-1.0-py3-none-any.whl/provenance",
                   "requires-python":">=3.8","size":62574,"upload-time":"2024-05-29T15:37:47.027801Z",
                   "url":"https://files.pythonhosted.org/packages/ab/cd/demo-1.0-py3-none-any.whl","yanked":false},
                  {"core-metadata":false,"filename":"demo-1.0.tar.gz","hashes":{"sha256":"%2$s","blake9":"00"},
                   "provenance":null,"requires-python":null,"size":7,"upload-time":"2024-05-29T15:37:49Z",
                   "url":"https://files.pythonhosted.org/packages/ab/ce/demo-1.0.tar.gz","yanked":"bad build"}],
                 "meta":{"_last-serial":28841123,"api-version":"1.4"},"name":"demo",
                 "project-status":{"status":"archived","reason":"moved"},"versions":["0.9","1.0"]}""".formatted(SHA, OTHER_SHA));
        assertThat(page.name()).isEqualTo(DEMO);
        assertThat(page.serial()).hasValue(28841123);
        assertThat(page.status()).isEqualTo(new ProjectStatus(ProjectStatus.Marker.ARCHIVED, Optional.of("moved")));
        assertThat(page.versions()).containsExactly("0.9", "1.0");
        assertThat(page.files())
                .containsExactly(
                        new DistributionFile(
                                WHEEL,
                                "https://files.pythonhosted.org/packages/ab/cd/demo-1.0-py3-none-any.whl",
                                List.of(sha256(SHA)),
                                OptionalLong.of(62574),
                                Optional.of(">=3.8"),
                                Optional.of(Instant.parse("2024-05-29T15:37:47.027801Z")),
                                Optional.empty(),
                                Optional.of(new CoreMetadata(Optional.of(sha256(OTHER_SHA)))),
                                Optional.of("https://pypi.org/integrity/demo/1.0/demo-1.0-py3-none-any.whl/provenance"),
                                Optional.empty()),
                        new DistributionFile(
                                "demo-1.0.tar.gz",
                                "https://files.pythonhosted.org/packages/ab/ce/demo-1.0.tar.gz",
                                List.of(sha256(OTHER_SHA)),
                                OptionalLong.of(7),
                                Optional.empty(),
                                Optional.of(Instant.parse("2024-05-29T15:37:49Z")),
                                Optional.of(new Yank("bad build")),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty()));
    }

    @Test
    void reads_a_page_of_a_caching_mirror() throws Exception {
        ProjectPage page = read("""
                {"meta":{"api-version":"1.1","_last-serial":"17"},"name":"Demo","versions":["1.0"],
                 "files":[{"filename":"demo-1.0.tar.gz","url":"../../packages/demo-1.0.tar.gz?x=1#sha256=%s&egg=demo",
                   "hashes":{},"requires-python":null,"yanked":false,"size":12}]}""".formatted(SHA));
        assertThat(page.serial()).hasValue(17);
        DistributionFile file = page.files().get(0);
        assertThat(file.url()).isEqualTo("https://index.example/packages/demo-1.0.tar.gz?x=1");
        assertThat(file.digests()).containsExactly(sha256(SHA));
        assertThat(file.requiresPython()).isEmpty();
        assertThat(file.coreMetadata()).isEmpty();
        assertThat(page.status()).isEqualTo(ProjectStatus.ACTIVE);
    }

    @Test
    @DisplayName("I an optional key of the wrong type counts as absent")
    void wrongTypes() throws Exception {
        DistributionFile file =
                file("\"hashes\":[1],\"size\":\"12\",\"requires-python\":7,\"upload-time\":false,\"yanked\":null,"
                        + "\"core-metadata\":null,\"provenance\":{\"a\":[1]},\"gpg-sig\":\"true\"");
        assertThat(file)
                .isEqualTo(new DistributionFile(
                        WHEEL,
                        "https://index.example/simple/demo/" + WHEEL,
                        List.of(),
                        OptionalLong.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()));
        assertThat(file("\"size\":null").size()).isEmpty();
        assertThat(file("\"size\":-1").size()).isEmpty();
        assertThat(file("\"size\":1.5").size()).isEmpty();
        assertThat(file("\"size\":" + "9".repeat(40)).size()).isEmpty();
        assertThat(file("\"hashes\":null").digests()).isEmpty();
        assertThat(file("\"hashes\":{\"sha256\":\"zz\",\"md5\":null,\"sha1\":\"00\"}")
                        .digests())
                .isEmpty();
        ProjectPage page = read("{\"files\":[],\"versions\":{},\"project-status\":\"archived\",\"name\":null}");
        assertThat(page.versions()).isEmpty();
        assertThat(page.status()).isEqualTo(ProjectStatus.ACTIVE);
    }

    @ParameterizedTest
    @CsvSource({
        "true, true",
        "false, false",
        "null, false",
        "'\"\"', false",
        "'\"reason\"', true",
        "0, false",
        "[], false"
    })
    @DisplayName("C14 a yanked file keeps its marker")
    void yanked(String json, boolean yanked) throws Exception {
        assertThat(file("\"yanked\":" + json).yank().isPresent()).isEqualTo(yanked);
    }

    @Test
    void digests_are_in_the_order_of_trust_and_in_lower_case() throws Exception {
        assertThat(file("\"hashes\":{\"md5\":\"" + MD5 + "\",\"sha256\":\"" + SHA.toUpperCase(java.util.Locale.ROOT)
                                + "\"}")
                        .digests())
                .containsExactly(sha256(SHA), new Digest(HashAlgorithm.MD5, MD5));
    }

    @Test
    void core_metadata_is_preferred() throws Exception {
        assertThat(file("\"core-metadata\":true").coreMetadata()).contains(new CoreMetadata(Optional.empty()));
        assertThat(file("\"dist-info-metadata\":{\"sha256\":\"" + SHA + "\"}").coreMetadata())
                .contains(new CoreMetadata(Optional.of(sha256(SHA))));
        assertThat(file("\"dist-info-metadata\":true,\"core-metadata\":false").coreMetadata())
                .isEmpty();
        assertThat(file("\"dist-info-metadata\":true,\"core-metadata\":null").coreMetadata())
                .isPresent();
        assertThat(file("\"core-metadata\":{\"sha9\":\"00\"}").coreMetadata())
                .contains(new CoreMetadata(Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource({
        "2023-01-02T03:04:05Z, 2023-01-02T03:04:05Z",
        "2023-01-02T03:04:05.1234567+02:00, 2023-01-02T01:04:05.123456Z",
        "2023-01-02T03:04:05.5+0000, 2023-01-02T03:04:05.500Z",
        "2023-01-02t03:04:05z, 2023-01-02T03:04:05Z",
        "2023-01-02T03:04:05, ",
        "yesterday, ",
        "+123456-01-02T03:04:05Z, ",
        "٢٠٢٣-01-02T03:04:05Z, ",
    })
    @DisplayName("C12 upload-time is read from ISO 8601 with any offset")
    void uploadTime(String text, Instant time) throws Exception {
        assertThat(file("\"upload-time\":\"" + text + "\"").uploadTime()).isEqualTo(Optional.ofNullable(time));
    }

    @Test
    void versions_cover_every_file_once() throws Exception {
        ProjectPage page = read("{\"versions\":[\"1.0.0\",\"old-style\",\"1.0.0\",3],\"files\":["
                + entry("demo-2.0.tar.gz", "a") + "," + entry("demo-1.0.tar.gz", "b") + ","
                + entry("demo-1.5.tar.gz", "c") + "," + entry("demo-1.5-py3-none-any.whl", "c") + "]}");
        assertThat(page.versions()).containsExactly("1.0.0", "old-style", "1.5", "2.0");
    }

    @Test
    @DisplayName("I other projects' files, unsafe names and second files of a name are dropped")
    void foreignFiles() throws Exception {
        ProjectPage page = read("{\"files\":["
                + String.join(
                        ",",
                        entry("demo-1.0.tar.gz", "first"),
                        entry("demo-1.0.tar.gz", "second"),
                        entry("other-1.0.tar.gz", "x"),
                        entry("demo-extra-1.0.tar.gz", "x"),
                        entry("demo-1.0.linux-x86_64.tar.gz", "old"),
                        entry("../demo-1.0.zip", "x"),
                        entry("demo-1.0\\n.zip", "x"),
                        entry("demo-1.0\\u0000.zip", "x"),
                        "{\"filename\":\"demo-2.0.zip\"}",
                        "{\"url\":\"demo-2.0.zip\"}",
                        "{\"filename\":3,\"url\":\"demo-2.0.zip\"}",
                        "7",
                        "null",
                        "[[]]")
                + "]}");
        assertThat(page.files())
                .extracting(DistributionFile::url)
                .containsExactly("https://index.example/simple/demo/first", "https://index.example/simple/demo/old");
    }

    @ParameterizedTest
    @DisplayName("I a URL that is not http or https with a host and without credentials is dropped")
    @ValueSource(
            strings = {
                "javascript:alert(1)",
                "file:///etc/passwd",
                "ftp://h/demo-1.0.zip",
                "https://user:secret@h/demo-1.0.zip",
                "https:///demo-1.0.zip",
                "https:demo-1.0.zip",
                "http://h:99999/demo-1.0.zip",
                "http://[::1/demo-1.0.zip",
                "",
                "#sha256=00"
            })
    void badUrls(String url) throws Exception {
        assertThat(read("{\"files\":[" + entry("demo-1.0.zip", url) + "]}").files())
                .isEmpty();
    }

    @Test
    void odd_URLs_are_repaired_as_browsers_do() throws Exception {
        ProjectPage page = read("{\"files\":[" + entry("demo-1.0.zip", " a b/é%zz[1]|demo-1.0.zip ") + "]}");
        assertThat(page.files())
                .extracting(DistributionFile::url)
                .containsExactly("https://index.example/simple/demo/a%20b/%C3%A9%25zz%5B1%5D%7Cdemo-1.0.zip");
    }

    @Test
    @DisplayName("C2 the filename is the one that was given, not that of the URL")
    void filename() throws Exception {
        ProjectPage page = read("{\"files\":[" + entry("demo-1.0.zip", "https://h/blob/123") + "]}");
        assertThat(page.files()).extracting(DistributionFile::filename).containsExactly("demo-1.0.zip");
    }

    @ParameterizedTest
    @DisplayName("I what is not a page of that project is refused")
    @ValueSource(
            strings = {
                "",
                "   ",
                "[]",
                "null",
                "\"x\"",
                "<html></html>",
                "{}",
                "{\"files\":null}",
                "{\"files\":{}}",
                "{\"files\":[]",
                "{\"files\":[{\"filename\":\"demo-1.0.zip\"",
                "{\"files\":[]}{}",
                "{\"files\":[]} x",
                "{\"files\":[NaN]}",
                "{\"meta\":{\"api-version\":\"2.0\"},\"files\":[]}",
                "{\"meta\":{\"api-version\":\"10\"},\"files\":[]}",
                "{\"meta\":{\"api-version\":2},\"files\":[]}",
                "{\"meta\":{\"api-version\":null},\"files\":[]}",
                "{\"meta\":{\"api-version\":[]},\"files\":[]}",
                "{\"meta\":[],\"files\":[]}",
                "{\"files\":[],\"name\":\"other\"}",
                "{\"files\":[],\"name\":\"demo\\n\"}",
                "{\"files\":[],\"n\":\"\\ud8\"}"
            })
    void refused(String json) {
        assertThatThrownBy(() -> read(json))
                .isInstanceOf(MalformedPageException.class)
                .message()
                .hasSizeLessThan(100)
                .matches("[ -~…]+");
    }

    @Test
    void a_page_without_meta_or_of_a_later_minor_version_is_read() throws Exception {
        assertThat(read("{\"files\":[]}").files()).isEmpty();
        assertThat(read("{\"meta\":null,\"files\":[]}").files()).isEmpty();
        assertThat(read("{\"meta\":{\"api-version\":1.7},\"files\":[],\"new\":{\"a\":[{}]}}")
                        .files())
                .isEmpty();
    }

    @Test
    @DisplayName("I deep and huge JSON is refused before it takes memory")
    void bounds() {
        assertThatThrownBy(() -> read("{\"x\":" + "[".repeat(100_000)))
                .isInstanceOf(MalformedPageException.class)
                .hasMessageContaining("bounds");
        assertThatThrownBy(() -> read("{\"name\":\"" + "a".repeat(2_000_000) + "\",\"files\":[]}"))
                .isInstanceOf(MalformedPageException.class);
        assertThatThrownBy(() -> read("{\"x\":" + "1".repeat(100_000) + ",\"files\":[]}"))
                .isInstanceOf(MalformedPageException.class);
    }

    @Test
    @DisplayName("I half a surrogate pair does not get into our pages")
    void surrogates() throws Exception {
        assertThat(file("\"yanked\":\"a\\ud800b\\ud83d\\ude00\\udc00\"").yank()).contains(new Yank("a\ufffdb😀\ufffd"));
    }

    private static String entry(String filename, String url) {
        return "{\"filename\":\"" + filename + "\",\"url\":\"" + url + "\"}";
    }

    private static DistributionFile file(String members) throws Exception {
        return read("{\"files\":[{\"filename\":\"" + WHEEL + "\",\"url\":\"" + WHEEL + "\"," + members + "}]}")
                .files()
                .get(0);
    }

    private static ProjectPage read(String json) throws Exception {
        return SimpleJsonReader.read(stream(json), Samples.URL, DEMO);
    }
}
