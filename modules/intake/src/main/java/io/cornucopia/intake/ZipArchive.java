package io.cornucopia.intake;

import static io.cornucopia.intake.ZipBytes.unsigned;

import java.io.Closeable;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
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
    private static final int CHUNK = 1 << 18;

    private final ZipBytes zip;

    private ZipArchive(ZipBytes zip) {
        this.zip = zip;
    }

    /** Opens it; nothing is looked at yet. */
    static ZipArchive open(Path file) {
        return new ZipArchive(ZipBytes.open(file));
    }

    /** Sees each entry. */
    interface Visitor {
        void visit(ZipEntry entry) throws BadArchiveException;
    }

    /**
     * Whether readers of zip files that look for a directory at the end of whatever they are given, as Python's do, take
     * this for one.
     */
    static boolean isTakenForZip(Path file) {
        try (ZipBytes zip = ZipBytes.open(file)) {
            return ZipDirectory.isSupposed(zip);
        } catch (BadArchiveException e) {
            return false;
        }
    }

    /** Goes through all of it, and shows every entry in order. */
    void visit(ArchiveBounds bounds, Visitor visitor) throws BadArchiveException {
        ZipDirectory directory = ZipDirectory.find(zip);
        if (directory.entries() > ArchiveBounds.MAX_ENTRIES) {
            throw new BadArchiveException("it has more than " + ArchiveBounds.MAX_ENTRIES + " entries");
        }
        ZipEntries entries = new ZipEntries(zip, directory);
        long[] names = new long[(int) directory.entries()];
        ZipTrail trail = new ZipTrail(zip);
        for (int i = 0; i < names.length; i++) {
            ZipEntry entry = entries.next();
            trail.follow(entry);
            names[i] = hash(entry.rawName());
            bounds.entry();
            bounds.unpacked(entry.size());
            visitor.visit(entry);
        }
        trail.close(directory.start());
        if (!entries.isAtEnd()) {
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
    byte[] read(ZipEntry entry, int limit) throws BadArchiveException {
        if (entry.size() > limit) {
            throw new BadArchiveException(
                    "the entry " + Quoted.text(entry.name()) + " is longer than " + limit + " bytes");
        }
        ByteBuffer header = zip.at(entry.offset(), ZipTrail.HEADER_LENGTH);
        long start =
                entry.offset() + ZipTrail.HEADER_LENGTH + unsigned(header.getShort(26)) + unsigned(header.getShort(28));
        byte[] bytes = switch (entry.method()) {
            case ZipEntry.STORED -> zip.at(start, (int) entry.size()).array();
            case ZipEntry.DEFLATED -> inflate(entry, start);
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
        zip.close();
    }

    private byte[] inflate(ZipEntry entry, long start) throws BadArchiveException {
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
                    int chunk = (int) Math.min(CHUNK, end - at);
                    if (chunk == 0) {
                        throw lie;
                    }
                    inflater.setInput(zip.at(at, chunk).array());
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

    /** Enough of a hash to tell names apart: whoever finds two names of one hash is told that they are the same. */
    private static long hash(ByteBuffer name) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(name.duplicate());
            return ByteBuffer.wrap(digest.digest()).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
