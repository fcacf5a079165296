package io.cornucopia.benchmarks;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;

/** How long the slowest hundredth of answers takes, at half of the rate that the slower of both servers can bear. */
record Latency(String name, String title, Function<Tree, Tree.Item> item) implements Scenario {
    private static final int CONNECTIONS = 64;
    private static final double TIMES = 1.5;
    private static final int WARM_ROUNDS = 10;

    @Override
    public Outcome run(Stage stage) {
        Tree.Item what = item.apply(stage.tree());
        Server ours = stage.ours();
        Server nginx = stage.nginx(ours, List.of(what));
        Load load = what.kind() == Tree.Item.Kind.FILE
                ? Load.of(what.path(), CONNECTIONS)
                : Load.of(what.path(), CONNECTIONS, Load.JSON, Load.GZIP);
        double saturating = Double.MAX_VALUE;
        List<String> remarks = new ArrayList<>();
        for (Server server : List.of(ours, nginx)) {
            stage.warmUp(server, load);
            double rate = stage.measure(server, load).value();
            remarks.add(server.name() + " bears " + Figures.of(rate) + " requests/s");
            saturating = Math.min(saturating, rate);
        }
        double rate = saturating / 2;
        remarks.add("asked " + Figures.of(rate) + " times a second, both");
        for (Server server : List.of(ours, nginx)) {
            warmUp(server, load, rate, stage.options().warmup());
        }
        List<Stage.Turn> turns = new ArrayList<>();
        for (Server server : List.of(ours, nginx)) {
            turns.add(new Stage.Turn(server.name(), round -> measure(stage, server, load, rate)));
        }
        return new Outcome(
                name,
                title,
                "ms",
                Outcome.Better.LESS,
                Optional.of(new Target.TimesAtMost(TIMES)),
                stage.inTurns(turns),
                remarks,
                Optional.empty());
    }

    /**
     * This is another load than the one that told the saturating rates: few requests at a time, and connections that come
     * and go. Servers and client get warm with it as they are measured, by rounds.
     */
    private static void warmUp(Server server, Load load, double rate, Duration warmup) {
        for (int i = 0; i < WARM_ROUNDS; i++) {
            new PacedClient(server.port(), load).run(rate, warmup.dividedBy(WARM_ROUNDS));
        }
    }

    private static Sample measure(Stage stage, Server server, Load load, double rate) {
        Duration duration = stage.options().duration();
        server.emptyLogs();
        Usage before = server.usage();
        PacedClient.Latencies latencies = new PacedClient(server.port(), load).run(rate, duration);
        Usage after = server.usage();
        int count = latencies.sortedNanos().length;
        if (latencies.failed() > 0 || count == 0) {
            throw new IllegalStateException(String.format(
                    Locale.ROOT, "%s answered %d of %d requests ill", server.name(), latencies.failed(), count));
        }
        JsonObject raw =
                new JsonObject().put("requests", count).put("rate", rate).put("unanswered", latencies.unanswered());
        for (double share : new double[] {0.5, 0.9, 0.99, 0.999, 1}) {
            raw.put("ms_" + share, latencies.millis(share));
        }
        return new Sample(
                latencies.millis(0.99),
                OptionalDouble.of((after.cpuMillis() - before.cpuMillis()) * 1000.0 / count),
                after.residentBytes(),
                raw);
    }
}
