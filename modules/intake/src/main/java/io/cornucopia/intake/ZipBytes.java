package io.cornucopia.intake;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The bytes of a zip file, and the numbers as they stand in it. Blocks. A fault of the disk is an {@link UncheckedIOException}, a
 * place that the file does not have a {@link BadArchiveException}.
 */
final class ZipBytes implements Closeable {
    private final FileChannel channel;
    private final long length;

    private ZipBytes(FileChannel channel, long length) {
        this.channel = channel;
        this.length = length;
    }

    static ZipBytes open(Path file) {
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
            return new ZipBytes(channel, channel.size());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long length() {
        return length;
    }

    /** A copy of so many bytes from there. */
    ByteBuffer at(long position, int count) throws BadArchiveException {
        if (position < 0 || count < 0 || position > length - count) {
            throw new BadArchiveException("it is cut short, or points beyond its end");
        }
        ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        try {
            while (bytes.hasRemaining()) {
                if (channel.read(bytes, position + bytes.position()) < 0) {
                    throw new UncheckedIOException(new IOException("the file became shorter while it was read"));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.flip();
    }

    static int unsigned(short value) {
        return Short.toUnsignedInt(value);
    }

    static long unsigned(int value) {
        return Integer.toUnsignedLong(value);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
