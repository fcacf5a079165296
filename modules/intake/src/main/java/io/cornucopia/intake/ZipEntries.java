package io.cornucopia.intake;

import static io.cornucopia.intake.ZipBytes.unsigned;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The entries of a zip file's directory, from the first to the last, through a window that is moved over it. */
final class ZipEntries {
    static final int HEADER = 0x02014b50;
    static final int HEADER_LENGTH = 46;
    /** Flags that say that an entry, or its header, is encrypted. */
    static final int ENCRYPTED = 0x2041;

    private static final int UTF_8 = 0x800;
    private static final int FILE_TYPE = 0xf000;
    private static final int REGULAR = 0x8000;
    private static final int DIRECTORY = 0x4000;
    private static final int LINK = 0xa000;
    private static final int WINDOW = 1 << 18;

    private final ZipBytes zip;
    private final long end;
    private long filledTo;
    private ByteBuffer window = ByteBuffer.allocate(0);

    ZipEntries(ZipBytes zip, ZipDirectory directory) {
        this.zip = zip;
        this.filledTo = directory.start();
        this.end = directory.end();
    }

    boolean isAtEnd() {
        return filledTo == end && !window.hasRemaining();
    }

    ZipEntry next() throws BadArchiveException {
        ByteBuffer fixed = take(HEADER_LENGTH);
        if (fixed.getInt(0) != HEADER) {
            throw new BadArchiveException("its directory is broken");
        }
        int flags = fixed.getShort(8);
        int method = unsigned(fixed.getShort(10));
        long crc = unsigned(fixed.getInt(16));
        long packed = unsigned(fixed.getInt(20));
        long size = unsigned(fixed.getInt(24));
        int nameLength = unsigned(fixed.getShort(28));
        int extraLength = unsigned(fixed.getShort(30));
        int commentLength = unsigned(fixed.getShort(32));
        int disk = unsigned(fixed.getShort(34));
        int type = (fixed.getInt(38) >>> 16) & FILE_TYPE;
        long offset = unsigned(fixed.getInt(42));
        byte[] rawName = copy(nameLength);
        String name = EntryPath.checked(rawName, (flags & UTF_8) != 0);
        ZipExtra extra = new ZipExtra(ByteBuffer.wrap(copy(extraLength)).order(ByteOrder.LITTLE_ENDIAN), name);
        take(commentLength);

        extra.checkUnicodePath();
        if ((flags & ENCRYPTED) != 0) {
            throw new BadArchiveException("the entry " + Quoted.text(name) + " is encrypted");
        }
        if (disk != 0) {
            throw new BadArchiveException("it is a part of several zip files");
        }
        checkType(name, type);
        size = extra.wide(size);
        packed = extra.wide(packed);
        offset = extra.wide(offset);
        if (packed < 0 || size < 0 || (method == ZipEntry.STORED && packed != size)) {
            throw new BadArchiveException("the sizes of the entry " + Quoted.text(name) + " cannot be right");
        }
        return new ZipEntry(name, ByteBuffer.wrap(rawName), method, crc, packed, size, offset);
    }

    private static void checkType(String name, int type) throws BadArchiveException {
        if (type == LINK) {
            throw new BadArchiveException("the entry " + Quoted.text(name) + " is a symbolic link");
        }
        if (type != 0 && type != REGULAR && type != DIRECTORY) {
            throw new BadArchiveException("the entry " + Quoted.text(name) + " is neither a file nor a directory");
        }
    }

    private byte[] copy(int count) throws BadArchiveException {
        byte[] bytes = new byte[count];
        take(count).get(bytes);
        return bytes;
    }

    /** The next bytes; good until the next call. */
    private ByteBuffer take(int count) throws BadArchiveException {
        if (window.remaining() < count) {
            long from = filledTo - window.remaining();
            int fill = (int) Math.min(WINDOW, end - from);
            if (fill < count) {
                throw new BadArchiveException("its directory is cut short");
            }
            window = zip.at(from, fill);
            filledTo = from + fill;
        }
        ByteBuffer taken = window.slice(window.position(), count).order(ByteOrder.LITTLE_ENDIAN);
        window.position(window.position() + count);
        return taken;
    }
}
