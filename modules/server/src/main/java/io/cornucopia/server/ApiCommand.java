package io.cornucopia.server;

import io.cornucopia.http.AccessLog;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What the commands that call a running index have in common. */
abstract class ApiCommand implements Callable<Integer> {
    private static final List<String> TOKEN_VARIABLES = List.of("CORNUCOPIA_TOKEN", "CORNUCOPIA_UPLOAD_TOKEN");

    private final Map<String, String> environment;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--url",
            paramLabel = "URL",
            defaultValue = "http://localhost:8080",
            description = "Where the index is, with its base path. Default: ${DEFAULT-VALUE}.")
    private String url;

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            description = "A token that may manage the project. Others on this machine may see it;"
                    + " better set CORNUCOPIA_TOKEN (or CORNUCOPIA_UPLOAD_TOKEN) in the environment.")
    private Optional<String> token = Optional.empty();

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description = "The authorities (PEM) to trust instead of those that Java trusts.")
    private Optional<Path> authority = Optional.empty();

    ApiCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    /**
     * Calls the index.
     *
     * @param out where to say what came of it
     */
    abstract void call(IndexApi api, PrintWriter out) throws CommandFailedException;

    @Override
    public final Integer call() {
        CommandLine line = spec.commandLine();
        Logging.configure(AccessLog.Format.TEXT, Logging.Level.WARN);
        URI index = index();
        String secret = Stream.concat(token.stream(), TOKEN_VARIABLES.stream().map(environment::get))
                .filter(Objects::nonNull)
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .findFirst()
                .orElseThrow(() -> usage("no token; set CORNUCOPIA_TOKEN in the environment, or give --token"));
        if (index.getScheme().equals("http")
                && !List.of("localhost", "127.0.0.1", "[::1]").contains(index.getHost())) {
            line.getErr()
                    .println("cornucopia: warning: the token goes to " + index.getHost()
                            + " over plain HTTP, where others can read it");
        }
        try {
            call(new IndexApi(index, secret, authority), line.getOut());
            line.getOut().flush();
            return CommandLine.ExitCode.OK;
        } catch (CommandFailedException e) {
            line.getErr().println("cornucopia: " + e.getMessage());
            return Cornucopia.FAILED;
        }
    }

    /** The command line cannot be used. */
    final ParameterException usage(String why) {
        return new ParameterException(spec.commandLine(), why);
    }

    private URI index() {
        try {
            URI index = new URI(url);
            boolean web = "http".equals(index.getScheme()) || "https".equals(index.getScheme());
            if (web && index.getHost() != null && index.getRawUserInfo() == null && index.getRawQuery() == null) {
                return index;
            }
        } catch (URISyntaxException e) {
            // Told below, like every other.
        }
        throw usage("--url: \"" + url.replaceAll("//[^/]*@", "//***@")
                + "\" is not an http or https URL without credentials, such as https://packages.example/pypi");
    }
}
