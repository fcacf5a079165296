package io.cornucopia.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cornucopia.bus.Failure;
import io.cornucopia.bus.PageAnswer;
import io.cornucopia.core.ProjectName;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FreshnessTest {
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
    void servesAPageWithinItsTtlWithoutAsking() {
        bench.index.page("six", "\"1\"", "six-1.0.tar.gz");
        Instant begin = bench.clock.instant();

        PageAnswer first = bench.page("six");
        bench.clock.advance(Bench.TTL.minusSeconds(1));
        PageAnswer second = bench.page("six");

        assertThat(bench.index.askedForPage("six")).hasSize(1);
        assertThat(second).isEqualTo(first);
        assertThat(second.checkedAt()).isEqualTo(begin);
        assertThat(second.freshUntil()).isEqualTo(begin.plus(Bench.TTL));
        assertThat(second.origin()).isEqualTo(PageAnswer.Origin.UPSTREAM);
        assertThat(bench.count("cornucopia.pages", "result", "hit")).isEqualTo(1);
    }

    @Test
    void asksWhetherItChangedAfterTheTtl() {
        bench.index.page("six", "\"1\"", "six-1.0.tar.gz");
        PageAnswer first = bench.page("six");
        bench.clock.advance(Bench.TTL);

        PageAnswer second = bench.page("six");

        assertThat(bench.index.askedForPage("six")).hasSize(2);
        assertThat(bench.index.askedForPage("six").get(1).headers().get("If-None-Match"))
                .isEqualTo("\"1\"");
        assertThat(second.page()).isEqualTo(first.page());
        assertThat(second.revision()).isEqualTo(first.revision());
        assertThat(second.checkedAt()).isEqualTo(bench.clock.instant());
        assertThat(bench.changed).isEmpty();
        assertThat(bench.count("cornucopia.pages", "result", "revalidated")).isEqualTo(1);
    }

    @Test
    void tellsThatAProjectChanged() {
        bench.index.page("six", "\"1\"", "six-1.0.tar.gz");
        PageAnswer first = bench.page("six");
        bench.index.page("six", "\"2\"", "six-1.0.tar.gz", "six-2.0.tar.gz");
        bench.clock.advance(Bench.TTL);

        PageAnswer second = bench.page("six");

        assertThat(second.revision()).isNotEqualTo(first.revision());
        assertThat(bench.filenames("six")).containsExactly("six-1.0.tar.gz", "six-2.0.tar.gz");
        await().untilAsserted(() -> assertThat(bench.changed).containsExactly(new ProjectName("six")));
    }

    @Test
    void asksOnceHoweverManyWantToKnow() {
        Promise<Void> go = Promise.promise();
        bench.index.onPage(
                "six",
                request -> go.future()
                        .onSuccess(now -> ScriptedIndex.answer(
                                request,
                                ScriptedIndex.JSON,
                                null,
                                io.vertx.core.buffer.Buffer.buffer(
                                        "{\"meta\":{\"api-version\":\"1.0\"},\"name\":\"six\",\"files\":[]}"))));

        List<Future<PageAnswer>> answers =
                IntStream.range(0, 100).mapToObj(i -> bench.ask("six")).toList();
        await().until(() -> !bench.index.askedForPage("six").isEmpty());
        go.complete();

        assertThat(Bench.await(Future.all(answers)).succeeded()).isTrue();
        assertThat(bench.index.askedForPage("six")).hasSize(1);
    }

    @Test
    void a5_aProjectThatUpstreamDoesNotHaveIsNotFoundAndThatIsBelievedForAWhile() {
        assertThat(bench.pageFailure("nothing")).isInstanceOf(Failure.NotFound.class);
        assertThat(bench.pageFailure("nothing")).isInstanceOf(Failure.NotFound.class);
        assertThat(bench.index.askedForPage("nothing")).hasSize(1);

        bench.clock.advance(Bench.NEGATIVE_TTL);
        bench.index.page("nothing", "\"1\"", "nothing-1.0.tar.gz");

        assertThat(bench.filenames("nothing")).containsExactly("nothing-1.0.tar.gz");
        assertThat(bench.index.askedForPage("nothing")).hasSize(2);
    }

    @Test
    void believesUpstreamThatAProjectIsGone() {
        bench.index.page("six", "\"1\"", "six-1.0.tar.gz");
        bench.page("six");
        bench.index.status("six", 404);
        bench.clock.advance(Bench.TTL);

        assertThat(bench.pageFailure("six")).isInstanceOf(Failure.NotFound.class);
        assertThat(bench.directory.resolve("six.json")).doesNotExist();
        await().untilAsserted(() -> assertThat(bench.changed).containsExactly(new ProjectName("six")));
    }

    @Test
    void negativeCacheIsBounded() {
        Negatives negatives = new Negatives(Duration.ofMinutes(1), bench.clock);
        for (int i = 0; i < Negatives.LIMIT * 2; i++) {
            negatives.add(new ProjectName("p" + i), bench.clock.instant());
        }
        assertThat(negatives.size()).isLessThanOrEqualTo(Negatives.LIMIT);
    }
}
