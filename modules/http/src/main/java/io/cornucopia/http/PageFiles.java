package io.cornucopia.http;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Temporary files without a name for long pages, which the system sends from there without copying them. Java closes one when
 * the collector finds that nobody holds its channel any more; since the collector may be in no hurry, there are so many at
 * most, and what is beyond stays in memory, as it does where no file can be written. For any thread; writing blocks.
 */
final class PageFiles {
    /** For less a file is not worth its descriptor. */
    static final int MIN_LENGTH = 128 * 1024;

    private static final int PIECE = 64 * 1024;
    private static final int MOST = 256;
    private static final Cleaner CLEANER = Cleaner.create();
    private static final Logger LOG = LoggerFactory.getLogger(PageFiles.class);

    private final Path directory;
    private final Semaphore free;

    /** Up to 256 of them in Java's directory for temporary files. */
    PageFiles() {
        this(Path.of(System.getProperty("java.io.tmpdir")), MOST);
    }

    PageFiles(Path directory, int most) {
        this.directory = directory;
        this.free = new Semaphore(most);
    }

    /** Keeps these bytes, in a file if they are worth it. */
    PageBytes keep(byte[] bytes) {
        if (bytes.length >= MIN_LENGTH && free.tryAcquire()) {
            try {
                return new PageBytes.InFile(write(bytes), bytes.length);
            } catch (IOException e) {
                free.release();
                LOG.debug("a page stays in memory, since it cannot be written to {}", directory, e);
            }
        }
        return new PageBytes.InMemory(Buffer.buffer(bytes));
    }

    /** How many more there may be. */
    int free() {
        return free.availablePermits();
    }

    private FileChannel write(byte[] bytes) throws IOException {
        Path path = Files.createTempFile(directory, "cornucopia-page", null);
        FileChannel channel;
        try {
            channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } finally {
            Files.delete(path);
        }
        try {
            ByteBuffer rest = ByteBuffer.wrap(bytes);
            while (rest.position() < bytes.length) {
                // Java keeps as much memory outside the heap, for each thread, as was ever written at once.
                rest.limit(Math.min(bytes.length, rest.position() + PIECE));
                channel.write(rest, rest.position());
            }
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        CLEANER.register(channel, free::release);
        return channel;
    }
}
