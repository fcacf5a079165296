package io.cornucopia.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.cornucopia.bus.Failure;
import io.cornucopia.bus.ListedFile;
import io.cornucopia.bus.ListedFileQuery;
import io.cornucopia.core.ProjectStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ListedFilesTest {
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
    void f3_findsAFileOfAProjectThatNobodyAskedForYet() {
        bench.index.page("typing-extensions", "\"1\"", "typing_extensions-4.0-py3-none-any.whl");

        ListedFile listed =
                Bench.await(bench.askFile("typing_extensions-4.0-py3-none-any.whl", ListedFileQuery.Effort.ANY_AGE));

        assertThat(listed.project().value()).isEqualTo("typing-extensions");
        assertThat(listed.status()).isEqualTo(ProjectStatus.ACTIVE);
        assertThat(listed.file().sha256()).isPresent();
    }

    @Test
    void f3_aPageOfAnyAgeIsGoodEnough() {
        bench.index.page("six", "\"1\"", "six-1.0.tar.gz");
        bench.page("six");
        bench.clock.advance(Bench.TTL.multipliedBy(10));

        assertThat(bench.projectOf("six-1.0.tar.gz")).isEqualTo("six");
        assertThat(bench.index.askedForPage("six")).hasSize(1);
    }

    @Test
    void f3_aFileThatIsNewerThanThePageIsFound() {
        bench.index.page("six", "\"1\"", "six-1.0.tar.gz");
        bench.page("six");
        bench.index.page("six", "\"2\"", "six-1.0.tar.gz", "six-2.0.tar.gz");

        assertThat(bench.fileFailure("six-2.0.tar.gz"))
                .as("upstream was asked within the TTL")
                .isInstanceOf(Failure.NotFound.class);
        bench.clock.advance(Bench.TTL);
        assertThat(bench.projectOf("six-2.0.tar.gz")).isEqualTo("six");
    }

    @Test
    void f2_f3_readingsAreTriedInTurn() {
        bench.index.page("a", "\"1\"", "a-1-1.tar.gz");
        bench.index.page("foo", "\"1\"", "foo-1.0-1.tar.gz");

        assertThat(bench.projectOf("a-1-1.tar.gz")).isEqualTo("a");
        assertThat(bench.projectOf("foo-1.0-1.tar.gz")).isEqualTo("foo");
    }

    @Test
    void f3_whatPagesSaidIsKeptAndComesFirst() throws IOException {
        bench.index.page("a", "\"1\"", "a-1-1.tar.gz");
        bench.page("a");

        assertThat(bench.projectOf("a-1-1.tar.gz")).isEqualTo("a");
        assertThat(bench.index.askedForPage("a-1")).isEmpty();

        bench.restart();
        assertThat(bench.projectOf("a-1-1.tar.gz")).isEqualTo("a");
        assertThat(bench.index.askedForPage("a-1")).isEmpty();

        bench.stop();
        Files.delete(bench.directory.resolve(".filenames"));
        bench.start();
        assertThat(bench.projectOf("a-1-1.tar.gz")).as("learned again").isEqualTo("a");
    }

    @Test
    void f3_exceptionsAreCompactedAtStart() throws IOException {
        bench.stop();
        Path file = bench.directory.resolve(".filenames");
        Files.writeString(file, "a-1-1.tar.gz\tb\nnonsense\n../x\ta\na-1-1.tar.gz\ta\na-2-1.tar.gz\t-\n");
        bench.start();

        assertThat(file).hasContent("a-1-1.tar.gz\ta");
    }

    @Test
    void f3_aFileThatNoPageListsIsNotFound() {
        bench.index.page("six", "\"1\"", "six-1.0.tar.gz");

        assertThat(bench.fileFailure("six-9.0.tar.gz")).isInstanceOf(Failure.NotFound.class);
        assertThat(bench.fileFailure("unknown-1.0.tar.gz")).isInstanceOf(Failure.NotFound.class);
        assertThat(bench.fileFailure("nonsense")).isInstanceOf(Failure.NotFound.class);
        assertThat(bench.fileFailure("..")).isInstanceOf(Failure.NotFound.class);
        assertThat(bench.fileFailure("x/../six-1.0.tar.gz")).isInstanceOf(Failure.NotFound.class);
    }

    @Test
    void aCandidateThatFailsDoesNotHideTheNextButIsNotCalledUnknown() {
        bench.index.page("a", "\"1\"", "a-1-1.tar.gz");
        bench.index.status("a-1", 500);

        assertThat(bench.projectOf("a-1-1.tar.gz")).isEqualTo("a");
        assertThat(bench.fileFailure("a-1-2.tar.gz")).isInstanceOf(Failure.UpstreamFailed.class);
    }

    @Test
    void askingAgainAsksUpstreamWhateverTheAge() {
        bench.index.page("six", "\"1\"", "six-1.0.tar.gz");
        bench.page("six");
        bench.index.page("six", "\"2\"", "six-2.0.tar.gz");

        assertThat(Bench.failure(bench.askFile("six-1.0.tar.gz", ListedFileQuery.Effort.ASK_AGAIN)))
                .isInstanceOf(Failure.NotFound.class);
        assertThat(bench.projectOf("six-2.0.tar.gz")).isEqualTo("six");
        assertThat(bench.index.askedForPage("six")).hasSize(2);
    }
}
