package io.cornucopia.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/** Runs the scenarios that are wanted, and writes the report anew after each, so that a run may be broken off. */
public final class Benchmarks {
    private Benchmarks() {}

    /** Takes {@link Options}; ends with 1 if a scenario could not be measured, whatever the figures of the others are. */
    public static void main(String[] arguments) throws IOException {
        Options options = Options.parse(arguments);
        List<Scenario> wanted = wanted(options);
        Files.createDirectories(options.work());
        Nginx nginx = new Nginx(Commands.need("nginx", "nginx-light"));
        Wrk wrk = new Wrk(Commands.need("wrk", "wrk"), options.work().resolve("scripts"));
        Mirror mirror = new Mirror(options);
        Tree tree = new Tree(options.work().resolve("tree-1"));
        Machine machine = Machine.here(options);
        List<Outcome> outcomes = new ArrayList<>();
        for (Scenario scenario : wanted) {
            System.err.println(scenario.name() + ": " + scenario.title());
            Outcome outcome;
            try (Stage stage = new Stage(options, scenario.name(), tree, nginx, wrk, mirror)) {
                outcome = scenario.run(stage);
            } catch (RuntimeException e) {
                System.err.println("  failed: " + e);
                outcome = Outcome.failed(scenario.name(), scenario.title(), String.valueOf(e.getMessage()));
            }
            outcomes.add(outcome);
            new Report(machine, options, outcomes).write(options.output());
        }
        System.out.println(new Report(machine, options, outcomes).markdown());
        System.out.println("written to " + options.output());
        // Threads of JMH and of processes that were read from may linger.
        System.exit(outcomes.stream().anyMatch(outcome -> outcome.failure().isPresent()) ? 1 : 0);
    }

    private static List<Scenario> wanted(Options options) {
        List<Scenario> all = Scenarios.all();
        List<String> names = all.stream().map(Scenario::name).toList();
        for (String name : options.scenarios()) {
            if (!name.equals("all") && !names.contains(name)) {
                throw new IllegalArgumentException(
                        "no such scenario: " + name + "; there are " + String.join(", ", names));
            }
        }
        return all.stream().filter(each -> options.wants(each.name())).toList();
    }
}
