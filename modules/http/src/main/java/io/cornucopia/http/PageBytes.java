package io.cornucopia.http;

import io.vertx.core.buffer.Buffer;
import java.nio.channels.FileChannel;

/** Bytes of a page, which do not change, to be sent as often as one likes. For any thread. */
sealed interface PageBytes {
    int length();

    /** In memory. */
    record InMemory(Buffer buffer) implements PageBytes {
        @Override
        public int length() {
            return buffer.length();
        }
    }

    /** All that is in a file, to be read by absolute positions only. Nobody closes it: {@link PageFiles}. */
    record InFile(FileChannel channel, int length) implements PageBytes {}
}
