package io.cornucopia.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.cornucopia.bus.ListedFileQuery;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LargePageTest {
    private static final int FILES = 100_000;

    @Test
    void thirtyMegabytesDoNotBlockTheEventLoop(@TempDir Path directory) {
        try (Bench bench = new Bench(directory.resolve("meta"))) {
            Buffer body = Buffer.buffer("{\"meta\":{\"api-version\":\"1.1\"},\"name\":\"big\",\"files\":[");
            for (int i = 0; i < FILES; i++) {
                body.appendString((i == 0 ? "" : ",\n")
                        + ScriptedIndex.file("big-" + i + ".0-py3-none-any-with-a-name-of-some-length.whl")
                                .replace("any-with-a-name-of-some-length", "any"));
                body.appendString(" ".repeat(120));
            }
            body.appendString("]}");
            assertThat(body.length()).isGreaterThan(30_000_000);
            bench.index.onPage(
                    "big",
                    request -> request.response()
                            .putHeader("Content-Type", ScriptedIndex.JSON)
                            .end(body));
            bench.start();
            AtomicLong longest = new AtomicLong();
            for (int i = 0; i < 4 * Runtime.getRuntime().availableProcessors(); i++) {
                watch(bench.vertx.getOrCreateContext(), longest);
            }

            assertThat(bench.page("big").page().files()).hasSize(FILES);
            assertThat(Bench.await(bench.askFile("big-7.0-py3-none-any.whl", ListedFileQuery.Effort.ANY_AGE)))
                    .isNotNull();

            // Vert.x calls a loop blocked after two seconds; parsing on it would come near that on a slow machine.
            assertThat(TimeUnit.NANOSECONDS.toMillis(longest.get())).isLessThan(1_000);
        }
    }

    private static void watch(Context context, AtomicLong longest) {
        long[] last = {System.nanoTime()};
        context.runOnContext(now -> context.owner().setPeriodic(5, tick -> {
            long time = System.nanoTime();
            longest.accumulateAndGet(time - last[0], Math::max);
            last[0] = time;
        }));
    }
}
