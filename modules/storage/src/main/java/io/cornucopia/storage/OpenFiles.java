package io.cornucopia.storage;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.cornucopia.core.ProjectName;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Files that were served lately, kept open so that serving them again costs no system call for opening. Thread-safe.
 *
 * <p>Whoever decides which file goes by a name does so a while before it is open. If that was overtaken by the news that the
 * project's page changed, the file must not be kept open any more: it would be served unasked. So one notes
 * {@link #forgotten()} before deciding, and hands it to {@link #put}.
 */
public final class OpenFiles {
    private static final class Open {
        private final ProjectName project;
        private final StoredFile file;
        private final Consumer<Instant> whenUsed;
        private volatile long usedAtMillis = System.currentTimeMillis();
        private volatile long notedMillis = usedAtMillis;

        Open(ProjectName project, StoredFile file, Consumer<Instant> whenUsed) {
            this.project = project;
            this.file = file;
            this.whenUsed = whenUsed;
        }

        void noteUse() {
            long used = usedAtMillis;
            if (used != notedMillis) {
                notedMillis = used;
                whenUsed.accept(Instant.ofEpochMilli(used));
            }
        }

        void close() {
            whenUsed.accept(Instant.ofEpochMilli(usedAtMillis));
            file.close();
        }
    }

    /** Whoever decides nothing: the file is what it is, whatever is forgotten. */
    static final long WHATEVER = Long.MAX_VALUE;

    /** Whoever does not decide that it may be kept open. */
    static final long NEVER = -1;

    private static final Pattern SEPARATORS = Pattern.compile("[-_.]+");

    private final Cache<String, Open> files;
    // Written under the monitor, which orders what is put and what is forgotten; held for bookkeeping only.
    private volatile long forgotten;

    /**
     * @param limit how many are kept open at most
     * @param idle after how long without use one is closed
     */
    public OpenFiles(int limit, Duration idle) {
        files = Caffeine.newBuilder()
                .maximumSize(limit)
                .expireAfterAccess(idle)
                .<String, Open>removalListener((name, open, cause) -> open.close())
                .build();
    }

    /** The open file of that name, with a reference for the caller to close; empty if it is not open. Never blocks. */
    public Optional<StoredFile> get(String filename) {
        Open open = files.getIfPresent(filename);
        if (open == null || !open.file.retain()) {
            return Optional.empty();
        }
        open.usedAtMillis = System.currentTimeMillis();
        return Optional.of(open.file);
    }

    /** How often projects were forgotten so far. */
    public long forgotten() {
        return forgotten;
    }

    /** Keeps {@code file} open, whatever was forgotten; otherwise like the other one. */
    public void put(ProjectName project, StoredFile file, Consumer<Instant> whenUsed) {
        put(project, file, WHATEVER, whenUsed);
    }

    /**
     * Keeps {@code file} open, unless a project was forgotten since; takes a reference of its own.
     *
     * @param project whose it is
     * @param since what {@link #forgotten()} was before it was decided that this is the file of that name
     * @param whenUsed told when it was last asked for, once it is no longer kept open and by {@link #noteUse}; may block
     */
    public synchronized void put(ProjectName project, StoredFile file, long since, Consumer<Instant> whenUsed) {
        if (since >= forgotten && file.retain()) {
            files.put(file.filename(), new Open(project, file, whenUsed));
        }
    }

    /** Forgets the file of that name; whoever reads it goes on. */
    public void forget(String filename) {
        files.invalidate(filename);
    }

    /**
     * Forgets all files of that project, since what its page says of them changed, and all whose names may be read as its
     * files; whoever reads them goes on.
     */
    public synchronized void forget(ProjectName project) {
        forgotten = forgotten + 1;
        String prefix = project.value() + "-";
        files.asMap()
                .entrySet()
                .removeIf(entry -> entry.getValue().project.equals(project)
                        || SEPARATORS
                                .matcher(entry.getKey())
                                .replaceAll("-")
                                .toLowerCase(Locale.ROOT)
                                .startsWith(prefix));
    }

    /** Tells of all files when they were last asked for, if that was since it was told. */
    void noteUse() {
        files.asMap().values().forEach(Open::noteUse);
    }

    /** Forgets all files; whoever reads them goes on. */
    public synchronized void forgetAll() {
        forgotten = forgotten + 1;
        files.invalidateAll();
    }

    /** When the file of that name was last asked for, if it is open. */
    Optional<Instant> lastUsed(String filename) {
        return Optional.ofNullable(files.policy().getIfPresentQuietly(filename))
                .map(open -> Instant.ofEpochMilli(open.usedAtMillis));
    }
}
