package io.cornucopia.intake;

import static io.cornucopia.intake.ZipBytes.unsigned;

import java.nio.ByteBuffer;
import java.util.Optional;

/** The headers on the way through a zip file, which have to say what its directory says, and to leave no gap. */
final class ZipTrail {
    static final int HEADER_LENGTH = 30;

    private static final int HEADER = 0x04034b50;
    private static final int DESCRIPTOR = 0x08074b50;
    private static final int HAS_DESCRIPTOR = 0x8;

    private final ZipBytes zip;
    private long at;
    private Optional<ZipEntry> described = Optional.empty();

    ZipTrail(ZipBytes zip) {
        this.zip = zip;
    }

    /** This is the next entry. */
    void follow(ZipEntry entry) throws BadArchiveException {
        close(entry.offset());
        int nameLength = entry.rawName().remaining();
        long nameAt = entry.offset() + HEADER_LENGTH;
        ByteBuffer header = zip.at(entry.offset(), HEADER_LENGTH);
        int flags = header.getShort(6);
        boolean same = header.getInt(0) == HEADER
                && unsigned(header.getShort(8)) == entry.method()
                && unsigned(header.getShort(26)) == nameLength
                && zip.at(nameAt, nameLength).equals(entry.rawName());
        if (!same || (flags & ZipEntries.ENCRYPTED) != 0) {
            throw disagreement(entry);
        }
        int extraLength = unsigned(header.getShort(28));
        ZipExtra extra = new ZipExtra(zip.at(nameAt + nameLength, extraLength), entry.name());
        extra.checkUnicodePath();
        long size = extra.wide(unsigned(header.getInt(22)));
        long packed = extra.wide(unsigned(header.getInt(18)));
        long crc = unsigned(header.getInt(14));
        boolean described = (flags & HAS_DESCRIPTOR) != 0;
        if (!agree(crc, entry.crc(), described)
                || !agree(packed, entry.packed(), described)
                || !agree(size, entry.size(), described)) {
            throw disagreement(entry);
        }
        long start = nameAt + nameLength + extraLength;
        if (entry.packed() > zip.length() - start) {
            throw new BadArchiveException("the entry " + Quoted.text(entry.name()) + " is cut short");
        }
        at = start + entry.packed();
        this.described = described ? Optional.of(entry) : Optional.empty();
    }

    /** The next thing begins there. */
    void close(long next) throws BadArchiveException {
        long gap = next - at;
        if (described.isEmpty() ? gap != 0 : !isDescriptor(described.get(), gap)) {
            throw new BadArchiveException("it has bytes that belong to none of its entries, or the entries overlap or"
                    + " are in another order than its directory");
        }
    }

    private boolean isDescriptor(ZipEntry entry, long gap) throws BadArchiveException {
        if (gap != 12 && gap != 16 && gap != 20 && gap != 24) {
            return false;
        }
        ByteBuffer bytes = zip.at(at, (int) gap);
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

    private static BadArchiveException disagreement(ZipEntry entry) {
        return new BadArchiveException(
                "the header of the entry " + Quoted.text(entry.name()) + " and the zip file's directory disagree");
    }
}
