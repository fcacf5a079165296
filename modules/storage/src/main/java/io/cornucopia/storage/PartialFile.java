package io.cornucopia.storage;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file that a download's bytes go to. Its channel is shared by the writer and all readers and closes with the last of
 * them; every method that touches the disk blocks.
 */
final class PartialFile {
    private static final Logger LOG = LoggerFactory.getLogger(PartialFile.class);

    private final Path path;
    private final FileChannel channel;
    private final IOException unopened;
    private final AtomicInteger references = new AtomicInteger(1);

    /** Creates it. If the disk does not take it, that shows when the first bytes are appended. */
    PartialFile(Path path) {
        this.path = path;
        FileChannel opened = null;
        IOException reason = null;
        try {
            Files.createDirectories(path.getParent());
            opened = FileChannel.open(
                    path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } catch (IOException e) {
            reason = e;
        }
        channel = opened;
        unopened = reason;
    }

    /** Where it lies until it is moved or discarded. */
    Path path() {
        return path;
    }

    /** The open file; null if the disk did not take it. */
    FileChannel channel() {
        return channel;
    }

    void retain() {
        references.incrementAndGet();
    }

    void release() {
        if (references.decrementAndGet() == 0 && channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                LOG.warn("{}: cannot be closed: {}", path, e.toString());
            }
        }
    }

    /** Writes all of {@code batch} from {@code position} on, or fails; what it wrote then counts for nothing. */
    void append(long position, List<Buffer> batch) throws IOException {
        if (channel == null) {
            throw unopened;
        }
        long at = position;
        for (Buffer bytes : batch) {
            ByteBuffer source = ((BufferInternal) bytes).getByteBuf().nioBuffer();
            while (source.hasRemaining()) {
                at += channel.write(source, at);
            }
        }
    }

    /** Reads {@code length} bytes at {@code position}. */
    Chunk read(long position, int length) throws IOException {
        if (channel == null) {
            throw unopened;
        }
        ByteBuf target = PooledByteBufAllocator.DEFAULT.directBuffer(length, length);
        try {
            while (target.isWritable()) {
                long at = position + target.writerIndex();
                if (target.writeBytes(channel, at, target.writableBytes()) < 0) {
                    throw new IOException(path + " ends at " + at);
                }
            }
        } catch (IOException | RuntimeException e) {
            target.release();
            throw e;
        }
        return Chunk.pooled(target);
    }

    /** Makes it durable and gives it its final name in one step. */
    void moveTo(Path target) throws IOException {
        channel.force(true);
        Files.createDirectories(target.getParent());
        Files.move(path, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Removes its name. Never fails: what cannot be removed is swept at the next start. */
    void discard() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOG.warn("{}: cannot be removed: {}", path, e.toString());
        }
    }
}
