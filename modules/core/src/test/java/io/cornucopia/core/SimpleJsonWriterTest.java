package io.cornucopia.core;

import static io.cornucopia.core.Samples.DEMO;
import static io.cornucopia.core.Samples.LINKS;
import static io.cornucopia.core.Samples.OTHER_SHA;
import static io.cornucopia.core.Samples.SHA;
import static io.cornucopia.core.Samples.bare;
import static io.cornucopia.core.Samples.full;
import static io.cornucopia.core.Samples.page;
import static io.cornucopia.core.Samples.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SimpleJsonWriterTest {
    private static final String WHEEL = "demo-1.0+cu1-py3-none-any.whl";

    @Test
    @DisplayName("C7 C8 a page has every key, in an order that does not change")
    void everything() {
        assertThat(write(page(full(WHEEL))))
                .isEqualTo(("{'meta':{'api-version':'1.4','_last-serial':42},'name':'demo',"
                                + "'project-status':{'status':'active'},'versions':['1.0','2.0'],'files':["
                                + "{'filename':'demo-1.0+cu1-py3-none-any.whl',"
                                + "'url':'/packages/demo-1.0%2Bcu1-py3-none-any.whl',"
                                + "'hashes':{'sha256':'" + SHA + "'},'requires-python':'>=3.8,<4','size':1234,"
                                + "'upload-time':'2023-04-05T06:07:08.123456Z',"
                                + "'yanked':'broken <!&^> build','core-metadata':{'sha256':'" + OTHER_SHA + "'},"
                                + "'provenance':'https://here.example/integrity/"
                                + "demo-1.0%2Bcu1-py3-none-any.whl/provenance','gpg-sig':true}]}")
                        .replace('\'', '"')
                        .replace("<!&^>", "<\\\"&'>"));
    }

    @Test
    @DisplayName("C9 what is not known is left out, never null, and without sizes the page is 1.0")
    void unknowns() {
        String json = write(page(full(WHEEL), bare("demo-1.0.tar.gz")));
        assertThat(json)
                .contains("\"api-version\":\"1.0\"")
                .contains("{\"filename\":\"demo-1.0.tar.gz\",\"url\":\"/packages/demo-1.0.tar.gz\",\"hashes\":{},"
                        + "\"yanked\":false}")
                .doesNotContain("null");
        assertThat(write(page())).contains("\"api-version\":\"1.4\"");
    }

    @Test
    @DisplayName("C10 hashes is always there and names sha256 only")
    void hashes() {
        assertThat(write(page(full(WHEEL)))).doesNotContain("md5");
        assertThat(write(page(bare(WHEEL)))).contains("\"hashes\":{}");
    }

    @Test
    @DisplayName("C11 there is no dist-info-metadata")
    void distInfoMetadata() {
        assertThat(write(page(full(WHEEL), full("demo-1.0.tar.gz")))).doesNotContain("dist-info-metadata");
    }

    @Test
    @DisplayName("E6 core-metadata is said of wheels only")
    void coreMetadata() {
        assertThat(write(page(full("demo-1.0.tar.gz")))).doesNotContain("core-metadata");
        assertThat(write(page(bare(WHEEL)))).contains("\"core-metadata\":false");
    }

    @ParameterizedTest
    @DisplayName("C12 upload-time has six fraction digits or none")
    @CsvSource({
        "2023-01-02T03:04:05Z, 2023-01-02T03:04:05Z",
        "2023-01-02T03:04:05.1Z, 2023-01-02T03:04:05.100000Z",
        "2023-01-02T03:04:05.000001999Z, 2023-01-02T03:04:05.000001Z",
        "2023-01-02T03:04:00Z, 2023-01-02T03:04:00Z",
        "1969-12-31T23:59:59.000000001Z, 1969-12-31T23:59:59Z",
    })
    void uploadTime(Instant time, String text) {
        assertThat(UploadTime.format(time)).isEqualTo(text);
    }

    @Test
    @DisplayName("C14 a yanked file keeps its marker and reason")
    void yanked() {
        assertThat(write(page(yanked("gone")))).contains("\"yanked\":\"gone\"");
        assertThat(write(page(yanked("")))).contains("\"yanked\":true");
        assertThat(write(page(yanked("a\ud800")))).contains("\"yanked\":\"a\ufffd\"");
    }

    @Test
    @DisplayName("C15 no URL of upstream is left")
    void rewritten() {
        assertThat(write(page(full(WHEEL), bare("demo-1.0.tar.gz")))).doesNotContain("files.example");
    }

    @Test
    @DisplayName("A6 a quarantined project has no files, an archived one keeps them")
    void status() {
        assertThat(write(
                        page(new ProjectStatus(ProjectStatus.Marker.QUARANTINED, Optional.of("malware")), full(WHEEL))))
                .contains("\"project-status\":{\"status\":\"quarantined\",\"reason\":\"malware\"}")
                .contains("\"files\":[]");
        assertThat(write(page(new ProjectStatus(ProjectStatus.Marker.ARCHIVED, Optional.empty()), full(WHEEL))))
                .contains("\"project-status\":{\"status\":\"archived\"}")
                .contains(WHEEL);
    }

    @Test
    void what_was_written_is_read_again() throws Exception {
        ProjectPage read = SimpleJsonReader.read(
                new ByteArrayInputStream(SimpleJsonWriter.write(page(full(WHEEL)), LINKS)), Samples.URL, DEMO);
        assertThat(read.versions()).containsExactly("1.0", "2.0", "1.0+cu1");
        assertThat(read.files().get(0).yank()).isEqualTo(full(WHEEL).yank());
    }

    private static DistributionFile yanked(String reason) {
        DistributionFile file = bare(WHEEL);
        return new DistributionFile(
                file.filename(),
                file.url(),
                List.of(),
                OptionalLong.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(new Yank(reason)),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private static String write(ProjectPage page) {
        return text(SimpleJsonWriter.write(page, LINKS));
    }
}
