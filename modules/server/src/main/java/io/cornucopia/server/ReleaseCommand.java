package io.cornucopia.server;

import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What is done to the files of a release, or to one file. */
abstract class ReleaseCommand extends ApiCommand {
    @Parameters(index = "0", paramLabel = "PROJECT", description = "The project, in any spelling.")
    private String project;

    @Parameters(index = "1", arity = "0..1", paramLabel = "VERSION", description = "The release.")
    private Optional<String> version = Optional.empty();

    @Option(names = "--file", paramLabel = "FILENAME", description = "One file, instead of a release.")
    private Optional<String> file = Optional.empty();

    ReleaseCommand(Map<String, String> environment) {
        super(environment);
    }

    /** Does it to the files, and says to each what was done. */
    final void act(
            IndexApi api, PrintWriter out, String method, Optional<JsonObject> body, String done, String... below)
            throws CommandFailedException {
        if (version.isPresent() == file.isPresent()) {
            throw usage("name either a VERSION, or one file with --file");
        }
        Stream<String> subject = version.map(text -> Stream.of("releases", text))
                .orElseGet(() -> Stream.of("files", file.orElseThrow()));
        String[] path = Stream.of(Stream.of("projects", project), subject, Arrays.stream(below))
                .flatMap(part -> part)
                .toArray(String[]::new);
        JsonObject answer = api.call(method, body, path);
        answer.getJsonArray("files").forEach(name -> out.println(done + " " + IndexApi.plain(name.toString())));
    }

    /** {@code yank}. */
    @Command(
            name = "yank",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description =
                    "Has installers pass over a release or a file, unless they are asked for exactly that version.")
    static final class Yank extends ReleaseCommand {
        @Option(names = "--reason", paramLabel = "TEXT", description = "Why; installers show it.")
        private Optional<String> reason = Optional.empty();

        Yank(Map<String, String> environment) {
            super(environment);
        }

        @Override
        void call(IndexApi api, PrintWriter out) throws CommandFailedException {
            JsonObject body = new JsonObject();
            reason.ifPresent(text -> body.put("reason", text));
            act(api, out, "PUT", Optional.of(body), "yanked", "yank");
        }
    }

    /** {@code unyank}. */
    @Command(name = "unyank", mixinStandardHelpOptions = true, sortOptions = false, description = "Takes a yank back.")
    static final class Unyank extends ReleaseCommand {
        Unyank(Map<String, String> environment) {
            super(environment);
        }

        @Override
        void call(IndexApi api, PrintWriter out) throws CommandFailedException {
            act(api, out, "DELETE", Optional.empty(), "no longer yanked:", "yank");
        }
    }

    /** {@code delete}. */
    @Command(
            name = "delete",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = "Deletes the files of a release, or one file, for ever. Their names cannot be used again.")
    static final class Delete extends ReleaseCommand {
        Delete(Map<String, String> environment) {
            super(environment);
        }

        @Override
        void call(IndexApi api, PrintWriter out) throws CommandFailedException {
            act(api, out, "DELETE", Optional.empty(), "deleted");
        }
    }
}
