package io.cornucopia.benchmarks;

import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Whether memory stays within its bound when 20,000 projects are asked for at random, and how many are found there. */
record PageCacheBound(String name, String title) implements Scenario {
    private static final int CONNECTIONS = 64;
    private static final int CLIENTS = 16;

    /** What pages in memory may take as they came. */
    private static final double PAGES_BOUND = 96.0 * (1 << 20);
    /** What pages in memory may take rendered. */
    private static final double RENDERED_BOUND = 64.0 * (1 << 20);

    @Override
    public Outcome run(Stage stage) {
        stage.tree().manyPages();
        Server ours = stage.ours();
        Load load = random();
        askForEach(ours);
        stage.wrk().run(ours, load, stage.options().warmup());
        double[] most = new double[3];
        List<Series> series = stage.inTurns(List.of(new Stage.Turn(Mirror.NAME, round -> {
            double hits = Mirror.metric(ours, "cornucopia_page_cache_total", "\"hit\"");
            double misses = Mirror.metric(ours, "cornucopia_page_cache_total", "\"miss\"");
            Sample sample = stage.measure(ours, load);
            hits = Mirror.metric(ours, "cornucopia_page_cache_total", "\"hit\"") - hits;
            misses = Mirror.metric(ours, "cornucopia_page_cache_total", "\"miss\"") - misses;
            double weight = Mirror.metric(ours, "cornucopia_pages_memory_bytes", "");
            double count = Mirror.metric(ours, "cornucopia_pages_memory_count", "");
            most[0] = Math.max(most[0], weight);
            double rendered = Mirror.metric(ours, "cornucopia_pages_rendered_bytes", "");
            most[1] = Math.max(most[1], sample.residentBytes());
            most[2] = Math.max(most[2], rendered);
            JsonObject raw = sample.raw()
                    .put("hits", hits)
                    .put("misses", misses)
                    .put("pages_in_memory", count)
                    .put("pages_in_memory_bytes", weight)
                    .put("rendered_pages_bytes", rendered);
            return new Sample(
                    hits / Math.max(1, hits + misses),
                    OptionalDouble.of(sample.cpuMicros().orElse(0)),
                    sample.residentBytes(),
                    raw);
        })));
        Optional<String> failure = most[0] <= PAGES_BOUND && most[2] <= RENDERED_BOUND
                ? Optional.empty()
                : Optional.of("pages in memory take more than their bounds");
        return new Outcome(
                name,
                title,
                "share of hits",
                Outcome.Better.MORE,
                Optional.empty(),
                series,
                List.of(
                        "rendered pages took " + Figures.megabytes(most[2]) + " MB at most, of a bound of "
                                + Figures.megabytes(RENDERED_BOUND) + "; parsed ones "
                                + Figures.megabytes(most[0]) + " MB, of " + Figures.megabytes(PAGES_BOUND),
                        "resident memory was " + Figures.megabytes(most[1]) + " MB at most"),
                failure);
    }

    /** Has each page fetched, so that what is measured afterwards is memory and disk and not upstream. */
    private static void askForEach(Server ours) {
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        try {
            List<Future<Integer>> statuses = new ArrayList<>();
            for (int i = 0; i < Tree.MANY; i++) {
                HttpRequest request = HttpRequest.newBuilder(URI.create(ours.url() + "/simple/many-" + i + "/"))
                        .header("Accept", "application/vnd.pypi.simple.v1+json")
                        .build();
                statuses.add(threads.submit(() -> client.send(request, HttpResponse.BodyHandlers.discarding())
                        .statusCode()));
            }
            for (Future<Integer> status : statuses) {
                if (status.get() != 200) {
                    throw new IllegalStateException("a page was answered with " + status.get());
                }
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("a page could not be had", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } finally {
            threads.shutdownNow();
        }
    }

    static Load random() {
        return Load.of("/simple/many-0/", CONNECTIONS, Load.JSON, Load.GZIP)
                .scripted(String.join(
                        "\n",
                        "local threads = 0",
                        "setup = function(thread)",
                        "  threads = threads + 1",
                        "  thread:set('number', threads)",
                        "end",
                        "init = function(args) math.randomseed(number * 7919 + os.time()) end",
                        "request = function()",
                        "  return wrk.format('GET', '/simple/many-' .. math.random(0, " + (Tree.MANY - 1) + ") .. '/')",
                        "end"));
    }
}
