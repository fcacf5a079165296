package io.cornucopia.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What a process and its children have used so far.
 *
 * @param cpuMillis processor time, in user and kernel mode
 * @param residentBytes resident memory, added up; what workers share counts for each
 * @param proportionalBytes the same with what is shared divided among those that share it; 0 where that is not told
 */
record Usage(long cpuMillis, long residentBytes, long proportionalBytes) {

    // USER_HZ is 100 on every Linux that Java runs on.
    private static final long MILLIS_A_TICK = 10;

    /** Reads {@code /proc}. A child that ends meanwhile counts nothing. */
    static Usage of(ProcessHandle root) {
        return Stream.concat(Stream.of(root), root.descendants())
                .map(each -> Path.of("/proc", Long.toString(each.pid())))
                .map(Usage::ofProcess)
                .reduce(new Usage(0, 0, 0), Usage::plus);
    }

    Usage plus(Usage other) {
        return new Usage(
                cpuMillis + other.cpuMillis,
                residentBytes + other.residentBytes,
                proportionalBytes + other.proportionalBytes);
    }

    private static Usage ofProcess(Path proc) {
        return new Usage(
                cpuMillis(read(proc.resolve("stat"))),
                kilobytes(read(proc.resolve("status")), "VmRSS:") * 1024,
                kilobytes(read(proc.resolve("smaps_rollup")), "Pss:") * 1024);
    }

    /** The fields 14 and 15, counted behind the name, which may itself hold spaces and parentheses. */
    static long cpuMillis(String stat) {
        int end = stat.lastIndexOf(')');
        if (end < 0) {
            return 0;
        }
        String[] fields = stat.substring(end + 2).split(" ", -1);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * MILLIS_A_TICK;
    }

    static long kilobytes(String text, String key) {
        return text.lines()
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(key.length()).replace("kB", "").strip())
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElse(0);
    }

    private static String read(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            return "";
        }
    }
}
