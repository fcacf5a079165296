package io.cornucopia.benchmarks;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Programs of the machine that a run needs, and running them to their end. */
final class Commands {
    private Commands() {}

    /** Finds a program on the path, and in the directories of the super user, where nginx is. */
    static Optional<Path> find(String program) {
        String path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/usr/local/sbin";
        for (String directory : path.split(File.pathSeparator, -1)) {
            Path candidate = Path.of(directory, program);
            if (!directory.isEmpty() && Files.isExecutable(candidate)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    /** Finds a program, and installs its Debian package if it is not there and we are root. */
    static Path need(String program, String debianPackage) {
        Optional<Path> found = find(program);
        if (found.isEmpty() && isRoot() && find("apt-get").isPresent()) {
            System.err.println("installing " + debianPackage + " …");
            run(Duration.ofMinutes(5), "apt-get", "-q", "update");
            run(Duration.ofMinutes(5), "apt-get", "-q", "-y", "--no-install-recommends", "install", debianPackage);
            found = find(program);
        }
        return found.orElseThrow(() -> new IllegalStateException("there is no " + program
                + " here, and it could not be installed: run apt-get install " + debianPackage
                + " as root, or put it on the path"));
    }

    static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    /** Runs a command and gives what it wrote to its output; fails with all that it wrote if it does not end well. */
    static String run(Duration deadline, String... command) {
        try {
            Path errors = Files.createTempFile("command", ".err");
            Path output = Files.createTempFile("command", ".out");
            try {
                Process process = new ProcessBuilder(command)
                        .redirectInput(new File("/dev/null"))
                        .redirectError(errors.toFile())
                        .redirectOutput(output.toFile())
                        .start();
                boolean ended = process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS);
                if (!ended) {
                    process.destroyForcibly().waitFor();
                }
                String text = Files.readString(output, StandardCharsets.UTF_8);
                if (!ended || process.exitValue() != 0) {
                    throw new IllegalStateException(String.join(" ", command)
                            + (ended ? " ended with " + process.exitValue() : " did not end within " + deadline)
                            + "\n" + text + Files.readString(errors, StandardCharsets.UTF_8));
                }
                return text;
            } finally {
                Files.deleteIfExists(errors);
                Files.deleteIfExists(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(String.join(" ", command), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted: " + String.join(" ", command), e);
        }
    }
}
