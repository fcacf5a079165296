package io.cornucopia.benchmarks;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** What the figures were measured on. */
record Machine(
        Instant began, String processor, int cores, long memoryMegabytes, String kernel, String java, String nginx) {

    static Machine here(Options options) {
        Path release = options.java().resolve("release");
        return new Machine(
                Instant.now().truncatedTo(ChronoUnit.SECONDS),
                line(Path.of("/proc/cpuinfo"), "model name").replaceFirst("^[\\s:]+", ""),
                Runtime.getRuntime().availableProcessors(),
                Usage.kilobytes(read(Path.of("/proc/meminfo")), "MemTotal:") / 1000,
                System.getProperty("os.name") + ' ' + System.getProperty("os.version"),
                line(release, "JAVA_VERSION=").replace("\"", ""),
                Commands.run(Duration.ofSeconds(10), "sh", "-c", "PATH=$PATH:/usr/sbin nginx -v 2>&1")
                        .strip()
                        .replace("nginx version: ", ""));
    }

    String text() {
        return cores + " cores (" + processor + "), " + memoryMegabytes + " MB, " + kernel + ", Java " + java + ", "
                + nginx;
    }

    JsonObject toJson() {
        return new JsonObject()
                .put("began", began.toString())
                .put("processor", processor)
                .put("cores", cores)
                .put("memory_megabytes", memoryMegabytes)
                .put("kernel", kernel)
                .put("java", java)
                .put("nginx", nginx);
    }

    private static String line(Path path, String key) {
        return read(path)
                .lines()
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(key.length()))
                .findFirst()
                .orElse("unknown");
    }

    private static String read(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            return "";
        }
    }
}
