package io.cornucopia.storage;

import io.cornucopia.core.ProjectName;
import io.vertx.core.Vertx;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Another process that uploads, to be killed. It says on its output what was done. */
final class UploadingProcess implements AutoCloseable {
    private static final ProjectName DEMO = new ProjectName("demo");
    private static final int AT_ONCE = 4;

    private final Process process;
    private final BufferedReader output;

    private UploadingProcess(Process process) {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
    }

    /**
     * @param manner {@code busy}; or {@code waiting}: to be told to go on before each upload is published; or a number:
     *     to contend with others, whose number is another one, for the same names
     */
    static UploadingProcess start(Path directory, String manner) throws IOException {
        return new UploadingProcess(new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        UploadingProcess.class.getName(),
                        directory.toString(),
                        manner)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** The next line that it says. */
    String line() throws IOException {
        return output.readLine();
    }

    /** What it said up to its death. */
    List<String> rest() {
        return output.lines().toList();
    }

    void go() throws IOException {
        process.outputWriter(StandardCharsets.UTF_8).append('\n').flush();
    }

    /** As {@code kill -9}. */
    void kill() throws InterruptedException {
        // Not by the process itself: that would close its output, with what it said last.
        process.toHandle().destroyForcibly();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            throw new IllegalStateException("it does not die");
        }
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }

    static SampleUpload upload(int number) {
        return number % 2 == 0
                ? SampleUpload.sdist(DEMO, Integer.toString(number), 200_000, number)
                : SampleUpload.wheel(DEMO, Integer.toString(number), 1000 + number);
    }

    /** What the process of that number uploads under a name that others want too. */
    static SampleUpload contended(int number, int contender) {
        return SampleUpload.sdist(DEMO, Integer.toString(number), 20_000 + contender, contender);
    }

    static int number(String filename) {
        return Integer.parseInt(filename.split("-", -1)[1].replace(".tar.gz", ""));
    }

    /** Uploads numbers that are not there yet, until it is killed. */
    public static void main(String[] arguments) throws Exception {
        Vertx vertx = Vertx.vertx();
        UploadStore store = new DirectoryStore(vertx, Path.of(arguments[0]));
        UploadStoreSuite.get(store.open());
        int first = UploadStoreSuite.get(store.read(DEMO)).files().stream()
                        .mapToInt(file -> number(file.filename()))
                        .max()
                        .orElse(-1)
                + 1;
        switch (arguments[1]) {
            case "busy" -> {
                for (int i = 0; i < AT_ONCE; i++) {
                    publishOneAfterAnother(store, first + i);
                }
            }
            case "waiting" -> publishWhenTold(store, first);
            default -> contend(store, Math.max(0, first - AT_ONCE), Integer.parseInt(arguments[1]));
        }
    }

    private static void contend(UploadStore store, int first, int contender) {
        for (int number = first; ; number++) {
            SampleUpload upload = contended(number, contender);
            UploadStore.Publication outcome = UploadStoreSuite.get(upload.publish(store));
            if (outcome instanceof UploadStore.Publication.Done) {
                say("done " + number + " " + contender);
            } else if (outcome instanceof UploadStore.Publication.Exists) {
                // Whoever is told so may say that it is there.
                boolean there = UploadStoreSuite.get(store.open(DEMO, upload.filename()))
                        .map(file -> {
                            file.close();
                            return true;
                        })
                        .orElse(false);
                say((there ? "exists " : "missing ") + number + " " + contender);
            }
        }
    }

    private static void publishOneAfterAnother(UploadStore store, int number) {
        upload(number).publish(store).onComplete(result -> {
            if (result.succeeded() && result.result() instanceof UploadStore.Publication.Done) {
                say("done " + number);
            }
            publishOneAfterAnother(store, number + AT_ONCE);
        });
    }

    private static void publishWhenTold(UploadStore store, int first) throws IOException {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (int number = first; ; number += 2) {
            SampleUpload upload = upload(number);
            IncomingFile sent = UploadStoreSuite.get(upload.send(store));
            say("sent");
            if (input.readLine() == null) {
                return;
            }
            UploadStoreSuite.get(store.publish(sent, upload.file(), Map.of()));
            say("done " + number);
        }
    }

    private static void say(String line) {
        synchronized (UploadingProcess.class) {
            System.out.println(line);
            System.out.flush();
        }
    }
}
