package io.cornucopia.benchmarks;

import io.cornucopia.testkit.FreePorts;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What being one of several costs a node: from the start of the process until it says that it is ready, and its memory when
 * nobody has asked it for more than a page. A node without a cluster, one that is its cluster's first, and one that joins that
 * of another.
 */
record ClusterNode(String name, String title) implements Scenario {
    private static final String HOST = "127.0.0.1";

    @Override
    public Outcome run(Stage stage) {
        int first = FreePorts.take();
        try (Server other = stage.mirror()
                .start(stage.directory().resolve("other"), upstream(stage), cluster(first, first), List.of())) {
            List<Series> series = stage.inTurns(List.of(
                    new Stage.Turn("without a cluster", round -> measure(stage, "alone-" + round, Map.of())),
                    new Stage.Turn("the first of a cluster", round -> {
                        int port = FreePorts.take();
                        return measure(stage, "first-" + round, cluster(port, port));
                    }),
                    new Stage.Turn(
                            "joining another node",
                            round -> measure(stage, "second-" + round, cluster(FreePorts.take(), first)))));
            return new Outcome(
                    name,
                    title,
                    "ms",
                    Outcome.Better.LESS,
                    Optional.empty(),
                    series,
                    List.of("each round new processes with empty caches; memory "
                            + stage.options().duration().toSeconds() + " s after the first page; options of the JVM: "
                            + stage.options().jvm()),
                    other.isAlive() ? Optional.empty() : Optional.of("the node that was joined has ended"));
        }
    }

    private static String upstream(Stage stage) {
        return stage.upstream().url() + "/simple/";
    }

    private static Map<String, String> cluster(int port, int member) {
        return Map.of(
                "cluster.enabled",
                "true",
                "cluster.secret",
                "of no importance on this machine",
                "cluster.host",
                HOST,
                "cluster.port",
                Integer.toString(port),
                "cluster.bus_port",
                Integer.toString(FreePorts.take()),
                "cluster.internal_port",
                Integer.toString(FreePorts.take()),
                "cluster.members",
                HOST + ":" + member);
    }

    private static Sample measure(Stage stage, String directory, Map<String, String> settings) {
        Path home = stage.directory().resolve(directory);
        long began = System.nanoTime();
        try (Server ours = stage.mirror().launch(home, upstream(stage), settings, List.of())) {
            double millis = (ours.awaitReady("/health/ready", Duration.ofMillis(5)) - began) / 1e6;
            Stage.get(ours, stage.tree().smallPage(), true);
            IdleMemory.rest(stage.options().duration());
            Usage usage = ours.usage();
            return new Sample(
                    millis,
                    OptionalDouble.empty(),
                    usage.residentBytes(),
                    new JsonObject().put("proportional_bytes", usage.proportionalBytes()));
        }
    }
}
