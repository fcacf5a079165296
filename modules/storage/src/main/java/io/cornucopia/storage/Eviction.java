package io.cornucopia.storage;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses which kept files go when there are too many bytes: those that were not used longest.
 *
 * <p>There is no index in memory. When room is needed the tree is walked and the {@value #CANDIDATES} oldest are
 * remembered; later calls take from those, looking at each once more before it goes, and only then walk again. When a file
 * was last used is its access time on disk, set when it is opened and when it stops being open, or, while it is open, what
 * {@link OpenFiles} knows. Everything here blocks.
 */
final class Eviction {
    private static final int CANDIDATES = 10_000;
    private static final Logger LOG = LoggerFactory.getLogger(Eviction.class);

    private record Candidate(Path path, Instant used) {}

    private final Path packages;
    private final OptionalLong maxSize;
    private final OpenFiles openFiles;
    private final Deque<Candidate> candidates = new ArrayDeque<>();
    /** What was there when the tree was last walked, in bytes. */
    private long walkedAt;

    Eviction(Path packages, OptionalLong maxSize, OpenFiles openFiles) {
        this.packages = packages;
        this.maxSize = maxSize;
        this.openFiles = openFiles;
    }

    /** Whether anything ever goes. */
    boolean isLimited() {
        return maxSize.isPresent();
    }

    /** The bytes of all files that are there. */
    synchronized long measure() throws IOException {
        long[] total = {0};
        walk((path, attributes) -> total[0] += attributes.size());
        walkedAt = total[0];
        return total[0];
    }

    /**
     * Removes files until {@code size} is within the limit.
     *
     * @param size what is there now, in bytes
     * @return how many bytes less there are now
     */
    synchronized long makeRoom(long size, Consumer<Path> evicted) {
        if (maxSize.isEmpty()) {
            return 0;
        }
        long freed = 0;
        boolean walked = false;
        try {
            if (size - walkedAt > maxSize.getAsLong() / 8) {
                // Who shares the directory adds to it as well.
                walked = true;
                freed = size - findCandidates();
            }
            while (size - freed > maxSize.getAsLong()) {
                if (candidates.isEmpty()) {
                    if (walked) {
                        break;
                    }
                    walked = true;
                    // What was deleted by hand no longer counts.
                    freed = size - findCandidates();
                    continue;
                }
                freed += removeIfStillOld(candidates.removeFirst(), evicted);
            }
        } catch (IOException e) {
            LOG.warn("{}: cannot make room: {}", packages, e.toString());
        }
        return freed;
    }

    private long removeIfStillOld(Candidate candidate, Consumer<Path> evicted) throws IOException {
        Path path = candidate.path();
        BasicFileAttributes attributes;
        try {
            attributes = Files.readAttributes(path, BasicFileAttributes.class);
        } catch (NoSuchFileException e) {
            return 0;
        }
        if (used(path, attributes).isAfter(candidate.used())) {
            return 0;
        }
        openFiles.forget(path.getFileName().toString());
        if (!Files.deleteIfExists(path)) {
            return 0;
        }
        evicted.accept(path);
        return attributes.size();
    }

    private long findCandidates() throws IOException {
        long[] total = {0};
        PriorityQueue<Candidate> oldest =
                new PriorityQueue<>(Comparator.comparing(Candidate::used).reversed());
        walk((path, attributes) -> {
            total[0] += attributes.size();
            oldest.add(new Candidate(path, used(path, attributes)));
            if (oldest.size() > CANDIDATES) {
                oldest.poll();
            }
        });
        candidates.clear();
        while (!oldest.isEmpty()) {
            candidates.addFirst(oldest.poll());
        }
        walkedAt = total[0];
        return total[0];
    }

    private Instant used(Path path, BasicFileAttributes attributes) {
        Instant onDisk = attributes.lastAccessTime().toInstant();
        return openFiles
                .lastUsed(path.getFileName().toString())
                .filter(inMemory -> inMemory.isAfter(onDisk))
                .orElse(onDisk);
    }

    private interface Visitor {
        void file(Path path, BasicFileAttributes attributes);
    }

    private void walk(Visitor visitor) throws IOException {
        if (!Files.isDirectory(packages)) {
            return;
        }
        Files.walkFileTree(packages, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                visitor.file(file, attributes);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException reason) {
                // Deleted between being listed and being looked at.
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
