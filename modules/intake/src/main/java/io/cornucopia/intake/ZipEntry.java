package io.cornucopia.intake;

import java.nio.ByteBuffer;

/**
 * An entry of a zip file, as its directory tells it.
 *
 * @param name its name, safe as a path
 * @param rawName its name as it stands there; whoever reads it takes a duplicate
 * @param packed how many bytes it has in the file
 * @param size how many it has when it is unpacked
 * @param offset where its header is
 */
record ZipEntry(String name, ByteBuffer rawName, int method, long crc, long packed, long size, long offset) {
    static final int STORED = 0;
    static final int DEFLATED = 8;

    boolean isDirectory() {
        return name.endsWith("/");
    }
}
