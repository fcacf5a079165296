package io.cornucopia.benchmarks;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** What a call of each pure part costs, by JMH, with as many iterations as there are rounds, each in a JVM of its own. */
record PureParts(String name, String title) implements Scenario {
    static final String NAME = "jmh";

    private static final long MOST_SECONDS = 2;

    @Override
    public Outcome run(Stage stage) {
        long seconds =
                Math.max(1, Math.min(MOST_SECONDS, stage.options().duration().toSeconds()));
        int warmups = (int) Math.max(1, Math.min(5, stage.options().warmup().toSeconds() / 2));
        try {
            List<Series> series = new ArrayList<>();
            for (RunResult result : new Runner(new OptionsBuilder()
                            .include("io\\.cornucopia\\.benchmarks\\..*Benchmark\\.")
                            .forks(1)
                            .warmupIterations(warmups)
                            .warmupTime(TimeValue.seconds(seconds))
                            .measurementIterations(stage.options().rounds())
                            .measurementTime(TimeValue.seconds(seconds))
                            .timeUnit(TimeUnit.MICROSECONDS)
                            .shouldFailOnError(true)
                            .build())
                    .run()) {
                series.add(series(result));
            }
            return new Outcome(
                    name,
                    title,
                    "µs",
                    Outcome.Better.LESS,
                    Optional.empty(),
                    series,
                    List.of("average time of a call"),
                    Optional.empty());
        } catch (RunnerException e) {
            throw new IllegalStateException("JMH: " + e.getMessage(), e);
        }
    }

    private static Series series(RunResult result) {
        BenchmarkParams params = result.getParams();
        String benchmark = params.getBenchmark();
        StringBuilder subject =
                new StringBuilder(benchmark.substring(benchmark.lastIndexOf('.', benchmark.lastIndexOf('.') - 1) + 1));
        params.getParamsKeys()
                .forEach(key -> subject.append(' ').append(key).append('=').append(params.getParam(key)));
        List<Sample> samples = new ArrayList<>();
        for (BenchmarkResult fork : result.getBenchmarkResults()) {
            for (IterationResult iteration : fork.getIterationResults()) {
                samples.add(new Sample(
                        iteration.getPrimaryResult().getScore(),
                        java.util.OptionalDouble.empty(),
                        0,
                        new JsonObject()
                                .put("operations", iteration.getMetadata().getMeasuredOps())));
            }
        }
        return new Series(subject.toString(), samples);
    }
}
