package io.cornucopia.benchmarks;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * How long a file of 100 MiB takes that we have to fetch first, each round another one: beside fetching it from upstream
 * directly, or beside an nginx that has it.
 */
record ColdFile(String name, String title, int clients, String directory, Versus versus, double atLeast)
        implements Scenario {

    enum Versus {
        UPSTREAM,
        NGINX
    }

    @Override
    public Outcome run(Stage stage) {
        List<Tree.Item> files = stage.tree().coldFiles(directory);
        Server ours = stage.ours();
        Server other;
        if (versus == Versus.NGINX) {
            other = stage.nginx(ours, List.of(files.get(0)));
        } else {
            other = stage.upstream();
        }
        int warmups = Math.max(2, (int) Math.min(20, stage.options().warmup().toSeconds()));
        for (int i = 1; i <= warmups; i++) {
            measure(ours, files.get(i), files.get(i));
            measure(other, files.get(i), theirs(files.get(0)));
        }
        List<Stage.Turn> turns = new ArrayList<>();
        turns.add(new Stage.Turn(Mirror.NAME, round -> {
            Tree.Item file = files.get(warmups + 1 + round);
            return measure(ours, file, file);
        }));
        turns.add(new Stage.Turn(other.name(), round -> measure(other, files.get(0), theirs(files.get(0)))));
        return Outcome.time(
                name, title, atLeast, stage.inTurns(turns), List.of(warmups + " other files were fetched to get warm"));
    }

    private Tree.Item theirs(Tree.Item file) {
        return versus == Versus.NGINX
                ? file
                : new Tree.Item(file.path().replace("/packages/", "/" + directory + "/"), file.kind());
    }

    private Sample measure(Server server, Tree.Item file, Tree.Item asked) {
        Usage before = server.usage();
        long nanos = Downloads.nanos(server, asked.path(), clients, Tree.COLD_BYTES);
        Usage after = server.usage();
        String filename = file.path().substring(file.path().lastIndexOf('/') + 1);
        Mirror.forget(server, "cold-" + directory, filename);
        return new Sample(
                nanos / 1e6,
                OptionalDouble.of((after.cpuMillis() - before.cpuMillis()) * 1000.0 / clients),
                after.residentBytes(),
                new JsonObject()
                        .put("mebibytes_a_second", (double) clients * Tree.COLD_BYTES / (1 << 20) / (nanos / 1e9)));
    }
}
