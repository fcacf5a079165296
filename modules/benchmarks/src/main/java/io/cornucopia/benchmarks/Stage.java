package io.cornucopia.benchmarks;

import io.cornucopia.testkit.HttpProbe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/** Where one scenario takes place: a directory of its own and the servers in it, which end with it. */
final class Stage implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Options options;
    private final Tree tree;
    private final Nginx nginx;
    private final Wrk wrk;
    private final Mirror mirror;
    private final Path directory;
    private final Server upstream;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    Stage(Options options, String name, Tree tree, Nginx nginx, Wrk wrk, Mirror mirror) {
        this.options = options;
        this.tree = tree;
        this.nginx = nginx;
        this.wrk = wrk;
        this.mirror = mirror;
        this.directory = options.work().resolve("stages/" + name);
        remove(directory);
        this.upstream = keep(nginx.upstream(directory.resolve("upstream"), tree.home()));
    }

    Options options() {
        return options;
    }

    Tree tree() {
        return tree;
    }

    Path directory() {
        return directory;
    }

    Server upstream() {
        return upstream;
    }

    Wrk wrk() {
        return wrk;
    }

    Mirror mirror() {
        return mirror;
    }

    /** Closes it when the stage is closed. */
    <T extends AutoCloseable> T keep(T server) {
        open.push(server);
        return server;
    }

    /** Our server, towards this stage's upstream. */
    Server ours() {
        return ours(upstream.url() + "/simple/", Map.of(), List.of());
    }

    Server ours(String simple, Map<String, String> settings, List<String> jvm) {
        return keep(mirror.start(directory.resolve("cornucopia-" + open.size()), simple, settings, jvm));
    }

    /** An nginx with the same bytes, fetched from {@code ours}; fails if it then answers with other ones. */
    Server nginx(Server ours, List<Tree.Item> items) {
        Path root = directory.resolve("site");
        items.forEach(item -> copy(ours, item, root));
        List<String> pages = items.stream()
                .filter(item -> item.kind() != Tree.Item.Kind.FILE)
                .map(Tree.Item::path)
                .toList();
        Server site = keep(nginx.site(directory.resolve("nginx"), root, pages));
        for (Tree.Item item : items) {
            HttpProbe.Response mine = get(ours, item, true);
            HttpProbe.Response other = get(site, item, true);
            if (!Arrays.equals(mine.body(), other.body())) {
                throw new IllegalStateException("nginx answers " + item.path() + " with " + other.status() + " and "
                        + other.body().length + " other bytes than the " + mine.body().length + " of ours");
            }
        }
        return site;
    }

    /** Asks a server for something as clients do, and fails if it is not all there. */
    static HttpProbe.Response get(Server server, Tree.Item item, boolean gzip) {
        HttpProbe probe = server.probe().timeout(PATIENCE);
        if (item.kind() != Tree.Item.Kind.FILE) {
            probe = probe.header("Accept", "application/vnd.pypi.simple.v1+json")
                    .header("Accept-Encoding", gzip ? "gzip" : "identity");
        }
        HttpProbe.Response response = probe.get(item.path());
        if (response.status() != 200 || response.truncated()) {
            throw new IllegalStateException(server.name() + " answers " + item.path() + " with " + response.status()
                    + (response.truncated() ? ", cut short" : "") + ": "
                    + response.text().substring(0, Math.min(200, response.body().length)));
        }
        return response;
    }

    /** One measurement by wrk. */
    Sample measure(Server server, Load load) {
        server.emptyLogs();
        Usage before = server.usage();
        Wrk.Count count = wrk.run(server, load, options.duration());
        Usage after = server.usage();
        if (!count.clean()) {
            throw new IllegalStateException(server.name() + " failed under load on " + load.path() + ": "
                    + count.raw().encode());
        }
        return new Sample(
                count.requestsASecond(),
                OptionalDouble.of((after.cpuMillis() - before.cpuMillis()) * 1000.0 / Math.max(1, count.requests())),
                after.residentBytes(),
                count.raw().put("proportional_bytes", after.proportionalBytes()));
    }

    /** Puts each server under load until it is warm. */
    void warmUp(Server server, Load load) {
        server.emptyLogs();
        wrk.run(server, load, options.warmup());
        server.emptyLogs();
    }

    /** Measures in turns, beginning with another one each round, so that none always follows the same. */
    List<Series> inTurns(List<Turn> turns) {
        List<List<Sample>> samples = new ArrayList<>();
        turns.forEach(turn -> samples.add(new ArrayList<>()));
        for (int round = 0; round < options.rounds(); round++) {
            for (int i = 0; i < turns.size(); i++) {
                int which = (i + round) % turns.size();
                Sample sample = turns.get(which).measurement().take(round);
                samples.get(which).add(sample);
                System.err.printf(
                        "  round %d, %s: %s%n", round + 1, turns.get(which).subject(), Figures.of(sample.value()));
            }
        }
        List<Series> series = new ArrayList<>();
        for (int i = 0; i < turns.size(); i++) {
            series.add(new Series(turns.get(i).subject(), samples.get(i)));
        }
        return series;
    }

    /** What is measured of one server in each round. */
    record Turn(String subject, Measurement measurement) {}

    /** Takes one measurement. */
    interface Measurement {
        Sample take(int round);
    }

    @Override
    public void close() {
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                System.err.println("could not close: " + e);
            }
        }
        // Logs stay to be looked at; what is large goes.
        try (Stream<Path> parts = Files.exists(directory) ? Files.list(directory) : Stream.empty()) {
            parts.forEach(part -> remove(part.resolve("cache")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        remove(directory.resolve("site"));
    }

    static void remove(Path path) {
        if (!Files.exists(path)) {
            return;
        }
        try (Stream<Path> all = Files.walk(path)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copy(Server ours, Tree.Item item, Path root) {
        try {
            if (item.kind() == Tree.Item.Kind.FILE) {
                Path file = root.resolve(item.path().substring(1));
                Files.createDirectories(file.getParent());
                Files.write(file, get(ours, item, false).body());
            } else {
                Path page = root.resolve(item.path().substring(1) + "index.json");
                Files.createDirectories(page.getParent());
                Files.write(page, get(ours, item, false).body());
                Files.write(
                        page.resolveSibling("index.json.gz"),
                        get(ours, item, true).body());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
