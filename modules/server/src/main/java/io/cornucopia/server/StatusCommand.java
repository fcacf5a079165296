package io.cornucopia.server;

import io.cornucopia.core.ProjectStatus;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code status}. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Sets a project's status: archived and quarantined ones take no uploads, and of quarantined ones"
                + " nothing can be had.")
final class StatusCommand extends ApiCommand {
    @Parameters(index = "0", paramLabel = "PROJECT", description = "The project, in any spelling.")
    private String project;

    @Parameters(index = "1", paramLabel = "STATUS", description = "active, archived, quarantined or deprecated.")
    private String status;

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why; it stands on the project's page.")
    private Optional<String> reason = Optional.empty();

    StatusCommand(Map<String, String> environment) {
        super(environment);
    }

    @Override
    void call(IndexApi api, PrintWriter out) throws CommandFailedException {
        if (ProjectStatus.Marker.ofWireName(status).isEmpty()) {
            throw usage("\"" + status + "\" is not active, archived, quarantined or deprecated");
        }
        JsonObject body = new JsonObject().put("status", status);
        reason.ifPresent(text -> body.put("reason", text));
        JsonObject answer = api.call("PUT", Optional.of(body), "projects", project, "status");
        out.println(IndexApi.plain(answer.getString("project") + " is " + answer.getString("status")));
    }
}
