package io.cornucopia.server;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What renders manifests: {@code kubectl kustomize}, or {@code kustomize} by itself, whichever there is. */
final class Kustomize {
    private final List<String> command;

    private Kustomize(List<String> command) {
        this.command = command;
    }

    static Optional<Kustomize> here() {
        return onPath("kubectl")
                .map(kubectl -> List.of(kubectl, "kustomize"))
                .or(() -> onPath("kustomize").map(kustomize -> List.of(kustomize, "build")))
                .map(Kustomize::new);
    }

    private static Optional<String> onPath(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }

    /** Renders what is in that directory, which has to work. */
    String render(Path directory) {
        List<String> all = new ArrayList<>(command);
        all.add(directory.toString());
        try {
            Path errors = Files.createTempFile("kustomize", ".txt");
            try {
                Process process =
                        new ProcessBuilder(all).redirectError(errors.toFile()).start();
                String yaml = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
                    throw new AssertionError(all + " did not work: " + Files.readString(errors));
                }
                return yaml;
            } finally {
                Files.delete(errors);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
