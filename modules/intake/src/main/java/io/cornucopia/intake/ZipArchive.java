package io.cornucopia.intake;

import io.cornucopia.bus.FailureException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/**
 * A zip that is nothing but a zip, whose directory is within bounds and does not contradict itself. Only the directory and
 * single short entries are read. Everything blocks.
 */
final class ZipArchive implements Closeable {
    private static final int END_SIGNATURE = 0x06054b50;
    private static final int END64_SIGNATURE = 0x06064b50;
    private static final int LOCATOR64_SIGNATURE = 0x07064b50;
    private static final int LOCAL_SIGNATURE = 0x04034b50;
    private static final int END_LENGTH = 22;
    private static final int LOCATOR64_LENGTH = 20;
    private static final int END64_LENGTH = 56;
    private static final int MAX_COMMENT = 0xffff;
    private static final int MAX_DIRECTORY = 48 << 20;
    private static final int TAR_MAGIC_AT = 257;

    private final ZipFile zip;
    private final List<String> names = new ArrayList<>();

    private ZipArchive(ZipFile zip) {
        this.zip = zip;
    }

    /** Opens and checks it. */
    static ZipArchive open(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            checkFrame(channel);
        }
        ZipFile zip = ZipFile.builder().setPath(path).get();
        ZipArchive archive = new ZipArchive(zip);
        try {
            archive.checkEntries(java.nio.file.Files.size(path));
            return archive;
        } catch (IOException | RuntimeException e) {
            zip.close();
            throw e;
        }
    }

    /** The names of its entries, in the order of its directory. */
    List<String> names() {
        return names;
    }

    /** The whole of a short entry, whose length and checksum are as its directory has them. */
    byte[] read(String name) throws IOException {
        ZipArchiveEntry entry = zip.getEntry(name);
        byte[] bytes;
        try (InputStream content = zip.getInputStream(entry)) {
            bytes = ArchiveBounds.readMetadata(content, name);
        }
        CRC32 crc = new CRC32();
        crc.update(bytes);
        if (bytes.length != entry.getSize() || crc.getValue() != entry.getCrc()) {
            throw Refusal.invalid(name + " is not what the archive's directory says of it");
        }
        return bytes;
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }

    // Before anything is taken into memory: the library believes what a directory says of its own length.
    private static void checkFrame(FileChannel channel) throws IOException {
        long size = channel.size();
        if (size < END_LENGTH || read(channel, 0, 4).getInt(0) != LOCAL_SIGNATURE) {
            throw Refusal.invalid("it is not a zip: it does not begin like one");
        }
        if (size > TAR_MAGIC_AT + 5
                && new String(read(channel, TAR_MAGIC_AT, 5).array(), StandardCharsets.US_ASCII).equals("ustar")) {
            throw Refusal.invalid("it is a tar as well as a zip: what is in it depends on who reads it");
        }
        long end = findEnd(channel, size);
        ByteBuffer record = read(channel, end, END_LENGTH);
        long entries = Short.toUnsignedLong(record.getShort(10));
        long length = Integer.toUnsignedLong(record.getInt(12));
        long start = Integer.toUnsignedLong(record.getInt(16));
        long directoryEnd = end;
        boolean large = entries == 0xffff || length == 0xffffffffL || start == 0xffffffffL;
        if (large && end >= LOCATOR64_LENGTH + END64_LENGTH) {
            ByteBuffer locator = read(channel, end - LOCATOR64_LENGTH, LOCATOR64_LENGTH);
            if (locator.getInt(0) == LOCATOR64_SIGNATURE) {
                long end64 = locator.getLong(8);
                if (end64 < 0 || end64 != end - LOCATOR64_LENGTH - END64_LENGTH) {
                    throw contradictory();
                }
                ByteBuffer record64 = read(channel, end64, END64_LENGTH);
                if (record64.getInt(0) != END64_SIGNATURE) {
                    throw contradictory();
                }
                entries = record64.getLong(32);
                length = record64.getLong(40);
                start = record64.getLong(48);
                directoryEnd = end64;
            }
        }
        if (entries < 0 || entries > ArchiveBounds.MAX_ENTRIES || length < 0 || length > MAX_DIRECTORY) {
            throw Refusal.invalid("the archive has more than " + ArchiveBounds.MAX_ENTRIES
                    + " entries, or a directory longer than " + (MAX_DIRECTORY >> 20) + " MiB");
        }
        if (start < 0 || start + length != directoryEnd) {
            throw contradictory();
        }
    }

    private static long findEnd(FileChannel channel, long size) throws IOException {
        int tailLength = (int) Math.min(size, END_LENGTH + MAX_COMMENT);
        ByteBuffer tail = read(channel, size - tailLength, tailLength);
        for (int at = tailLength - END_LENGTH; at >= 0; at--) {
            if (tail.getInt(at) == END_SIGNATURE) {
                if (at + END_LENGTH + Short.toUnsignedInt(tail.getShort(at + 20)) != tailLength) {
                    throw Refusal.invalid("something follows the end of the zip");
                }
                return size - tailLength + at;
            }
        }
        throw Refusal.invalid("it is not a whole zip: its end is missing");
    }

    private static FailureException contradictory() {
        return Refusal.invalid("the zip contradicts itself about where its directory is");
    }

    private static ByteBuffer read(FileChannel channel, long position, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw contradictory();
            }
        }
        return buffer.flip();
    }

    private void checkEntries(long archiveLength) {
        Set<String> seen = new HashSet<>();
        long packed = 0;
        long unpacked = 0;
        for (Enumeration<ZipArchiveEntry> entries = zip.getEntries(); entries.hasMoreElements(); ) {
            ZipArchiveEntry entry = entries.nextElement();
            String name = entry.getName();
            ArchiveBounds.checkName(name);
            if (!seen.add(name)) {
                throw Refusal.invalid("the archive holds \"" + ArchiveBounds.shown(name) + "\" twice");
            }
            if (entry.getGeneralPurposeBit().usesEncryption()) {
                throw Refusal.invalid("\"" + ArchiveBounds.shown(name) + "\" in the archive is encrypted");
            }
            if (entry.isUnixSymlink()) {
                throw Refusal.invalid("\"" + ArchiveBounds.shown(name) + "\" in the archive is a symbolic link");
            }
            if (entry.getSize() < 0 || entry.getCompressedSize() < 0) {
                throw contradictory();
            }
            packed += entry.getCompressedSize();
            unpacked += entry.getSize();
            if (packed < 0 || packed > archiveLength) {
                throw Refusal.invalid("the archive's entries are longer together than the archive: they overlap");
            }
            if (unpacked < 0 || unpacked > ArchiveBounds.unpacked(archiveLength)) {
                throw Refusal.invalid("the archive unpacks to far more than its own length: a zip bomb");
            }
            names.add(name);
        }
    }
}
