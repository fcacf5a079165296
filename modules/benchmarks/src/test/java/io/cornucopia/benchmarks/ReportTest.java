package io.cornucopia.benchmarks;

import static io.cornucopia.benchmarks.OutcomeTest.outcome;
import static io.cornucopia.benchmarks.OutcomeTest.series;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonObject;
import java.io.StringReader;
import java.time.Instant;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class ReportTest {
    private static final Outcome AHEAD =
            outcome(Outcome.Better.MORE, new Target.RatioAtLeast(1), series(110, 120, 130), series(100, 100));
    private static final Outcome BEHIND =
            outcome(Outcome.Better.MORE, new Target.RatioAtLeast(1), series(50), series(100, 100));

    private static Report report(Outcome... outcomes) {
        Machine machine = new Machine(Instant.EPOCH, "a processor", 2, 24_000, "Linux", "17", "nginx/1.22.1");
        return new Report(machine, Options.parse(), List.of(outcomes));
    }

    @Test
    void aLineThatFallsShortStaysAndSaysSo() {
        String text = report(AHEAD, BEHIND).markdown();

        assertThat(text).contains("| 1.200 (1.100–1.200) |").contains("| yes ").contains("| 0.500 (0.500–0.500) |");
        assertThat(text).contains("| **no** ");
    }

    @Test
    void whatCouldNotBeMeasuredIsInTheTableToo() {
        String text = report(Outcome.failed("root", "the list", "nginx did\nnot start"))
                .markdown();

        assertThat(text).contains("not measured").contains("- `root`: **nginx did not start**");
    }

    @Test
    void everyRoundIsInTheJson() {
        JsonObject scenario = report(AHEAD).json().getJsonArray("scenarios").getJsonObject(0);

        assertThat(scenario.getBoolean("holds")).isTrue();
        assertThat(scenario.getJsonArray("subjects").getJsonObject(0).getJsonArray("rounds"))
                .hasSize(3);
    }

    @Test
    void theColumnsOfATableLineUp() {
        MarkdownTable table = new MarkdownTable("a", "what");
        table.row("one|two", "x");

        assertThat(table.text()).isEqualTo("| a        | what |\n| -------- | ---- |\n| one\\|two | x    |\n");
        assertThatThrownBy(() -> table.row("one")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theChartIsWellFormedAndHasABarForEachRatio() throws Exception {
        Document svg = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(new RatioChart(List.of(AHEAD, BEHIND)).svg())));

        // One more is the background.
        assertThat(svg.getElementsByTagName("rect").getLength()).isEqualTo(3);
    }
}
