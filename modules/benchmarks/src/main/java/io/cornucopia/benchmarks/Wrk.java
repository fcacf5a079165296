package io.cornucopia.benchmarks;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** wrk: as many requests as a server answers, over a set number of connections. */
final class Wrk {
    private static final String MARK = "cornucopia-benchmark ";
    private static final String DONE = String.join(
            "\n",
            "done = function(summary, latency, requests)",
            "  local e = summary.errors",
            "  io.write(string.format('" + MARK + "{\"requests\":%d,\"bytes\":%d,\"micros\":%d,\"p50\":%d,\"p90\":%d,'",
            "    .. '\"p99\":%d,\"max\":%d,\"connect\":%d,\"read\":%d,\"write\":%d,\"status\":%d,\"timeout\":%d}\\n',",
            "    summary.requests, summary.bytes, summary.duration, latency:percentile(50), latency:percentile(90),",
            "    latency:percentile(99), latency.max, e.connect, e.read, e.write, e.status, e.timeout))",
            "end",
            "");

    private final Path program;
    private final Path scripts;

    Wrk(Path program, Path scripts) {
        this.program = program;
        this.scripts = scripts;
    }

    /**
     * What wrk counted.
     *
     * @param bytes with heads
     * @param statuses how many answers were of a status above 399
     */
    record Count(long requests, long bytes, long micros, long statuses, long broken, long timeouts, JsonObject raw) {
        double requestsASecond() {
            return requests * 1e6 / micros;
        }

        boolean clean() {
            return statuses + broken + timeouts == 0;
        }
    }

    Count run(Server server, Load load, Duration duration) {
        int threads = Math.min(load.connections(), Runtime.getRuntime().availableProcessors());
        List<String> command = new ArrayList<>(List.of(
                program.toString(),
                "-t" + threads,
                "-c" + load.connections(),
                "-d" + Math.max(1, duration.toSeconds()) + "s",
                "--timeout",
                "30s",
                "-s",
                script(load).toString()));
        load.headers().forEach(header -> command.addAll(List.of("-H", header)));
        command.add(server.url() + load.path());
        return parse(Commands.run(duration.plusSeconds(90), command.toArray(String[]::new)));
    }

    /** Reads what our script makes wrk write, among what it writes itself. */
    static Count parse(String output) {
        String line = output.lines()
                .filter(each -> each.startsWith(MARK))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("wrk counted nothing:\n" + output));
        try {
            JsonObject raw = new JsonObject(line.substring(MARK.length()));
            return new Count(
                    raw.getLong("requests"),
                    raw.getLong("bytes"),
                    raw.getLong("micros"),
                    raw.getLong("status"),
                    raw.getLong("connect") + raw.getLong("read") + raw.getLong("write"),
                    raw.getLong("timeout"),
                    raw);
        } catch (DecodeException e) {
            throw new IllegalArgumentException("not what wrk is to write: " + line, e);
        }
    }

    private Path script(Load load) {
        String text = load.script().orElse("") + "\n" + DONE;
        Path path = scripts.resolve("load-" + Integer.toHexString(text.hashCode()) + ".lua");
        try {
            Files.createDirectories(scripts);
            // Another wrk may be about to read it: there must never be half of one.
            Path draft = Files.createTempFile(scripts, "load-", ".draft");
            Files.writeString(draft, text);
            Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return path;
    }
}
