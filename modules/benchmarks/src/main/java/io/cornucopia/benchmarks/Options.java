package io.cornucopia.benchmarks;

import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is to be measured, and for how long.
 *
 * @param scenarios names of scenarios, or only {@code all}
 * @param rounds how often each server is measured, in turns
 * @param duration how long one measurement takes
 * @param warmup how long a server is under load before it is measured
 * @param output where the report goes
 * @param work where trees, servers and logs are kept; what costs time to make is found there again
 * @param program what starts the packaged program
 * @param java the home of the Java that runs it
 * @param jvm options of that Java
 */
record Options(
        List<String> scenarios,
        int rounds,
        Duration duration,
        Duration warmup,
        Path output,
        Path work,
        Path program,
        Path java,
        List<String> jvm) {

    /** Reads {@code --name=value}; what is not given has a default. */
    static Options parse(String... arguments) {
        Map<String, String> given = new LinkedHashMap<>();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            if (!argument.startsWith("--") || equals < 0) {
                throw new IllegalArgumentException("not an option: " + argument + "; they look like --rounds=5");
            }
            given.put(argument.substring(2, equals), argument.substring(equals + 1));
        }
        Options options = new Options(
                list(take(given, "scenarios", "all"), ","),
                count(take(given, "rounds", "5")),
                duration(take(given, "duration", "10s")),
                duration(take(given, "warmup", "10s")),
                Path.of(take(given, "output", "target/benchmarks")).toAbsolutePath(),
                Path.of(take(given, "work", "target/work")).toAbsolutePath(),
                Path.of(take(given, "program", "../../bin/cornucopia"))
                        .toAbsolutePath()
                        .normalize(),
                Path.of(take(given, "java", System.getProperty("java.home"))),
                list(take(given, "jvm", ""), " "));
        if (!given.isEmpty()) {
            throw new IllegalArgumentException("no such option: " + String.join(", ", given.keySet()));
        }
        return options;
    }

    boolean wants(String scenario) {
        return scenarios.equals(List.of("all")) || scenarios.contains(scenario);
    }

    private static String take(Map<String, String> given, String name, String otherwise) {
        String value = given.remove(name);
        return value == null || value.isBlank() ? otherwise : value.strip();
    }

    private static List<String> list(String text, String separator) {
        return Arrays.stream(text.split(separator, -1))
                .map(String::strip)
                .filter(each -> !each.isEmpty())
                .toList();
    }

    private static int count(String text) {
        int count = Integer.parseInt(text);
        if (count < 1) {
            throw new IllegalArgumentException("at least one round is needed, not " + text);
        }
        return count;
    }

    private static Duration duration(String text) {
        try {
            return Duration.parse("PT" + text);
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException("not a duration: " + text + "; they look like 10s or 2m", e);
        }
    }
}
