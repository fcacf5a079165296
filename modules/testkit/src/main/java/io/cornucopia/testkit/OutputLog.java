package io.cornucopia.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The lines of one stream of a process: all of them in a file, the latest ones in memory. */
final class OutputLog {

    private static final int KEPT = 50_000;

    private final Path file;
    private final Deque<String> lines = new ArrayDeque<>();

    OutputLog(Path file) {
        this.file = file;
    }

    /** Reads the stream to its end on a thread of its own. */
    void drain(InputStream stream) {
        Thread thread = new Thread(() -> read(stream), "drain-" + file.getFileName());
        thread.setDaemon(true);
        thread.start();
    }

    synchronized List<String> lines() {
        return List.copyOf(lines);
    }

    private void read(InputStream stream) {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
                Writer copy = Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                add(line);
                copy.write(line);
                copy.write('\n');
                if (!reader.ready()) {
                    copy.flush();
                }
            }
        } catch (IOException e) {
            add("[the rest of the output was lost: " + e.getMessage() + "]");
        }
    }

    private synchronized void add(String line) {
        if (lines.size() == KEPT) {
            lines.removeFirst();
        }
        lines.addLast(line);
    }
}
