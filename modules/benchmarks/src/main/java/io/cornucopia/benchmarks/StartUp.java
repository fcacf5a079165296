package io.cornucopia.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** From the start of the process until it says that it is ready, beside a JVM that starts, does nothing and ends. */
record StartUp(String name, String title, double millis) implements Scenario {
    private static final int TIMES = 10;

    @Override
    public Outcome run(Stage stage) {
        // At least ten, or fewer if this is only to try whether it works.
        int times = stage.options().rounds() < 5
                ? stage.options().rounds()
                : Math.max(TIMES, stage.options().rounds());
        List<Sample> ours = new ArrayList<>();
        List<Sample> empty = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            ours.add(Sample.of(start(stage, stage.directory().resolve("start-" + i)) / 1e6));
            empty.add(Sample.of(emptyProgram(stage.options()) / 1e6));
        }
        return Outcome.bounded(
                name,
                title,
                millis,
                "ms",
                List.of(new Series(Mirror.NAME, ours), new Series("empty JVM program", empty)),
                List.of("each with an empty cache; options of the JVM: "
                        + stage.options().jvm()));
    }

    private static long start(Stage stage, java.nio.file.Path directory) {
        long began = System.nanoTime();
        try (Server ours = stage.mirror().launch(directory, stage.upstream().url() + "/simple/", Map.of(), List.of())) {
            return ours.awaitReady("/health/ready", Duration.ofMillis(5)) - began;
        }
    }

    private static long emptyProgram(Options options) {
        long began = System.nanoTime();
        Commands.run(
                Duration.ofMinutes(1),
                options.java().resolve("bin/java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                EmptyProgram.class.getName());
        return System.nanoTime() - began;
    }
}
