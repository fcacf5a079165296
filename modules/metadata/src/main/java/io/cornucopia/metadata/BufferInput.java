package io.cornucopia.metadata;

import io.vertx.core.buffer.Buffer;
import java.io.InputStream;
import java.util.Objects;

/** Reads a buffer without copying all of it first: pages can be tens of megabytes. */
final class BufferInput extends InputStream {
    private final Buffer buffer;
    private int position;

    BufferInput(Buffer buffer) {
        this.buffer = buffer;
    }

    @Override
    public int read() {
        return position < buffer.length() ? buffer.getByte(position++) & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        int count = Math.min(length, buffer.length() - position);
        if (count <= 0) {
            return -1;
        }
        buffer.getBytes(position, position + count, target, offset);
        position += count;
        return count;
    }

    @Override
    public int available() {
        return buffer.length() - position;
    }
}
