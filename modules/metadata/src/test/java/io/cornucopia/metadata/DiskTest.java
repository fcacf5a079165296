package io.cornucopia.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.cornucopia.bus.PageAnswer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DiskTest {
    private Bench bench;

    @BeforeEach
    void start(@TempDir Path directory) {
        bench = new Bench(directory.resolve("meta")).start();
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    @Test
    void aRestartServesWhatIsOnDisk() {
        bench.index.page("six", "\"1\"", "six-1.0.tar.gz");
        PageAnswer before = bench.page("six");

        bench.restart();

        assertThat(bench.page("six")).isEqualTo(before);
        assertThat(bench.index.askedForPage("six")).hasSize(1);

        bench.clock.advance(Bench.TTL);
        bench.restart();
        assertThat(bench.page("six").page()).isEqualTo(before.page());
        assertThat(bench.index.askedForPage("six").get(1).headers().get("If-None-Match"))
                .isEqualTo("\"1\"");
    }

    @Test
    void aConfirmationSurvivesARestart() {
        bench.index.page("six", "\"1\"", "six-1.0.tar.gz");
        bench.page("six");
        bench.clock.advance(Bench.TTL);
        PageAnswer confirmed = bench.page("six");

        bench.restart();

        assertThat(bench.page("six")).isEqualTo(confirmed);
        assertThat(bench.index.askedForPage("six")).hasSize(2);
    }

    @Test
    void aDocumentIsJsonThatPeopleCanRead() throws IOException {
        bench.index.page("six", "\"1\"", "six-1.0.tar.gz");
        bench.page("six");

        JsonObject document = new JsonObject(Files.readString(bench.directory.resolve("six.json")));

        assertThat(document.getString("etag")).isEqualTo("\"1\"");
        assertThat(document.getString("checked_at"))
                .isEqualTo(bench.clock.instant().toString());
        assertThat(document.getString("url")).isEqualTo(bench.index.url() + "six/");
        assertThat(document.getJsonObject("page").getString("name")).isEqualTo("six");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "{", "not JSON", "{\"checked_at\":\"x\",\"page\":\n{}\n}\n"})
    void aDocumentThatIsBrokenCountsAsAbsent(String content) throws IOException {
        bench.index.page("six", "\"1\"", "six-1.0.tar.gz");
        bench.page("six");
        bench.stop();
        Files.writeString(bench.directory.resolve("six.json"), content);
        bench.start();

        assertThat(bench.filenames("six")).containsExactly("six-1.0.tar.gz");
        assertThat(bench.index.askedForPage("six")).hasSize(2);
        assertThat(bench.index.askedForPage("six").get(1).headers().contains("If-None-Match"))
                .isFalse();
    }

    @Test
    void aDocumentThatIsCutAnywhereCountsAsAbsent() throws IOException {
        bench.index.page("six", "\"1\"", "six-1.0.tar.gz");
        bench.page("six");
        byte[] whole = Files.readAllBytes(bench.directory.resolve("six.json"));
        PageStore store = new PageStore(bench.directory, new AtomicWrite(bench.directory));
        for (int length = 0; length < whole.length; length += 7) {
            Files.write(bench.directory.resolve("six.json"), java.util.Arrays.copyOf(whole, length));
            assertThat(store.read(new io.cornucopia.core.ProjectName("six"))).isEmpty();
        }
    }

    @Test
    void deletingDocumentsWhileItRunsIsSurvived() throws IOException {
        bench.index.page("six", "\"1\"", "six-1.0.tar.gz");
        bench.page("six");
        deleteAll();

        assertThat(bench.filenames("six")).as("from memory").containsExactly("six-1.0.tar.gz");
        bench.clock.advance(Bench.TTL);
        assertThat(bench.filenames("six")).containsExactly("six-1.0.tar.gz");
        bench.index.page("seven", "\"1\"", "seven-1.0.tar.gz");
        assertThat(bench.filenames("seven")).containsExactly("seven-1.0.tar.gz");
        assertThat(bench.directory.resolve("six.json")).as("kept again").exists();
        assertThat(bench.directory.resolve("seven.json")).exists();
        assertThat(Bench.text(bench.rootAnswer(io.cornucopia.core.Representation.JSON, false), false))
                .contains("\"six\"", "\"seven\"");
    }

    @Test
    void temporaryFilesAreSweptAtStart() throws IOException {
        bench.stop();
        Files.write(bench.directory.resolve(".tmp-1"), new byte[10], StandardOpenOption.CREATE);
        Files.write(bench.directory.resolve(".root").resolve(".tmp-2"), new byte[10], StandardOpenOption.CREATE);
        bench.start();

        assertThat(temporaryFiles(bench.directory)).isEmpty();
        assertThat(temporaryFiles(bench.directory.resolve(".root"))).isEmpty();
    }

    private static List<Path> temporaryFiles(Path directory) throws IOException {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(directory, ".tmp-*")) {
            return Stream.iterate(left.iterator(), java.util.Iterator::hasNext, each -> each)
                    .map(java.util.Iterator::next)
                    .toList();
        }
    }

    private void deleteAll() throws IOException {
        try (Stream<Path> all = Files.walk(bench.directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
