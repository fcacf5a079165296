package io.cornucopia.server;

import io.cornucopia.cluster.HazelcastMember;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command line. */
@Command(
        name = "cornucopia",
        description = {
            "A Python package index: a mirror of PyPI and a private index in one. Without a command it serves;"
                    + " the commands make tokens and manage what was uploaded to a running one."
        },
        sortOptions = false,
        mixinStandardHelpOptions = true,
        versionProvider = Cornucopia.Version.class)
public final class Cornucopia implements Callable<Integer> {
    /** The configuration cannot be used. */
    static final int MISCONFIGURED = 2;

    /** It could not start for another reason, such as a port that is taken. */
    static final int FAILED = 1;

    private static final Path DEFAULT_FILE = Path.of("conf", "cornucopia.yaml");

    private final Map<String, String> environment;
    private final PrintWriter out;
    private final PrintWriter err;

    @Option(
            names = "--conf",
            paramLabel = "FILE",
            description = "The configuration file. Default: conf/cornucopia.yaml where there is one.")
    private Optional<Path> file = Optional.empty();

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description =
                    "Sets one key, over the environment (CORNUCOPIA_CACHE_METADATA_TTL) and the file. Repeatable.")
    private List<String> set = List.of();

    @Option(names = "--check", description = "Checks the configuration, prints what holds, and ends.")
    private boolean check;

    @Option(
            names = "--until-ready",
            description = "Starts as usual, and ends as soon as it is ready: to try whether it can start.")
    private boolean untilReady;

    Cornucopia(Map<String, String> environment, PrintWriter out, PrintWriter err) {
        this.environment = environment;
        this.out = out;
        this.err = err;
    }

    /** Starts the program; on bad configuration the process ends with 2, on any other failure to start with 1. */
    public static void main(String[] arguments) {
        PrintWriter out = new PrintWriter(System.out, true);
        PrintWriter err = new PrintWriter(System.err, true);
        int exitCode = run(System.getenv(), out, err, arguments);
        // A running server lives on in its own threads.
        if (exitCode != RUNNING) {
            System.exit(exitCode);
        }
    }

    private static final int RUNNING = -1;

    static int run(Map<String, String> environment, PrintWriter out, PrintWriter err, String... arguments) {
        return new CommandLine(new Cornucopia(environment, out, err))
                .addSubcommand(new CommandLine(new TokenCommand()).addSubcommand(new TokenCommand.Create()))
                .addSubcommand(new ReleaseCommand.Yank(environment))
                .addSubcommand(new ReleaseCommand.Unyank(environment))
                .addSubcommand(new ReleaseCommand.Delete(environment))
                .addSubcommand(new StatusCommand(environment))
                .addSubcommand(new ProjectsCommand(environment))
                .setOut(out)
                .setErr(err)
                .execute(arguments);
    }

    @Override
    public Integer call() {
        try {
            Optional<Path> used = file.isPresent() || !Files.exists(DEFAULT_FILE) ? file : Optional.of(DEFAULT_FILE);
            Settings settings = Settings.of(used, environment, set);
            Logging.configure(settings.get(Keys.LOG_FORMAT), settings.get(Keys.LOG_LEVEL));
            settings.checkTls();
            if (check) {
                settings.warnings().forEach(warning -> err.println("cornucopia: warning: " + warning));
                out.print(settings.toYaml());
                out.flush();
                return CommandLine.ExitCode.OK;
            }
            if (settings.cluster().isPresent()) {
                HazelcastMember.prepareJvm();
            }
            WritableDirectory.prepare(Keys.CACHE_DIR, settings.cacheDirectory());
            if (settings.uploadsAreOn() && settings.uploadStore() instanceof StoreLocation.Directory store) {
                WritableDirectory.prepare(Keys.UPLOAD_STORE, store.path());
            }
            Program.start(settings, out);
            return untilReady ? CommandLine.ExitCode.OK : RUNNING;
        } catch (SettingsException e) {
            e.problems().forEach(problem -> err.println("cornucopia: " + problem));
            return MISCONFIGURED;
        } catch (StartFailedException e) {
            err.println("cornucopia: " + e.getMessage());
            return FAILED;
        }
    }

    /** The version from the jar's manifest. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"cornucopia " + number()};
        }

        static String number() {
            String version = Cornucopia.class.getPackage().getImplementationVersion();
            return version == null ? "(not packaged)" : version;
        }
    }
}
