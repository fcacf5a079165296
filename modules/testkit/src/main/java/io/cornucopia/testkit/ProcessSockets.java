package io.cornucopia.testkit;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Which process a connection belongs to, as Linux tells it. */
final class ProcessSockets {
    private static final int LOCAL = 1;
    private static final int REMOTE = 2;
    private static final int INODE = 9;

    private ProcessSockets() {}

    /** Whether that process has a connection from {@code localPort} to {@code remotePort}. */
    static boolean has(long pid, int localPort, int remotePort) {
        Path process = Path.of("/proc", Long.toString(pid));
        Optional<String> inode = inode(process.resolve("net/tcp6"), localPort, remotePort)
                .or(() -> inode(process.resolve("net/tcp"), localPort, remotePort));
        return inode.isPresent() && holds(process.resolve("fd"), "socket:[" + inode.get() + "]");
    }

    private static Optional<String> inode(Path table, int localPort, int remotePort) {
        String local = String.format(Locale.ROOT, ":%04X", localPort);
        String remote = String.format(Locale.ROOT, ":%04X", remotePort);
        try {
            return Files.readAllLines(table).stream()
                    .map(line -> List.of(line.strip().split(" +")))
                    .filter(fields -> fields.size() > INODE
                            && fields.get(LOCAL).endsWith(local)
                            && fields.get(REMOTE).endsWith(remote))
                    .map(fields -> fields.get(INODE))
                    .findFirst();
        } catch (IOException e) {
            // The process is gone.
            return Optional.empty();
        }
    }

    private static boolean holds(Path descriptors, String link) {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(descriptors)) {
            for (Path descriptor : all) {
                if (leadsTo(descriptor, link)) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean leadsTo(Path descriptor, String link) {
        try {
            return Files.readSymbolicLink(descriptor).toString().equals(link);
        } catch (IOException e) {
            // It was closed meanwhile.
            return false;
        }
    }
}
