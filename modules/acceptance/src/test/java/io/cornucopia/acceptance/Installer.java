package io.cornucopia.acceptance;

import io.cornucopia.testkit.ClientTools;
import io.cornucopia.testkit.ClientTools.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the clients are called that install, and how each is told what to install from where. None keeps a cache. */
enum Installer {
    PIP {
        @Override
        Outcome install(
                ClientTools tools, Path directory, String index, List<String> requirements, Map<String, String> env) {
            Path python = tools.newVenv(directory.resolve(".venv"));
            return run(
                    tools,
                    directory,
                    words("pip", "--python", python.toString(), "install", "--index-url", index),
                    requirements,
                    env);
        }

        @Override
        Outcome resolve(ClientTools tools, Path directory, String index, List<String> requirements) {
            return run(
                    tools,
                    directory,
                    words("pip", "install", "--dry-run", "--ignore-installed", "--index-url", index),
                    requirements,
                    Map.of());
        }
    },
    UV {
        @Override
        Outcome install(
                ClientTools tools, Path directory, String index, List<String> requirements, Map<String, String> env) {
            Path python = tools.newVenv(directory.resolve(".venv"));
            return run(
                    tools,
                    directory,
                    words("uv", "pip", "install", "--python", python.toString(), "--default-index", index),
                    requirements,
                    env);
        }

        @Override
        Outcome resolve(ClientTools tools, Path directory, String index, List<String> requirements) {
            Path python = tools.newVenv(directory.resolve(".venv"));
            return run(
                    tools,
                    directory,
                    words("uv", "pip", "install", "--dry-run", "--python", python.toString(), "--default-index", index),
                    requirements,
                    Map.of());
        }
    },
    POETRY {
        @Override
        Outcome install(
                ClientTools tools, Path directory, String index, List<String> requirements, Map<String, String> env) {
            poetryProject(tools, directory, index, requirements);
            return run(tools, directory, words("poetry", "install", "--no-interaction", "--no-root"), List.of(), env);
        }

        @Override
        Outcome resolve(ClientTools tools, Path directory, String index, List<String> requirements) {
            poetryProject(tools, directory, index, requirements);
            return run(tools, directory, words("poetry", "lock", "--no-interaction"), List.of(), Map.of());
        }
    },
    PDM {
        @Override
        Outcome install(
                ClientTools tools, Path directory, String index, List<String> requirements, Map<String, String> env) {
            pdmProject(tools, directory, index, requirements);
            return run(tools, directory, words("pdm", "install", "--no-self"), List.of(), env);
        }

        @Override
        Outcome resolve(ClientTools tools, Path directory, String index, List<String> requirements) {
            pdmProject(tools, directory, index, requirements);
            return run(tools, directory, words("pdm", "lock"), List.of(), Map.of());
        }
    };

    private static final Duration WITHIN = Duration.ofMinutes(5);

    /** Installs into an environment of its own in {@code directory}, which is empty. */
    final Outcome install(ClientTools tools, Path directory, String index, List<String> requirements) {
        return install(tools, directory, index, requirements, Map.of());
    }

    /** The same with more in its environment. */
    abstract Outcome install(
            ClientTools tools, Path directory, String index, List<String> requirements, Map<String, String> env);

    /** Finds out what would be installed. */
    abstract Outcome resolve(ClientTools tools, Path directory, String index, List<String> requirements);

    /** The Python into whose environment it installed. */
    static Path python(Path directory) {
        return directory.resolve(".venv/bin/python");
    }

    /** What lies in that environment, as {@code name-version}, lower case. */
    static List<String> installed(Path directory) {
        try (Stream<Path> all = Files.walk(directory.resolve(".venv/lib"), 3)) {
            return all.map(path -> path.getFileName().toString())
                    .filter(name -> name.endsWith(".dist-info"))
                    .map(name -> name.substring(0, name.length() - ".dist-info".length())
                            .toLowerCase(java.util.Locale.ROOT))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Outcome run(
            ClientTools tools, Path directory, List<String> command, List<String> more, Map<String, String> env) {
        List<String> all = new ArrayList<>(command);
        all.addAll(more);
        Map<String, String> set = new HashMap<>(env);
        set.put("POETRY_VIRTUALENVS_IN_PROJECT", "true");
        set.put("PDM_NON_INTERACTIVE", "1");
        return tools.run(directory, set, WITHIN, all.toArray(String[]::new));
    }

    private static List<String> words(String... words) {
        return List.of(words);
    }

    private static void poetryProject(ClientTools tools, Path directory, String index, List<String> requirements) {
        project(tools, directory, requirements, """
                [tool.poetry]
                package-mode = false

                [[tool.poetry.source]]
                name = "mirror"
                url = "%s"
                priority = "primary"
                """.formatted(index));
    }

    private static void pdmProject(ClientTools tools, Path directory, String index, List<String> requirements) {
        project(tools, directory, requirements, """
                [tool.pdm]
                distribution = false

                [[tool.pdm.source]]
                name = "pypi"
                url = "%s"
                """.formatted(index));
    }

    private static void project(ClientTools tools, Path directory, List<String> requirements, String tool) {
        Outcome version = tools.run(
                directory,
                Map.of(),
                WITHIN,
                tools.python().toString(),
                "-c",
                "import sys; print('%d.%d' % sys.version_info[:2])");
        String dependencies =
                requirements.stream().map(each -> '"' + each + '"').collect(Collectors.joining(", "));
        try {
            Files.writeString(directory.resolve("pyproject.toml"), """
                    [project]
                    name = "consumer"
                    version = "0.1.0"
                    requires-python = "==%s.*"
                    dependencies = [%s]

                    %s""".formatted(
                            version.output().strip(), dependencies, tool));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
