package io.cornucopia.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Files and directories that survive a loss of power: a new file needs its bytes on the disk and its name in a directory that
 * is, and so does a new directory. Thread-safe; everything blocks.
 */
final class DurableDirectories {
    private final Path root;
    /** Those whose name this process brought to the disk: that somebody else made one does not say that it is there. */
    private final Set<Path> named = ConcurrentHashMap.newKeySet();

    /** @param root absolute; it is made when something below it is */
    DurableDirectories(Path root) {
        this.root = root;
    }

    /** Makes a directory and those that it lies in, as far as they are not there. */
    void make(Path directory) throws IOException {
        boolean ours = directory.startsWith(root) && !directory.equals(root);
        if (Files.isDirectory(directory) && (!ours || named.contains(directory))) {
            return;
        }
        make(directory.getParent());
        try {
            Files.createDirectory(directory);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory)) {
                throw new IOException(directory + " is in the way: it is not a directory", e);
            }
        }
        sync(directory.getParent());
        named.add(directory);
    }

    /** Brings the names in a directory to the disk. */
    static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Writes a new file to the disk; its name is there once its directory was {@linkplain #sync synced}. */
    static void write(Path file, byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer source = ByteBuffer.wrap(bytes);
            while (source.hasRemaining()) {
                channel.write(source);
            }
            channel.force(true);
        }
    }
}
