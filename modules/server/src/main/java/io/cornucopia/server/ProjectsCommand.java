package io.cornucopia.server;

import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;

/** {@code projects}. */
@Command(
        name = "projects",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Lists the projects that are ours, and which of them hide a project of upstream's.")
final class ProjectsCommand extends ApiCommand {
    ProjectsCommand(Map<String, String> environment) {
        super(environment);
    }

    @Override
    void call(IndexApi api, PrintWriter out) throws CommandFailedException {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("PROJECT", "FILES", "STATUS", "ORIGIN", "HIDES UPSTREAM"));
        for (Object each : api.call("GET", Optional.empty(), "projects").getJsonArray("projects")) {
            JsonObject project = (JsonObject) each;
            rows.add(List.of(
                    text(project, "name"),
                    text(project, "files"),
                    text(project, "status"),
                    text(project, "origin") + (project.getBoolean("by-rule", false) ? " (by rule)" : ""),
                    project.getBoolean("hides-upstream", false) ? "yes" : ""));
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                int at = column;
                int width = rows.stream()
                        .mapToInt(other -> other.get(at).length())
                        .max()
                        .orElse(0);
                line.append(row.get(column))
                        .append(" ".repeat(width - row.get(column).length() + 2));
            }
            out.println(line.toString().stripTrailing());
        }
    }

    private static String text(JsonObject project, String name) {
        return IndexApi.plain(String.valueOf(project.getValue(name)));
    }
}
