package io.cornucopia.benchmarks;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Everything at once with a heap of 256 MB: 20,000 projects at random, a long page in two codings, files, and each round a
 * cold file that 64 clients want. What is to be seen is that nothing fails.
 */
record SmallHeap(String name, String title) implements Scenario {
    private static final int CLIENTS = 64;

    @Override
    public Outcome run(Stage stage) {
        Tree tree = stage.tree();
        tree.manyPages();
        Tree.Item large = tree.largePage();
        Tree.Item file = tree.file("10m", 10 << 20);
        List<Tree.Item> cold = tree.coldFiles("packages");
        Server ours = stage.ours(stage.upstream().url() + "/simple/", Map.of(), List.of("-Xmx256m"));
        List<Load> loads = List.of(
                PageCacheBound.random(),
                Load.of(large.path(), CLIENTS, Load.JSON, Load.GZIP),
                Load.of(large.path(), CLIENTS, Load.JSON),
                Load.of(file.path(), CLIENTS));
        long[] answered = new long[loads.size()];
        ExecutorService threads = Executors.newFixedThreadPool(loads.size());
        try {
            everything(stage, ours, loads, cold.get(0), threads, stage.options().warmup(), new long[loads.size()]);
            List<Series> series = stage.inTurns(List.of(new Stage.Turn(
                    Mirror.NAME,
                    round -> everything(
                            stage,
                            ours,
                            loads,
                            cold.get(round + 1),
                            threads,
                            stage.options().duration(),
                            answered))));
            return new Outcome(
                    name,
                    title,
                    "MB",
                    Outcome.Better.LESS,
                    Optional.empty(),
                    series,
                    List.of("the figure is resident memory", "no request failed"),
                    failure(ours, answered));
        } finally {
            threads.shutdownNow();
        }
    }

    private static Sample everything(
            Stage stage,
            Server ours,
            List<Load> loads,
            Tree.Item cold,
            ExecutorService threads,
            Duration duration,
            long[] answered) {
        ours.emptyLogs();
        List<Future<Wrk.Count>> counts = new ArrayList<>();
        for (Load load : loads) {
            counts.add(threads.submit(() -> stage.wrk().run(ours, load, duration)));
        }
        long nanos = Downloads.nanos(ours, cold.path(), CLIENTS, Tree.COLD_BYTES);
        Mirror.forget(ours, "cold-packages", cold.path().substring("/packages/".length()));
        return sum(ours, counts, nanos, answered);
    }

    private static Optional<String> failure(Server ours, long[] answered) {
        if (ours.errors().contains("OutOfMemory")) {
            return Optional.of("memory ran out");
        }
        return Arrays.stream(answered).allMatch(count -> count > 0)
                ? Optional.empty()
                : Optional.of("some got no answer at all: " + Arrays.toString(answered));
    }

    private static Sample sum(Server ours, List<Future<Wrk.Count>> counts, long coldNanos, long[] answered) {
        JsonObject raw = new JsonObject().put("cold_file_ms", coldNanos / 1e6);
        long requests = 0;
        for (int i = 0; i < counts.size(); i++) {
            try {
                Wrk.Count count = counts.get(i).get();
                if (!count.clean()) {
                    throw new IllegalStateException(
                            "failed under load: " + count.raw().encode());
                }
                answered[i] += count.requests();
                requests += count.requests();
                raw.put("load_" + i, count.raw());
            } catch (ExecutionException e) {
                throw new IllegalStateException("failed under load: " + e.getCause(), e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
        }
        if (!ours.isAlive()) {
            throw new IllegalStateException("the server ended under load:\n" + ours.errors());
        }
        long resident = ours.usage().residentBytes();
        return new Sample(resident / 1e6, OptionalDouble.empty(), resident, raw.put("requests", requests));
    }
}
