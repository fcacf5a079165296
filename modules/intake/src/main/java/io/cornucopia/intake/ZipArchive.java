package io.cornucopia.intake;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * A zip file, read so strictly that everybody who unpacks it sees the same: those who go by the directory at its end
 * (pip) and those who go by the headers on the way (uv). The entries lie one behind the other from the first byte on, in
 * the order of the directory, headers and directory agree, and nothing comes before, between or after them.
 *
 * <p>Memory is bounded whatever the file is: the directory is read as a stream, and nothing but what is asked for is
 * inflated. That is why this is not a library's reader, which keeps an object an entry. Blocks. A fault of the disk is an
 * {@link UncheckedIOException}, a fault of the file a {@link BadArchiveException}.
 */
final class ZipArchive implements Closeable {
    private static final int LOCAL_HEADER = 0x04034b50;
    private static final int DIRECTORY_HEADER = 0x02014b50;
    private static final int DESCRIPTOR = 0x08074b50;
    private static final int END = 0x06054b50;
    private static final int ZIP64_END = 0x06064b50;
    private static final int ZIP64_LOCATOR = 0x07064b50;

    private static final int LOCAL_LENGTH = 30;
    private static final int DIRECTORY_LENGTH = 46;
    private static final int END_LENGTH = 22;
    private static final int ZIP64_END_LENGTH = 56;
    private static final int ZIP64_LOCATOR_LENGTH = 20;
    private static final int MAX_COMMENT = 0xffff;

    private static final int ENCRYPTED = 0x2041;
    private static final int HAS_DESCRIPTOR = 0x8;
    private static final int UTF_8 = 0x800;
    private static final int STORED = 0;
    private static final int DEFLATED = 8;
    private static final int ZIP64_EXTRA = 0x0001;
    private static final int UNICODE_PATH_EXTRA = 0x7075;
    private static final long IN_ZIP64 = 0xffffffffL;
    private static final int COUNT_IN_ZIP64 = 0xffff;

    private static final int FILE_TYPE = 0xf000;
    private static final int REGULAR = 0x8000;
    private static final int DIRECTORY = 0x4000;
    private static final int LINK = 0xa000;

    private static final int WINDOW = 1 << 18;

    private final FileChannel channel;
    private final long length;

    private ZipArchive(FileChannel channel, long length) {
        this.channel = channel;
        this.length = length;
    }

    /** Opens it; nothing is looked at yet. */
    static ZipArchive open(Path file) {
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
            return new ZipArchive(channel, channel.size());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * An entry.
     *
     * @param name its name, safe as a path
     * @param size how long it is when it is unpacked, as the directory says
     */
    record Entry(String name, int method, long crc, long packed, long size, long offset) {
        boolean isDirectory() {
            return name.endsWith("/");
        }
    }

    /** Sees each entry. */
    interface Visitor {
        void visit(Entry entry) throws BadArchiveException;
    }

    /**
     * Whether readers of zip files that look for a directory at the end of whatever they are given, as Python's do, take
     * this for one.
     */
    static boolean isTakenForZip(Path file) {
        try (ZipArchive archive = open(file)) {
            Optional<Long> end = archive.end();
            if (end.isEmpty()) {
                return false;
            }
            ByteBuffer fields = archive.readAt(end.get(), END_LENGTH);
            long size = unsigned(fields.getInt(12));
            long start = end.get() - size;
            return size == 0
                    || size == IN_ZIP64
                    || (start >= 0 && archive.readAt(start, 4).getInt(0) == DIRECTORY_HEADER);
        } catch (BadArchiveException e) {
            return false;
        }
    }

    /** Goes through all of it, and shows every entry in order. */
    void visit(ArchiveBounds bounds, Visitor visitor) throws BadArchiveException {
        Directory directory = directory();
        if (directory.entries() > ArchiveBounds.MAX_ENTRIES) {
            throw new BadArchiveException("it has more than " + ArchiveBounds.MAX_ENTRIES + " entries");
        }
        Cursor cursor = new Cursor(directory.start(), directory.end());
        long[] names = new long[(int) directory.entries()];
        Trail trail = new Trail();
        for (int i = 0; i < names.length; i++) {
            Entry entry = next(cursor, trail, names, i);
            bounds.entry();
            bounds.unpacked(entry.size());
            visitor.visit(entry);
        }
        trail.close(directory.start());
        if (!cursor.isAtEnd()) {
            throw new BadArchiveException("its directory is longer than its entries");
        }
        Arrays.sort(names);
        for (int i = 1; i < names.length; i++) {
            if (names[i] == names[i - 1]) {
                throw new BadArchiveException("two of its entries have the same name");
            }
        }
    }

    /** The bytes of an entry, which must be exactly what the directory says of them. */
    byte[] read(Entry entry, int limit) throws BadArchiveException {
        if (entry.size() > limit) {
            throw new BadArchiveException(
                    "the entry " + Quoted.text(entry.name()) + " is longer than " + limit + " bytes");
        }
        ByteBuffer header = readAt(entry.offset(), LOCAL_LENGTH);
        long start = entry.offset() + LOCAL_LENGTH + unsigned(header.getShort(26)) + unsigned(header.getShort(28));
        byte[] bytes = switch (entry.method()) {
            case STORED -> readAt(start, (int) entry.size()).array();
            case DEFLATED -> inflate(entry, start);
            default ->
                throw new BadArchiveException("the entry " + Quoted.text(entry.name())
                        + " is packed by a method that installers do not know: "
                        + entry.method());
        };
        CRC32 crc = new CRC32();
        crc.update(bytes);
        if (crc.getValue() != entry.crc()) {
            throw new BadArchiveException("the checksum of the entry " + Quoted.text(entry.name()) + " is wrong");
        }
        return bytes;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] inflate(Entry entry, long start) throws BadArchiveException {
        BadArchiveException lie = new BadArchiveException(
                "the entry " + Quoted.text(entry.name()) + " is not what the zip file's directory says of it");
        byte[] bytes = new byte[(int) entry.size()];
        Inflater inflater = new Inflater(true);
        try {
            long at = start;
            long end = start + entry.packed();
            int taken = 0;
            byte[] beyond = new byte[1];
            while (!inflater.finished()) {
                if (inflater.needsInput()) {
                    int chunk = (int) Math.min(WINDOW, end - at);
                    if (chunk == 0) {
                        throw lie;
                    }
                    inflater.setInput(readAt(at, chunk).array());
                    at += chunk;
                }
                // One byte more than there should be, to see whether there is.
                int inflated = taken < bytes.length
                        ? inflater.inflate(bytes, taken, bytes.length - taken)
                        : inflater.inflate(beyond);
                if (inflater.needsDictionary() || (taken == bytes.length && inflated > 0)) {
                    throw lie;
                }
                taken += inflated;
            }
            if (taken != bytes.length || inflater.getBytesRead() != entry.packed()) {
                throw lie;
            }
            return bytes;
        } catch (DataFormatException e) {
            throw new BadArchiveException("the entry " + Quoted.text(entry.name()) + " is broken", e);
        } finally {
            inflater.end();
        }
    }

    private Entry next(Cursor cursor, Trail trail, long[] names, int index) throws BadArchiveException {
        ByteBuffer fixed = cursor.take(DIRECTORY_LENGTH);
        if (fixed.getInt(0) != DIRECTORY_HEADER) {
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
        byte[] rawName = bytes(cursor.take(nameLength));
        ByteBuffer extra = copy(cursor.take(extraLength));
        cursor.take(commentLength);

        String name = EntryPath.checked(name(rawName, (flags & UTF_8) != 0));
        checkUnicodePath(extra, name);
        names[index] = hash(rawName);
        if ((flags & ENCRYPTED) != 0) {
            throw new BadArchiveException("the entry " + Quoted.text(name) + " is encrypted");
        }
        if (disk != 0) {
            throw new BadArchiveException("it is a part of several zip files");
        }
        checkType(name, type);
        Zip64 wide = new Zip64(extra, name);
        // In the order in which they stand there.
        size = wide.or(size);
        packed = wide.or(packed);
        offset = wide.or(offset);
        Entry entry = new Entry(name, method, crc, packed, size, offset);
        if (entry.packed() < 0 || entry.size() < 0 || (method == STORED && entry.packed() != entry.size())) {
            throw new BadArchiveException("the sizes of the entry " + Quoted.text(name) + " cannot be right");
        }
        trail.follow(entry, rawName);
        return entry;
    }

    private static void checkType(String name, int type) throws BadArchiveException {
        if (type == LINK) {
            throw new BadArchiveException("the entry " + Quoted.text(name) + " is a symbolic link");
        }
        if (type != 0 && type != REGULAR && type != DIRECTORY) {
            throw new BadArchiveException("the entry " + Quoted.text(name) + " is neither a file nor a directory");
        }
    }

    private static String name(byte[] raw, boolean isUtf8) throws BadArchiveException {
        try {
            // What is not UTF-8 is of some code page; only what is ASCII in all of them matters here.
            return (isUtf8 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1)
                    .newDecoder()
                    .decode(ByteBuffer.wrap(raw))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new BadArchiveException("the name of an entry is not UTF-8", e);
        }
    }

    /** Some unpackers prefer this name to the other: it may only be a better spelling of what ASCII cannot say. */
    private static void checkUnicodePath(ByteBuffer extra, String name) throws BadArchiveException {
        Optional<ByteBuffer> field = extraField(extra, UNICODE_PATH_EXTRA);
        if (field.isEmpty()) {
            return;
        }
        byte[] bytes = bytes(field.get());
        if (bytes.length < 5) {
            throw new BadArchiveException("the extra fields of the entry " + Quoted.text(name) + " are broken");
        }
        String other = EntryPath.checked(name(Arrays.copyOfRange(bytes, 5, bytes.length), true));
        if (!other.equals(name) && name.chars().allMatch(c -> c < 0x80)) {
            throw new BadArchiveException(
                    "the entry " + Quoted.text(name) + " has another name as well: " + Quoted.text(other));
        }
    }

    private static Optional<ByteBuffer> extraField(ByteBuffer extra, int wanted) throws BadArchiveException {
        int at = 0;
        while (at + 4 <= extra.limit()) {
            int id = unsigned(extra.getShort(at));
            int size = unsigned(extra.getShort(at + 2));
            if (at + 4 + size > extra.limit()) {
                throw new BadArchiveException("the extra fields of an entry are broken");
            }
            if (id == wanted) {
                return Optional.of(extra.slice(at + 4, size).order(ByteOrder.LITTLE_ENDIAN));
            }
            at += 4 + size;
        }
        return Optional.empty();
    }

    private Directory directory() throws BadArchiveException {
        long end = end().orElseThrow(() -> new BadArchiveException("it is not a zip file, or is cut short"));
        ByteBuffer fields = readAt(end, END_LENGTH);
        if (end + END_LENGTH + unsigned(fields.getShort(20)) != length) {
            throw new BadArchiveException("something follows the end of the zip file");
        }
        long entries = unsigned(fields.getShort(10));
        long size = unsigned(fields.getInt(12));
        long start = unsigned(fields.getInt(16));
        if (fields.getShort(4) != 0 || fields.getShort(6) != 0 || fields.getShort(8) != fields.getShort(10)) {
            throw new BadArchiveException("it is a part of several zip files");
        }
        Optional<Directory> wide = zip64Directory(end);
        if (wide.isEmpty()) {
            if (start == IN_ZIP64 || size == IN_ZIP64 || entries == COUNT_IN_ZIP64) {
                throw new BadArchiveException("its ZIP64 directory is missing");
            }
            return within(new Directory(start, start + size, entries), end);
        }
        Directory other = wide.get();
        if ((start != IN_ZIP64 && start != other.start())
                || (size != IN_ZIP64 && size != other.end() - other.start())
                || (entries != COUNT_IN_ZIP64 && entries != other.entries())) {
            throw new BadArchiveException("its ends disagree on where its directory is (ZIP64)");
        }
        return other;
    }

    private Optional<Directory> zip64Directory(long end) throws BadArchiveException {
        long locatorAt = end - ZIP64_LOCATOR_LENGTH;
        if (locatorAt < 0) {
            return Optional.empty();
        }
        ByteBuffer locator = readAt(locatorAt, ZIP64_LOCATOR_LENGTH);
        if (locator.getInt(0) != ZIP64_LOCATOR) {
            return Optional.empty();
        }
        long at = locator.getLong(8);
        if (at != locatorAt - ZIP64_END_LENGTH || at < 0) {
            throw new BadArchiveException("its ZIP64 directory is not where it should be");
        }
        ByteBuffer fields = readAt(at, ZIP64_END_LENGTH);
        if (fields.getInt(0) != ZIP64_END || fields.getLong(4) != ZIP64_END_LENGTH - 12) {
            throw new BadArchiveException("its ZIP64 directory is broken");
        }
        boolean alone = locator.getInt(4) == 0
                && locator.getInt(16) <= 1
                && fields.getInt(16) == 0
                && fields.getInt(20) == 0
                && fields.getLong(24) == fields.getLong(32);
        if (!alone) {
            throw new BadArchiveException("it is a part of several zip files");
        }
        long start = fields.getLong(48);
        long size = fields.getLong(40);
        if (start < 0 || size < 0 || start > length || size > length) {
            throw new BadArchiveException("its ZIP64 directory is broken");
        }
        return Optional.of(within(new Directory(start, start + size, fields.getLong(32)), at));
    }

    private static Directory within(Directory directory, long end) throws BadArchiveException {
        boolean possible = directory.end() == end
                && directory.entries() >= 0
                && directory.entries() <= (directory.end() - directory.start()) / DIRECTORY_LENGTH;
        if (!possible) {
            throw new BadArchiveException(
                    "its directory is not where it should be, or something comes before the zip file");
        }
        return directory;
    }

    /** Where the last end record is: the one that everybody looks for first. */
    private Optional<Long> end() throws BadArchiveException {
        if (length < END_LENGTH) {
            return Optional.empty();
        }
        int tail = (int) Math.min(length, END_LENGTH + MAX_COMMENT);
        ByteBuffer bytes = readAt(length - tail, tail);
        for (int at = tail - END_LENGTH; at >= 0; at--) {
            if (bytes.getInt(at) == END) {
                return Optional.of(length - tail + at);
            }
        }
        return Optional.empty();
    }

    private ByteBuffer readAt(long position, int count) throws BadArchiveException {
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

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    private static ByteBuffer copy(ByteBuffer buffer) {
        return ByteBuffer.wrap(bytes(buffer)).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Enough of a hash to tell names apart: whoever finds two names of one hash is told that they are the same. */
    private static long hash(byte[] name) {
        try {
            return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(name))
                    .getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static int unsigned(short value) {
        return Short.toUnsignedInt(value);
    }

    private static long unsigned(int value) {
        return Integer.toUnsignedLong(value);
    }

    /** Where the directory lies, and how many entries it has. */
    private record Directory(long start, long end, long entries) {}

    /** The numbers of an entry that did not fit their fields. They come in order, each only if its field says so. */
    private static final class Zip64 {
        private final Optional<ByteBuffer> numbers;
        private final String name;

        Zip64(ByteBuffer extra, String name) throws BadArchiveException {
            this.numbers = extraField(extra, ZIP64_EXTRA);
            this.name = name;
        }

        /** The number itself, or the wide one that it stands for. */
        long or(long number) throws BadArchiveException {
            if (number != IN_ZIP64) {
                return number;
            }
            if (numbers.isEmpty() || numbers.get().remaining() < 8) {
                throw new BadArchiveException("the entry " + Quoted.text(name) + " has no ZIP64 sizes");
            }
            return numbers.get().getLong();
        }
    }

    /** The headers on the way, which have to say what the directory says, and to leave no gap. */
    private final class Trail {
        private long at;
        private Optional<Entry> described = Optional.empty();

        void follow(Entry entry, byte[] rawName) throws BadArchiveException {
            close(entry.offset());
            ByteBuffer header = readAt(entry.offset(), LOCAL_LENGTH + rawName.length);
            int flags = header.getShort(6);
            boolean same = header.getInt(0) == LOCAL_HEADER
                    && unsigned(header.getShort(8)) == entry.method()
                    && unsigned(header.getShort(26)) == rawName.length
                    && Arrays.equals(
                            header.array(), LOCAL_LENGTH, LOCAL_LENGTH + rawName.length, rawName, 0, rawName.length);
            if (!same || (flags & ENCRYPTED) != 0) {
                throw disagreement(entry);
            }
            int extraLength = unsigned(header.getShort(28));
            ByteBuffer extra = readAt(entry.offset() + LOCAL_LENGTH + rawName.length, extraLength);
            checkUnicodePath(extra, entry.name());
            Zip64 wide = new Zip64(extra, entry.name());
            long size = wide.or(unsigned(header.getInt(22)));
            long packed = wide.or(unsigned(header.getInt(18)));
            long crc = unsigned(header.getInt(14));
            boolean described = (flags & HAS_DESCRIPTOR) != 0;
            if (!agree(crc, entry.crc(), described)
                    || !agree(packed, entry.packed(), described)
                    || !agree(size, entry.size(), described)) {
                throw disagreement(entry);
            }
            long start = entry.offset() + LOCAL_LENGTH + rawName.length + extraLength;
            if (entry.packed() > length - start) {
                throw new BadArchiveException("the entry " + Quoted.text(entry.name()) + " is cut short");
            }
            at = start + entry.packed();
            this.described = described ? Optional.of(entry) : Optional.empty();
        }

        /** The next thing begins there. */
        void close(long next) throws BadArchiveException {
            long gap = next - at;
            if (described.isEmpty() ? gap != 0 : !isDescriptor(described.get(), gap)) {
                throw new BadArchiveException(
                        "it has bytes that belong to none of its entries, or the entries overlap or"
                                + " are in another order than its directory");
            }
        }

        private boolean isDescriptor(Entry entry, long gap) throws BadArchiveException {
            if (gap != 12 && gap != 16 && gap != 20 && gap != 24) {
                return false;
            }
            ByteBuffer bytes = readAt(at, (int) gap);
            if ((gap == 16 || gap == 24) && bytes.getInt() != DESCRIPTOR) {
                return false;
            }
            boolean wide = gap >= 20;
            return unsigned(bytes.getInt()) == entry.crc()
                    && (wide ? bytes.getLong() : unsigned(bytes.getInt())) == entry.packed()
                    && (wide ? bytes.getLong() : unsigned(bytes.getInt())) == entry.size();
        }

        private static boolean agree(long here, long there, boolean described) {
            return here == there || (described && here == 0);
        }

        private static BadArchiveException disagreement(Entry entry) {
            return new BadArchiveException(
                    "the header of the entry " + Quoted.text(entry.name()) + " and the zip file's directory disagree");
        }
    }

    /** Reads the directory front to end through a window. */
    private final class Cursor {
        private final long end;
        private long filledTo;
        private ByteBuffer window = ByteBuffer.allocate(0);

        Cursor(long start, long end) {
            this.filledTo = start;
            this.end = end;
        }

        boolean isAtEnd() {
            return filledTo == end && !window.hasRemaining();
        }

        /** The next bytes; good until the next call. */
        ByteBuffer take(int count) throws BadArchiveException {
            if (window.remaining() < count) {
                long from = filledTo - window.remaining();
                int fill = (int) Math.min(WINDOW, end - from);
                if (fill < count) {
                    throw new BadArchiveException("its directory is cut short");
                }
                window = readAt(from, fill);
                filledTo = from + fill;
            }
            ByteBuffer taken = window.slice(window.position(), count).order(ByteOrder.LITTLE_ENDIAN);
            window.position(window.position() + count);
            return taken;
        }
    }
}
