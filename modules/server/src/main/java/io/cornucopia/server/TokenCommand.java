package io.cornucopia.server;

import io.cornucopia.access.Permission;
import io.cornucopia.access.Principal;
import io.cornucopia.access.Token;
import io.cornucopia.access.TokenSecret;
import io.cornucopia.core.ProjectPattern;
import java.io.PrintWriter;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code token}. */
@Command(name = "token", mixinStandardHelpOptions = true, description = "Makes tokens.")
final class TokenCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "say what to do: token create NAME");
    }

    /** {@code token create}: changes nothing, but prints what to configure. */
    @Command(
            name = "create",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = "Makes a token, prints it this once, and prints what to configure, which is its hash.")
    static final class Create implements Callable<Integer> {
        private static final ValueType<Duration> LIFETIME =
                ValueType.duration(Duration.ofSeconds(1), Duration.ofDays(36_500));

        @Spec
        private CommandSpec spec;

        @Parameters(paramLabel = "NAME", description = "What logs call it: letters, digits, - and _.")
        private String name;

        @Option(
                names = "--read",
                paramLabel = "PROJECTS",
                description = "Projects it may see: names, beginnings such as 'acme-*', or '*'; comma-separated.")
        private String read = "";

        @Option(names = "--upload", paramLabel = "PROJECTS", description = "Projects it may upload to.")
        private String upload = "";

        @Option(
                names = "--manage",
                paramLabel = "PROJECTS",
                description = "Projects it may yank, delete, archive and quarantine.")
        private String manage = "";

        @Option(
                names = "--expires",
                paramLabel = "WHEN",
                description = "From when on it is no longer good: 90d from now, or 2027-01-31. Default: never.")
        private Optional<String> expires = Optional.empty();

        @Override
        public Integer call() {
            if (!TokenKeys.NAME.matcher(name).matches()) {
                throw usage("\"" + name + "\" is not a token's name; take letters, digits, - and _, at most 64");
            }
            Map<Permission, List<ProjectPattern>> allowed = new EnumMap<>(Permission.class);
            allow(allowed, Permission.READ, "--read", read);
            allow(allowed, Permission.UPLOAD, "--upload", upload);
            allow(allowed, Permission.MANAGE, "--manage", manage);
            if (allowed.isEmpty()) {
                throw usage("the token would allow nothing; give --read, --upload or --manage with projects, or '*'");
            }
            TokenSecret secret = TokenSecret.create(new SecureRandom());
            Token token =
                    new Token(secret.hash(), new Principal(name, allowed, Optional.empty()), expires.map(this::expiry));
            print(secret, token, spec.commandLine().getOut());
            return CommandLine.ExitCode.OK;
        }

        private static void print(TokenSecret secret, Token token, PrintWriter out) {
            YamlTree yaml = new YamlTree();
            TokenKeys.show(List.of(token), yaml);
            out.println("The token, which is shown this once only:");
            out.println();
            out.println("  " + secret.text());
            out.println();
            out.println(
                    "What to configure. In the configuration file (in access.token_file without the first two lines):");
            out.println();
            yaml.toString().lines().forEach(line -> out.println("  " + line));
            out.println();
            out.println("Or on the command line:");
            out.println();
            out.println("  " + String.join(" ", yaml.assignments("--set '", "'")));
            out.flush();
        }

        private void allow(
                Map<Permission, List<ProjectPattern>> allowed, Permission permission, String option, String text) {
            try {
                List<ProjectPattern> patterns = ValueType.patterns().parser().apply(text);
                if (!patterns.isEmpty()) {
                    allowed.put(permission, patterns);
                }
            } catch (IllegalArgumentException e) {
                throw usage(option + ": \"" + text + "\" is not " + e.getMessage());
            }
        }

        private Instant expiry(String text) {
            Instant now = Instant.now();
            Instant expiry;
            try {
                expiry = text.matches("[0-9]+\\s*[a-z]+")
                        ? now.plus(LIFETIME.parser().apply(text))
                        : ValueType.moment().parser().apply(text);
            } catch (IllegalArgumentException e) {
                throw usage("--expires: \"" + text + "\" is not " + e.getMessage());
            }
            if (!expiry.isAfter(now)) {
                throw usage("--expires: \"" + text + "\" is past");
            }
            return expiry.truncatedTo(ChronoUnit.SECONDS);
        }

        private ParameterException usage(String why) {
            return new ParameterException(spec.commandLine(), why);
        }
    }
}
