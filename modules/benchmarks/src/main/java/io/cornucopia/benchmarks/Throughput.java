package io.cornucopia.benchmarks;

import io.cornucopia.testkit.HttpProbe;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** How many requests a second are answered, by us and by nginx, when clients ask as fast as they are answered. */
record Throughput(
        String name, String title, double atLeast, int connections, Function<Tree, Tree.Item> item, Manner manner)
        implements Scenario {

    private static final int RANGE = 1 << 20;

    /** How clients ask. */
    enum Manner {
        WHOLE,
        IF_CHANGED,
        RANGES
    }

    @Override
    public Outcome run(Stage stage) {
        Tree.Item what = item.apply(stage.tree());
        Server ours = ours(stage, what);
        Server nginx = stage.nginx(ours, List.of(what));
        HttpProbe.Response whole = Stage.get(ours, what, false);
        List<String> remarks = new ArrayList<>();
        remarks.add(size(ours, what, whole));
        List<Stage.Turn> turns = new ArrayList<>();
        for (Server server : List.of(ours, nginx)) {
            Load load = load(server, what, whole.body().length);
            checkStatus(server, load);
            stage.warmUp(server, load);
            turns.add(new Stage.Turn(server.name(), round -> stage.measure(server, load)));
        }
        List<Series> series = stage.inTurns(turns);
        return Outcome.rate(name, title, atLeast, series, remarks);
    }

    /** Our server with what the item needs. */
    static Server ours(Stage stage, Tree.Item what) {
        return what.kind() == Tree.Item.Kind.ROOT
                ? stage.ours(stage.upstream().url() + "/big/simple/", Map.of("index.root", "upstream"), List.of())
                : stage.ours();
    }

    private static String size(Server ours, Tree.Item what, HttpProbe.Response whole) {
        String size = String.format(java.util.Locale.ROOT, "%,d bytes", whole.body().length);
        return what.kind() == Tree.Item.Kind.FILE
                ? size
                : size
                        + String.format(
                                java.util.Locale.ROOT,
                                ", %,d with gzip",
                                Stage.get(ours, what, true).body().length);
    }

    private Load load(Server server, Tree.Item what, int length) {
        List<String> headers = new ArrayList<>();
        if (what.kind() != Tree.Item.Kind.FILE) {
            headers.addAll(List.of(Load.JSON, Load.GZIP));
        }
        if (manner == Manner.IF_CHANGED) {
            String tag = Stage.get(server, what, true)
                    .header("ETag")
                    .orElseThrow(() -> new IllegalStateException(server.name() + " sends no ETag"));
            headers.add("If-None-Match: " + tag);
        }
        Load load = new Load(what.path(), headers, connections, Optional.empty());
        return manner == Manner.RANGES ? load.scripted(ranges(length / RANGE)) : load;
    }

    /** Asks for one part after the other. */
    private static String ranges(int parts) {
        return String.join(
                "\n",
                "local requests = {}",
                "local next = 0",
                "init = function(args)",
                "  for i = 0, " + (parts - 1) + " do",
                "    wrk.headers['Range'] = string.format('bytes=%d-%d', i * " + RANGE + ", (i + 1) * " + RANGE
                        + " - 1)",
                "    requests[i] = wrk.format('GET')",
                "  end",
                "end",
                "request = function()",
                "  next = (next + 1) % " + parts,
                "  return requests[next]",
                "end");
    }

    private void checkStatus(Server server, Load load) {
        HttpProbe probe = server.probe();
        for (String header : load.headers()) {
            int colon = header.indexOf(':');
            probe = probe.header(
                    header.substring(0, colon), header.substring(colon + 1).strip());
        }
        if (manner == Manner.RANGES) {
            probe = probe.header("Range", "bytes=0-" + (RANGE - 1));
        }
        int expected = switch (manner) {
            case WHOLE -> 200;
            case IF_CHANGED -> 304;
            case RANGES -> 206;
        };
        int status = probe.get(load.path()).status();
        if (status != expected) {
            throw new IllegalStateException(
                    server.name() + " answers " + load.path() + " with " + status + ", not " + expected);
        }
    }
}
