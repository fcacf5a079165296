package io.cornucopia.benchmarks;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.locks.LockSupport;

/** How much memory a node takes that was started and has served a page, and that nobody asks for anything now. */
record IdleMemory(String name, String title, double megabytes) implements Scenario {

    @Override
    public Outcome run(Stage stage) {
        Tree.Item page = stage.tree().smallPage();
        List<Series> series = stage.inTurns(List.of(new Stage.Turn(Mirror.NAME, round -> {
            try (Server ours = stage.mirror()
                    .start(
                            stage.directory().resolve("idle-" + round),
                            stage.upstream().url() + "/simple/",
                            java.util.Map.of(),
                            List.of())) {
                Stage.get(ours, page, true);
                rest(stage.options().duration());
                Usage usage = ours.usage();
                return new Sample(
                        usage.residentBytes() / 1e6,
                        OptionalDouble.empty(),
                        usage.residentBytes(),
                        new JsonObject().put("proportional_bytes", usage.proportionalBytes()));
            }
        })));
        return Outcome.bounded(
                name,
                title,
                megabytes,
                "MB",
                series,
                List.of("each round a new process, looked at "
                        + stage.options().duration().toSeconds() + " s after its first page; options of the JVM: "
                        + stage.options().jvm()));
    }

    /** Lets a server be idle. This measures time passing, so it has to pass. */
    static void rest(Duration duration) {
        long end = System.nanoTime() + duration.toNanos();
        for (long left = duration.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
