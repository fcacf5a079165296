package io.cornucopia.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cornucopia.testkit.Crowd;
import io.cornucopia.testkit.GoldenFile;
import io.cornucopia.testkit.GoldenWheel;
import io.cornucopia.testkit.UploadForm;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many uploads to one project at the same moment. */
class ConcurrentUploadsTest {
    private static final String PROJECT = "acme-crowd";
    private static final int EACH = 25;

    @TempDir
    Path directory;

    @Test
    @DisplayName(
            "G7 50 uploads at once, half of them the same filename: each filename has one winner, on the page, its bytes right")
    void oneWinner() {
        List<GoldenFile> files = new ArrayList<>();
        for (int i = 0; i < EACH; i++) {
            files.add(GoldenWheel.of(PROJECT, "1." + i).payload(20_000 + i).build());
            files.add(GoldenWheel.of(PROJECT, "2.0").payload(30_000 + i).build());
        }
        try (PrivateIndex index = PrivateIndex.alone(directory, List.of());
                Crowd crowd = new Crowd()) {
            List<Crowd.Reply> replies =
                    crowd
                            .post(
                                    index.legacy(),
                                    PrivateIndex.TOKEN,
                                    files.stream().map(UploadForm::of).toList())
                            .stream()
                            .map(CompletableFuture::join)
                            .toList();

            List<GoldenFile> winners = new ArrayList<>();
            for (int i = 0; i < files.size(); i++) {
                assertThat(replies.get(i).status()).as(replies.get(i).text()).isIn(200, 409);
                if (replies.get(i).status() == 200) {
                    winners.add(files.get(i));
                } else {
                    assertThat(replies.get(i).text()).contains("File already exists");
                }
            }
            assertThat(winners).hasSize(EACH + 1);
            Map<String, JsonNode> listed = index.files(PROJECT);
            assertThat(listed)
                    .containsOnlyKeys(winners.stream().map(GoldenFile::filename).toList());
            winners.forEach(index::assertServed);
            assertThat(index.incoming()).isEmpty();
        }
    }
}
