package io.cornucopia.http;

import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.ByteBuffer;

/** Bytes of a page, which do not change, to be sent as often as one likes. For any thread. */
sealed interface PageBytes {
    int length();

    /** The bytes for whoever sends them now. */
    Buffer buffer();

    record OnHeap(Buffer buffer) implements PageBytes {
        @Override
        public int length() {
            return buffer.length();
        }
    }

    record OffHeap(ByteBuffer bytes) implements PageBytes {
        @Override
        public int length() {
            return bytes.remaining();
        }

        /** Another view for each: of one, two event loops would move the same position. */
        @Override
        public Buffer buffer() {
            return BufferInternal.buffer(Unpooled.wrappedBuffer(bytes.duplicate()));
        }
    }
}
