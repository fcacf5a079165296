package io.cornucopia.testkit;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Writes a zip archive field by field: entries of any size that are made up while they are read, and archives that lie. The
 * same input gives the same bytes.
 */
public final class RawZip {

    /** What {@code external} says of a symbolic link. */
    public static final int SYMLINK = 0120777 << 16;

    /** The flag of an entry that is encrypted. */
    public static final int ENCRYPTED = 1;

    private static final int DEFLATED = 8;
    private static final int STEP = 1 << 20;

    private final List<Entry> entries = new ArrayList<>();
    private byte[] prefix = new byte[0];

    /**
     * An entry as the archive has it.
     *
     * @param data its bytes as they lie in the archive
     * @param method 0 for stored, 8 for deflated
     * @param size how long it is said to be when unpacked
     * @param flags its flags
     * @param external its external attributes
     * @param extra its extra fields, in the central directory
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Entry(
            String name, Content data, int method, long crc, long size, int flags, int external, byte[] extra) {
        /** The same entry, said to be that long. */
        public Entry sized(long said) {
            return new Entry(name, data, method, crc, said, flags, external, extra);
        }

        /** The same entry with these flags. */
        public Entry flagged(int bits) {
            return new Entry(name, data, method, crc, size, bits, external, extra);
        }

        /** The same entry with these external attributes. */
        public Entry external(int bits) {
            return new Entry(name, data, method, crc, size, flags, bits, extra);
        }

        /** The same entry, its central directory record ending in these extra fields. */
        public Entry extra(byte[] fields) {
            return new Entry(name, data, method, crc, size, flags, external, fields.clone());
        }
    }

    /** An entry that is stored as it is. */
    public static Entry stored(String name, Content content) {
        return new Entry(name, content, 0, crc(content), content.length(), 0, 0100644 << 16, new byte[0]);
    }

    /** An entry of text that is stored as it is. */
    public static Entry stored(String name, String text) {
        return stored(name, Content.ofText(text));
    }

    /** An entry that is compressed, by {@code content} being read once. */
    public static Entry deflated(String name, Content content) {
        return new Entry(
                name,
                Content.ofBytes(deflate(content)),
                DEFLATED,
                crc(content),
                content.length(),
                0,
                0100644 << 16,
                new byte[0]);
    }

    /** Extra fields that say in 64 bits what the 32 bits of a record, all set, do not. */
    public static byte[] zip64(long size, long compressed) {
        return ByteBuffer.allocate(20)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort((short) 1)
                .putShort((short) 16)
                .putLong(size)
                .putLong(compressed)
                .array();
    }

    /** Adds an entry. */
    public RawZip entry(Entry entry) {
        entries.add(entry);
        return this;
    }

    /** Puts bytes in front of the archive, which counts them in, so that it is an archive all the same. */
    public RawZip prefix(byte[] bytes) {
        prefix = bytes.clone();
        return this;
    }

    /** The archive. */
    public Content build() {
        List<Content> pieces = new ArrayList<>();
        ByteArrayOutputStream directory = new ByteArrayOutputStream();
        pieces.add(Content.ofBytes(prefix));
        long at = prefix.length;
        for (Entry entry : entries) {
            byte[] head = local(entry);
            directory.writeBytes(central(entry, at));
            pieces.add(Content.ofBytes(head));
            pieces.add(entry.data);
            at += head.length + entry.data.length();
        }
        pieces.add(Content.ofBytes(directory.toByteArray()));
        pieces.add(Content.ofBytes(end(directory.size(), at)));
        return Content.concat(pieces);
    }

    private static byte[] local(Entry entry) {
        byte[] name = entry.name.getBytes(StandardCharsets.UTF_8);
        ByteBuffer head = ByteBuffer.allocate(30 + name.length).order(ByteOrder.LITTLE_ENDIAN);
        head.putInt(0x04034b50).putShort((short) 20);
        common(head, entry, name.length);
        return head.putShort((short) 0).put(name).array();
    }

    private static byte[] central(Entry entry, long offset) {
        byte[] name = entry.name.getBytes(StandardCharsets.UTF_8);
        ByteBuffer record =
                ByteBuffer.allocate(46 + name.length + entry.extra.length).order(ByteOrder.LITTLE_ENDIAN);
        // Made on Unix, so that the external attributes are a mode.
        record.putInt(0x02014b50).putShort((short) (3 << 8 | 20)).putShort((short) 20);
        common(record, entry, name.length);
        record.putShort((short) entry.extra.length)
                .putShort((short) 0)
                .putShort((short) 0)
                .putShort((short) 0)
                .putInt(entry.external)
                .putInt((int) offset);
        return record.put(name).put(entry.extra).array();
    }

    private static void common(ByteBuffer record, Entry entry, int nameLength) {
        boolean wide = entry.extra.length > 0;
        record.putShort((short) entry.flags)
                .putShort((short) entry.method)
                .putShort((short) 0)
                .putShort((short) (40 << 9 | 1 << 5 | 1))
                .putInt((int) entry.crc)
                .putInt(wide ? -1 : (int) entry.data.length())
                .putInt(wide ? -1 : (int) entry.size)
                .putShort((short) nameLength);
    }

    private byte[] end(int directorySize, long directoryAt) {
        return ByteBuffer.allocate(22)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0x06054b50)
                .putShort((short) 0)
                .putShort((short) 0)
                .putShort((short) entries.size())
                .putShort((short) entries.size())
                .putInt(directorySize)
                .putInt((int) directoryAt)
                .putShort((short) 0)
                .array();
    }

    private static long crc(Content content) {
        CRC32 crc = new CRC32();
        for (long at = 0; at < content.length(); at += STEP) {
            crc.update(piece(content, at));
        }
        return crc.getValue();
    }

    private static byte[] deflate(Content content) {
        Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        byte[] buffer = new byte[1 << 16];
        try {
            for (long at = 0; at < content.length(); at += STEP) {
                deflater.setInput(piece(content, at));
                while (!deflater.needsInput()) {
                    packed.write(buffer, 0, deflater.deflate(buffer));
                }
            }
            deflater.finish();
            while (!deflater.finished()) {
                packed.write(buffer, 0, deflater.deflate(buffer));
            }
        } finally {
            deflater.end();
        }
        return packed.toByteArray();
    }

    private static byte[] piece(Content content, long at) {
        Buffer piece = content.slice(at, (int) Math.min(STEP, content.length() - at));
        return piece.getBytes();
    }
}
