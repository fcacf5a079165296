package io.cornucopia.testkit;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs one command to its end, or to the end of its time. */
final class Command {

    private static final int OUT_OF_TIME = 124;

    private Command() {}

    static ClientTools.Outcome run(Path workDir, Map<String, String> env, Duration deadline, List<String> command) {
        try {
            Files.createDirectories(workDir);
            Path output = Files.createTempFile("command", ".log");
            try {
                return run(workDir, env, deadline, command, output);
            } finally {
                Files.deleteIfExists(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(String.join(" ", command), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted: " + String.join(" ", command), e);
        }
    }

    private static ClientTools.Outcome run(
            Path workDir, Map<String, String> env, Duration deadline, List<String> command, Path output)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(workDir.toFile())
                .redirectErrorStream(true)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(output.toFile());
        builder.environment().clear();
        builder.environment().putAll(env);
        Process process = builder.start();
        boolean ended = false;
        try {
            ended = process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS);
        } finally {
            if (!ended) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
            }
        }
        String text = new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
        return ended
                ? new ClientTools.Outcome(process.exitValue(), text)
                : new ClientTools.Outcome(OUT_OF_TIME, text + "\n[ended after " + deadline + "]\n");
    }
}
