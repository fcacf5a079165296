package io.cornucopia.benchmarks;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What was measured, for people and for machines. Every round is in the JSON; none is left out of the medians. */
record Report(Machine machine, Options options, List<Outcome> outcomes) {

    Report {
        outcomes = List.copyOf(outcomes);
    }

    /** Writes results.md, results.json and ratios.svg. */
    void write(Path directory) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("results.md"), markdown());
        Files.writeString(directory.resolve("results.json"), json().encodePrettily() + "\n");
        Files.writeString(directory.resolve("ratios.svg"), new RatioChart(outcomes).svg());
    }

    String markdown() {
        StringBuilder text = new StringBuilder();
        text.append("Measured ")
                .append(machine.began())
                .append(" on ")
                .append(machine.text())
                .append("; ");
        text.append(options.rounds())
                .append(" rounds of ")
                .append(options.duration().toSeconds());
        text.append(" s in turns after ").append(options.warmup().toSeconds()).append(" s of warm-up. ");
        text.append("Figures are medians, with the least and the most of the rounds in parentheses; a ratio above 1 ");
        text.append("means that Cornucopia is ahead.\n\n");
        MarkdownTable table = new MarkdownTable(
                "scenario",
                "what",
                "unit",
                "Cornucopia",
                "against",
                "",
                "ratio",
                "wanted",
                "shown",
                "CPU a request, µs",
                "resident, MB");
        outcomes.forEach(outcome -> rows(table, outcome));
        text.append(table.text());
        remarks(text);
        return text.toString();
    }

    JsonObject json() {
        JsonArray all = new JsonArray();
        outcomes.forEach(outcome -> all.add(outcome.toJson()));
        return new JsonObject()
                .put("machine", machine.toJson())
                .put("rounds", options.rounds())
                .put("duration_seconds", options.duration().toSeconds())
                .put("warmup_seconds", options.warmup().toSeconds())
                .put("jvm", new JsonArray(options.jvm()))
                .put("scenarios", all);
    }

    private static void rows(MarkdownTable table, Outcome outcome) {
        if (outcome.series().isEmpty()) {
            table.row('`' + outcome.name() + '`', outcome.title(), "", "not measured", "", "", "", "", "no", "", "");
            return;
        }
        // A list of things of our own is one row each.
        if (outcome.name().equals(PureParts.NAME)) {
            for (Series series : outcome.series()) {
                table.row(
                        '`' + outcome.name() + '`',
                        series.subject(),
                        outcome.unit(),
                        figure(series),
                        "",
                        "",
                        "",
                        "",
                        "",
                        "",
                        "");
            }
            return;
        }
        Series ours = outcome.series().get(0);
        String wanted = outcome.target().map(Target::text).orElse("");
        String shown = outcome.holds().map(holds -> holds ? "yes" : "**no**").orElse("");
        if (outcome.others().isEmpty()) {
            table.row(
                    '`' + outcome.name() + '`',
                    outcome.title(),
                    outcome.unit(),
                    figure(ours),
                    "",
                    "",
                    "",
                    wanted,
                    shown,
                    cpu(ours),
                    memory(ours));
        }
        for (Series other : outcome.others()) {
            Spread rounds = outcome.ratios(other);
            table.row(
                    '`' + outcome.name() + '`',
                    outcome.title(),
                    outcome.unit(),
                    figure(ours),
                    other.subject(),
                    figure(other),
                    Figures.ratio(outcome.ratio(other)) + " (" + Figures.ratio(rounds.least()) + "–"
                            + Figures.ratio(rounds.most()) + ")",
                    wanted,
                    shown,
                    pair(ours, other, Report::cpu),
                    pair(ours, other, Report::memory));
        }
    }

    private static String figure(Series series) {
        Spread spread = series.spread();
        return Figures.of(spread.median()) + " (" + Figures.of(spread.least()) + "–" + Figures.of(spread.most()) + ")";
    }

    private static String cpu(Series series) {
        return series.cpuMicros().map(spread -> Figures.of(spread.median())).orElse("");
    }

    private static String memory(Series series) {
        return series.residentBytes()
                .map(spread -> Figures.megabytes(spread.median()))
                .orElse("");
    }

    private static String pair(Series ours, Series other, Function<Series, String> figure) {
        String mine = figure.apply(ours);
        String theirs = figure.apply(other);
        return mine.isEmpty() && theirs.isEmpty() ? "" : mine + " / " + theirs;
    }

    private void remarks(StringBuilder text) {
        List<String> lines = new ArrayList<>();
        for (Outcome outcome : outcomes) {
            Optional<String> failure = outcome.failure();
            failure.ifPresent(reason -> lines.add("- `" + outcome.name() + "`: **" + oneLine(reason) + "**"));
            if (!outcome.remarks().isEmpty()) {
                lines.add("- `" + outcome.name() + "`: " + oneLine(String.join("; ", outcome.remarks())));
            }
        }
        if (!lines.isEmpty()) {
            text.append('\n').append(String.join("\n", lines)).append('\n');
        }
    }

    private static String oneLine(String text) {
        String line = text.replaceAll("\\s+", " ").strip();
        return line.length() > 500 ? line.substring(0, 500) + "…" : line;
    }
}
