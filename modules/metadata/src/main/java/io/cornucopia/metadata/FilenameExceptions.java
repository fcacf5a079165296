package io.cornucopia.metadata;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.cornucopia.core.DistributionFile;
import io.cornucopia.core.DistributionFilename;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.ProjectPage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files whose names do not lead to their project at the first try, as pages taught it. Kept in a file of lines, which may be
 * deleted at any time: it is learned again. Several nodes may share that file. Thread-safe; {@link #open()} and
 * {@link #learn} block.
 */
final class FilenameExceptions {
    private static final Logger LOG = LoggerFactory.getLogger(FilenameExceptions.class);
    private static final int LIMIT = 100_000;

    private final Path file;
    private final AtomicWrite writes;
    private final Cache<String, ProjectName> projects =
            Caffeine.newBuilder().maximumSize(LIMIT).executor(Runnable::run).build();

    FilenameExceptions(Path directory, AtomicWrite writes) {
        this.writes = writes;
        this.file = directory.resolve(".filenames");
    }

    /** Reads what was learned before, and writes it anew without what was said twice, if something was. */
    void open() {
        Map<String, ProjectName> read = new LinkedHashMap<>();
        int lines = read(read);
        if (lines > read.size()) {
            try {
                writes.replace(file, out -> {
                    for (Map.Entry<String, ProjectName> entry : read.entrySet()) {
                        out.write(line(entry.getKey(), entry.getValue()));
                    }
                });
            } catch (IOException e) {
                LOG.warn("cannot write {} anew: {}", file, e.toString());
            }
        }
        projects.putAll(read);
    }

    /** @return how many lines there are, also of those that say nothing new */
    private int read(Map<String, ProjectName> into) {
        int[] count = {0};
        if (!Files.exists(file)) {
            return 0;
        }
        try (Stream<String> lines = Files.lines(file, StandardCharsets.ISO_8859_1)) {
            lines.forEach(line -> {
                count[0]++;
                String[] parts = line.split("\t", -1);
                if (parts.length == 2 && into.size() < LIMIT && DistributionFilename.isSafe(parts[0])) {
                    ProjectName.parse(parts[1]).ifPresent(project -> into.put(parts[0], project));
                }
            });
        } catch (IOException | RuntimeException e) {
            LOG.warn("cannot read all of {}: {}", file, e.toString());
        }
        return count[0];
    }

    /** Where that file was listed, if its name would lead elsewhere. */
    Optional<ProjectName> project(String filename) {
        return Optional.ofNullable(projects.getIfPresent(filename));
    }

    /** Takes notice of what a page lists. */
    void learn(ProjectPage page) {
        StringBuilder learned = new StringBuilder();
        for (DistributionFile each : page.files()) {
            String filename = each.filename();
            if (isException(filename, page.name())
                    && !page.name().equals(projects.asMap().put(filename, page.name()))) {
                learned.append(new String(line(filename, page.name()), StandardCharsets.ISO_8859_1));
            }
        }
        if (learned.length() > 0) {
            append(learned.toString().getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    private static boolean isException(String filename, ProjectName project) {
        List<DistributionFilename> readings = DistributionFilename.candidates(filename);
        return DistributionFilename.isSafe(filename)
                && (readings.isEmpty() || !readings.get(0).project().equals(project));
    }

    private synchronized void append(byte[] lines) {
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            LOG.warn("cannot keep in {} what pages taught: {}", file, e.toString());
        }
    }

    private static byte[] line(String filename, ProjectName project) {
        return (filename + "\t" + project + "\n").getBytes(StandardCharsets.ISO_8859_1);
    }
}
