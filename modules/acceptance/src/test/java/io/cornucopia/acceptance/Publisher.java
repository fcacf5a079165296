package io.cornucopia.acceptance;

import io.cornucopia.testkit.ClientTools;
import io.cornucopia.testkit.ClientTools.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What the clients are called that publish, how each builds a project of its own without asking the outside for anything, and
 * how each is told what to publish to where. Spelt as README.md tells their users.
 */
enum Publisher {
    TWINE("hatchling.build", "hatchling") {
        @Override
        Outcome build(ClientTools tools, Path project) {
            return run(tools, project, Map.of(), List.of("pyproject-build", "--no-isolation"));
        }

        @Override
        Outcome publish(ClientTools tools, Path project, Index index) {
            List<String> command = new ArrayList<>(List.of(
                    "twine",
                    "upload",
                    "--non-interactive",
                    "--disable-progress-bar",
                    "--repository-url",
                    index.legacy(),
                    "-u",
                    "__token__",
                    "-p",
                    index.token()));
            command.addAll(built(project));
            return run(tools, project, Map.of(), command);
        }
    },
    UV("hatchling.build", "hatchling") {
        @Override
        Outcome build(ClientTools tools, Path project) {
            return run(
                    tools,
                    project,
                    Map.of(),
                    List.of(
                            "uv",
                            "build",
                            "--offline",
                            "--no-build-isolation",
                            "--python",
                            tools.python().toString()));
        }

        @Override
        Outcome publish(ClientTools tools, Path project, Index index) {
            return run(
                    tools,
                    project,
                    Map.of(),
                    List.of("uv", "publish", "--publish-url", index.legacy(), "--token", index.token()));
        }

        @Override
        Outcome publishAgain(ClientTools tools, Path project, Index index) {
            return run(
                    tools,
                    project,
                    Map.of(),
                    List.of(
                            "uv",
                            "publish",
                            "--publish-url",
                            index.legacy(),
                            "--check-url",
                            index.simple(),
                            "--token",
                            index.token()));
        }
    },
    POETRY("poetry.core.masonry.api", "poetry-core") {
        @Override
        Outcome build(ClientTools tools, Path project) {
            return run(tools, project, Map.of(), List.of("poetry", "build"));
        }

        @Override
        Outcome publish(ClientTools tools, Path project, Index index) {
            return publish(tools, project, index, List.of());
        }

        @Override
        Outcome publishAgain(ClientTools tools, Path project, Index index) {
            return publish(tools, project, index, List.of("--skip-existing"));
        }

        private Outcome publish(ClientTools tools, Path project, Index index, List<String> more) {
            List<String> command =
                    new ArrayList<>(List.of("poetry", "publish", "--no-interaction", "--repository", "cornucopia"));
            command.addAll(more);
            return run(
                    tools,
                    project,
                    Map.of(
                            "POETRY_REPOSITORIES_CORNUCOPIA_URL", index.legacy(),
                            "POETRY_PYPI_TOKEN_CORNUCOPIA", index.token()),
                    command);
        }
    },
    PDM("hatchling.build", "hatchling") {
        @Override
        Outcome build(ClientTools tools, Path project) {
            // Which Python a project uses is written down here; without, pdm looks for any.
            write(project.resolve(".pdm-python"), tools.python().toString());
            return run(tools, project, Map.of(), List.of("pdm", "build", "--no-isolation"));
        }

        @Override
        Outcome publish(ClientTools tools, Path project, Index index) {
            return publish(tools, project, index, "-vv");
        }

        @Override
        Outcome publishAgain(ClientTools tools, Path project, Index index) {
            return publish(tools, project, index, "--skip-existing");
        }

        private Outcome publish(ClientTools tools, Path project, Index index, String more) {
            return run(
                    tools,
                    project,
                    Map.of(),
                    List.of(
                            "pdm",
                            "publish",
                            "--no-build",
                            more,
                            "--repository",
                            index.legacy(),
                            "-u",
                            "__token__",
                            "-P",
                            index.token()));
        }
    },
    HATCH("hatchling.build", "hatchling") {
        @Override
        Outcome build(ClientTools tools, Path project) {
            // hatch build would fetch its backend into an environment of its own; this is that backend.
            return run(tools, project, Map.of(), List.of("hatchling", "build"));
        }

        @Override
        Outcome publish(ClientTools tools, Path project, Index index) {
            return run(
                    tools,
                    project,
                    Map.of(),
                    List.of(
                            "hatch",
                            "publish",
                            "--no-prompt",
                            "--repo",
                            index.legacy(),
                            "--user",
                            "__token__",
                            "--auth",
                            index.token()));
        }
    },
    FLIT("flit_core.buildapi", "flit_core") {
        @Override
        Outcome build(ClientTools tools, Path project) {
            return run(tools, project, Map.of(), List.of("flit", "build", "--no-use-vcs"));
        }

        /** Builds once more, the same bytes. */
        @Override
        Outcome publish(ClientTools tools, Path project, Index index) {
            return run(
                    tools,
                    project,
                    Map.of(
                            "FLIT_INDEX_URL", index.legacy(),
                            "FLIT_USERNAME", "__token__",
                            "FLIT_PASSWORD", index.token()),
                    List.of("flit", "publish", "--no-use-vcs"));
        }
    };

    private static final Duration WITHIN = Duration.ofMinutes(2);

    private final String backend;
    private final String requirement;

    Publisher(String backend, String requirement) {
        this.backend = backend;
        this.requirement = requirement;
    }

    /**
     * Where to publish to.
     *
     * @param legacy the URL to upload to
     * @param simple the URL of the pages
     * @param token the token
     */
    record Index(String legacy, String simple, String token) {
        /** The index at that address, which ends without a slash. */
        static Index at(String url, String token) {
            return new Index(url + "/legacy/", url + "/simple/", token);
        }
    }

    /** Builds a wheel and an sdist into {@code dist}. */
    abstract Outcome build(ClientTools tools, Path project);

    /** Publishes what is in {@code dist}; failures are told as fully as the client can. */
    abstract Outcome publish(ClientTools tools, Path project, Index index);

    /** The same, passing over what is there already, as far as the client can do that. */
    Outcome publishAgain(ClientTools tools, Path project, Index index) {
        return publish(tools, project, index);
    }

    /** Whether it can pass over what is there already. */
    boolean skips() {
        return this != TWINE && this != FLIT;
    }

    /** The name of the project that it publishes. */
    String project(String suffix) {
        return "acme-" + name().toLowerCase(Locale.ROOT) + suffix;
    }

    /** Writes a project of that name and builds it; {@code payload} lies in its package as data. */
    Outcome make(ClientTools tools, Path project, String name, byte[] payload) {
        String stem = name.replace('-', '_');
        Path source = project.resolve("src").resolve(stem);
        write(source.resolve("__init__.py"), "\"\"\"Made for a test.\"\"\"\n\n__version__ = \"1.0\"\n");
        write(project.resolve("README.md"), "# " + name + "\n\nWith ümläüts, and a \"quote\".\n");
        write(project.resolve("pyproject.toml"), """
                [project]
                name = "%s"
                version = "1.0"
                description = "Made for a test"
                readme = "README.md"
                requires-python = ">=3.9"

                [build-system]
                requires = ["%s"]
                build-backend = "%s"
                """.formatted(name, requirement, backend));
        try {
            Files.write(source.resolve("payload.bin"), payload);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return build(tools, project);
    }

    /** What lies in {@code dist}, relative to the project. */
    static List<String> built(Path project) {
        try (Stream<Path> files = Files.list(project.resolve("dist"))) {
            return files.map(file -> project.relativize(file).toString())
                    .filter(file -> file.endsWith(".whl") || file.endsWith(".tar.gz"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** In a wide terminal, so that messages are not broken up; with the home of each run beside the project, not in it. */
    private static Outcome run(ClientTools tools, Path project, Map<String, String> env, List<String> command) {
        Map<String, String> all = new LinkedHashMap<>(env);
        Path home = ClientTools.homeOf(project.resolveSibling(project.getFileName() + "-home"));
        all.put("COLUMNS", "400");
        all.put("PDM_NON_INTERACTIVE", "1");
        all.put("POETRY_VIRTUALENVS_CREATE", "false");
        return tools.run(project, home, all, WITHIN, command.toArray(String[]::new));
    }
}
