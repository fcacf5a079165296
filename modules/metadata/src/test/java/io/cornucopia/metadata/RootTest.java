package io.cornucopia.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.cornucopia.bus.RootAnswer;
import io.cornucopia.core.Representation;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RootTest {
    private Bench bench;

    @BeforeEach
    void prepare(@TempDir Path directory) {
        bench = new Bench(directory.resolve("meta"));
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    private void upstreamRoot() {
        bench.root = MetadataSettings.Root.UPSTREAM;
        bench.start();
    }

    private void root(String type, String etag, String body) {
        bench.index.on("/simple/", request -> ScriptedIndex.answer(request, type, etag, Buffer.buffer(body)));
    }

    private static String json(String... names) {
        StringBuilder projects = new StringBuilder();
        for (String name : names) {
            projects.append(projects.length() == 0 ? "" : ",")
                    .append("{\"name\":\"")
                    .append(name)
                    .append("\"}");
        }
        return "{\"meta\":{\"api-version\":\"1.1\"},\"projects\":[" + projects + "]}";
    }

    @Test
    void a1_listsWhatIsKnownHere() throws IOException {
        bench.start();
        assertThat(bench.rootText(Representation.JSON)).contains("\"projects\"").doesNotContain("six");

        bench.index.page("six", "\"1\"", "six-1.0.tar.gz");
        bench.page("six");
        assertThat(bench.rootText(Representation.JSON)).contains("\"six\"");
        assertThat(bench.rootText(Representation.HTML)).contains("href=\"/simple/six/\"");

        bench.restart();
        assertThat(bench.rootText(Representation.TEXT_HTML)).contains("href=\"/simple/six/\"");
        assertThat(bench.index.asked("/simple/")).isEmpty();

        bench.restart();
        Files.delete(bench.directory.resolve("six.json"));
        bench.clock.advance(Duration.ofSeconds(5));
        assertThat(bench.rootText(Representation.JSON)).doesNotContain("six");
    }

    @Test
    void d2_etagsDifferByRepresentationAndCodingAndStayWhileTheListDoes() {
        bench.start();
        bench.index.page("six", "\"1\"", "six-1.0.tar.gz");
        bench.page("six");

        List<String> etags = Stream.of(Representation.values())
                .flatMap(representation -> Stream.of(true, false).map(gzip -> etag(representation, gzip)))
                .toList();

        assertThat(etags).doesNotHaveDuplicates().allMatch(etag -> etag.matches("\"[0-9a-z-]+\""));
        assertThat(etag(Representation.HTML, true)).endsWith("-gzip\"");
        bench.restart();
        assertThat(etag(Representation.JSON, false)).isIn(etags);
        assertThat(Bench.text(bench.rootAnswer(Representation.JSON, true), true))
                .isEqualTo(bench.rootText(Representation.JSON));
        bench.index.page("seven", "\"1\"", "seven-1.0.tar.gz");
        bench.page("seven");
        assertThat(etag(Representation.JSON, false)).isNotIn(etags);
    }

    private String etag(Representation representation, boolean gzip) {
        RootAnswer answer = bench.rootAnswer(representation, gzip);
        answer.body().close();
        return answer.etag();
    }

    @Test
    void anAnswerStaysReadableWhenTheListChanges() throws IOException {
        bench.start();
        RootAnswer before = bench.rootAnswer(Representation.JSON, false);
        bench.index.page("six", "\"1\"", "six-1.0.tar.gz");
        bench.page("six");
        bench.rootAnswer(Representation.JSON, false).body().close();

        assertThat(Bench.text(before, false)).contains("projects").doesNotContain("six");
        org.awaitility.Awaitility.await().untilAsserted(() -> {
            try (Stream<Path> files = Files.list(bench.directory.resolve(".root"))) {
                assertThat(files).hasSize(1);
            }
        });
    }

    @Test
    void anAnswerHoldsUntilItMayBeAnotherOrSomebodyHasToBeAsked() {
        root(ScriptedIndex.JSON, "\"r1\"", json("requests"));
        upstreamRoot();
        bench.index.page("six", "\"1\"", "six-1.0.tar.gz");

        RootAnswer atFirst = root();
        assertThat(atFirst.holds().getAsBoolean()).isTrue();
        bench.page("six");
        assertThat(atFirst.holds().getAsBoolean()).as("a project came").isFalse();

        RootAnswer beforeUpload = root();
        bench.upload("acme", "1.0", "acme-1.0.tar.gz");
        assertThat(beforeUpload.holds().getAsBoolean())
                .as("there was an upload")
                .isFalse();

        RootAnswer beforeNews = root();
        assertThat(beforeNews.holds().getAsBoolean()).isTrue();
        bench.announce("other");
        assertThat(beforeNews.holds().getAsBoolean())
                .as("there may have been an upload")
                .isFalse();

        RootAnswer lookedAt = root();
        bench.clock.advance(Duration.ofSeconds(5));
        assertThat(lookedAt.holds().getAsBoolean())
                .as("the disk is to be looked at")
                .isFalse();

        bench.clock.advance(Bench.TTL.minusSeconds(6));
        RootAnswer fresh = root();
        assertThat(fresh.holds().getAsBoolean()).isTrue();
        bench.clock.advance(Duration.ofSeconds(2));
        assertThat(fresh.holds().getAsBoolean()).as("upstream is to be asked").isFalse();
    }

    @Test
    void anAnswerThatMissesAnUploadDoesNotHoldOnceTheUploaderHasItsAnswer() {
        bench.start();
        for (int i = 0; i < 200; i++) {
            // So that the disk is looked at, and news may come in between.
            bench.clock.advance(Duration.ofSeconds(5));
            bench.uploads.put("acme-" + i, "1.0", "acme_" + i + "-1.0.tar.gz");
            Future<RootAnswer> asked = bench.askRoot(Representation.JSON, false);
            bench.announce("acme-" + i);
            RootAnswer answer = Bench.await(asked);
            boolean holds = answer.holds().getAsBoolean();
            if (!Bench.text(answer, false).contains("\"acme-" + i + '"')) {
                assertThat(holds).as("acme-" + i).isFalse();
            }
        }
    }

    private RootAnswer root() {
        RootAnswer answer = bench.rootAnswer(Representation.JSON, false);
        answer.body().close();
        return answer;
    }

    @Test
    void manyShareOneRendering() {
        bench.start();
        List<Future<RootAnswer>> answers = IntStream.range(0, 50)
                .mapToObj(i -> bench.askRoot(Representation.JSON, false))
                .toList();
        Bench.await(Future.all(answers));

        assertThat(answers.stream().map(answer -> answer.result().body()).distinct())
                .hasSize(1);
        answers.forEach(answer -> answer.result().body().close());
    }

    @Test
    void mergesUpstreamsListAndRevalidatesIt() {
        root(ScriptedIndex.JSON, "\"r1\"", json("Zope.Interface", "requests", "-bad-"));
        upstreamRoot();
        bench.index.page("six", "\"1\"", "six-1.0.tar.gz");
        bench.page("six");

        String first = bench.rootText(Representation.JSON);
        bench.clock.advance(Bench.TTL);
        String second = bench.rootText(Representation.JSON);

        assertThat(first).contains("\"six\"", "requests").doesNotContain("-bad-");
        assertThat(first.toLowerCase(java.util.Locale.ROOT)).contains("zope");
        assertThat(second).isEqualTo(first);
        assertThat(bench.index.asked("/simple/")).hasSize(2);
        assertThat(bench.index.asked("/simple/").get(1).headers().get("If-None-Match"))
                .isEqualTo("\"r1\"");
        assertThat(bench.rootAnswer(Representation.JSON, false).checkedAt()).isEqualTo(bench.clock.instant());
    }

    @Test
    void readsUpstreamsListInHtml() {
        root(
                "text/html",
                null,
                "<!DOCTYPE html><html><head><title>Simple index</title></head><body>"
                        + "<a href=\"/simple/requests/\">requests</a><br/>\n<a href=\"/simple/six/\">six</a></body></html>");
        upstreamRoot();

        assertThat(bench.rootText(Representation.JSON)).contains("\"requests\"", "\"six\"");
    }

    @Test
    void listsTheOldListWhenUpstreamFailsAlsoAfterARestart() {
        root(ScriptedIndex.JSON, "\"r1\"", json("requests"));
        upstreamRoot();
        String before = bench.rootText(Representation.JSON);
        bench.clock.advance(Bench.TTL);
        bench.index.on(
                "/simple/", request -> request.response().setStatusCode(500).end());

        assertThat(bench.rootText(Representation.JSON)).isEqualTo(before);
        bench.rootText(Representation.JSON);
        assertThat(bench.index.asked("/simple/")).as("left alone for a moment").hasSize(2);

        bench.index.down();
        bench.restart();
        assertThat(bench.rootText(Representation.JSON)).isEqualTo(before);
    }

    @Test
    void listsWhatIsKnownWhenUpstreamsListWasNeverToBeHad() {
        root("text/plain", null, "go away");
        upstreamRoot();
        bench.index.page("six", "\"1\"", "six-1.0.tar.gz");
        bench.page("six");

        assertThat(bench.rootText(Representation.JSON)).contains("\"six\"");
    }

    @Test
    void holdsNineHundredThousandNames() throws IOException {
        int names = 900_000;
        Path html = bench.directory.resolveSibling("root.html");
        Files.createDirectories(bench.directory);
        try (java.io.BufferedWriter out = Files.newBufferedWriter(html)) {
            out.write("<!DOCTYPE html><html><head><title>Simple index</title></head><body>\n");
            for (int i = 0; i < names; i++) {
                out.write("<a href=\"/simple/some-project-" + i + "/\">some-project-" + i + "</a><br/>\n");
            }
            out.write("</body></html>\n");
        }
        bench.index.on(
                "/simple/",
                request -> request.response()
                        .putHeader("Content-Type", "text/html")
                        .sendFile(html.toString()));
        upstreamRoot();
        bench.index.page("six", "\"1\"", "six-1.0.tar.gz");
        bench.page("six");

        RootAnswer answer = bench.rootAnswer(Representation.JSON, false);
        long used = usedHeap();
        String text = Bench.text(answer, false);

        assertThat(used).as("bytes of heap that are held").isLessThan(150L << 20);
        assertThat(text.split("\"name\"", -1)).hasSize(names + 2);
        Bench.text(bench.rootAnswer(Representation.HTML, true), true);

        bench.index.down();
        bench.restart();
        assertThat(Bench.text(bench.rootAnswer(Representation.JSON, false), false))
                .isEqualTo(text);
    }

    private static long usedHeap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
