package io.cornucopia.benchmarks;

import io.cornucopia.testkit.FreePorts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The packaged program, with its access log and its metrics on, as they are by default. */
final class Mirror {
    static final String NAME = "cornucopia";

    private final Options options;

    Mirror(Options options) {
        this.options = options;
        if (!Files.isExecutable(options.program())) {
            throw new IllegalStateException("there is no program " + options.program());
        }
    }

    /** Starts it with an empty cache, and waits until it is ready. */
    Server start(Path directory, String upstreamSimple, Map<String, String> settings, List<String> jvm) {
        return launch(directory, upstreamSimple, settings, jvm).ready("/health/ready");
    }

    /** Starts it with an empty cache. */
    Server launch(Path directory, String upstreamSimple, Map<String, String> settings, List<String> jvm) {
        int port = FreePorts.take();
        Map<String, String> all = new LinkedHashMap<>();
        all.put("server.host", "127.0.0.1");
        all.put("server.port", Integer.toString(port));
        all.put("server.drain_timeout", "1s");
        all.put("upstream.url", upstreamSimple);
        all.put("cache.dir", directory.resolve("cache").toString());
        all.putAll(settings);
        List<String> command = new ArrayList<>(List.of(options.program().toString()));
        all.forEach((key, value) -> command.addAll(List.of("--set", key + "=" + value)));
        List<String> ofJvm = new ArrayList<>(options.jvm());
        ofJvm.addAll(jvm);
        Map<String, String> environment =
                Map.of("JAVA_HOME", options.java().toString(), "JDK_JAVA_OPTIONS", String.join(" ", ofJvm));
        return Server.launch(NAME, port, directory, environment, command);
    }

    /** Removes a file that it has fetched, so that disks do not fill up. */
    static void forget(Server mirror, String project, String filename) {
        try {
            Files.deleteIfExists(mirror.directory().resolve("cache/packages/" + project + "/" + filename));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** What its metrics say of a meter, all of its tags added up whose text contains {@code part}. */
    static double metric(Server mirror, String name, String part) {
        return mirror.probe()
                .timeout(Duration.ofSeconds(30))
                .get("/metrics")
                .text()
                .lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .filter(line -> line.contains(part))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
