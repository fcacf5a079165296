package io.cornucopia.intake;

import static io.cornucopia.intake.ZipBytes.unsigned;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Where a zip file's directory lies, and how many entries it has: at the very end of the file, with nothing behind it and
 * between it and its end records, which agree.
 *
 * @param start its first byte
 * @param end behind its last byte
 */
record ZipDirectory(long start, long end, long entries) {
    private static final int END = 0x06054b50;
    private static final int ZIP64_END = 0x06064b50;
    private static final int ZIP64_LOCATOR = 0x07064b50;
    private static final int END_LENGTH = 22;
    private static final int ZIP64_END_LENGTH = 56;
    private static final int ZIP64_LOCATOR_LENGTH = 20;
    private static final int MAX_COMMENT = 0xffff;
    private static final int COUNT_IN_ZIP64 = 0xffff;

    /** Whether there is something at the end that some readers take for a directory, whatever comes before. */
    static boolean isSupposed(ZipBytes zip) throws BadArchiveException {
        Optional<Long> end = end(zip);
        if (end.isEmpty()) {
            return false;
        }
        ByteBuffer fields = zip.at(end.get(), END_LENGTH);
        long size = unsigned(fields.getInt(12));
        long start = end.get() - size;
        return size == 0
                || size == ZipExtra.IN_ZIP64
                || (start >= 0 && zip.at(start, 4).getInt(0) == ZipEntries.HEADER);
    }

    static ZipDirectory find(ZipBytes zip) throws BadArchiveException {
        long end = end(zip).orElseThrow(() -> new BadArchiveException("it is not a zip file, or is cut short"));
        ByteBuffer fields = zip.at(end, END_LENGTH);
        if (end + END_LENGTH + unsigned(fields.getShort(20)) != zip.length()) {
            throw new BadArchiveException("something follows the end of the zip file");
        }
        long entries = unsigned(fields.getShort(10));
        long size = unsigned(fields.getInt(12));
        long start = unsigned(fields.getInt(16));
        if (fields.getShort(4) != 0 || fields.getShort(6) != 0 || fields.getShort(8) != fields.getShort(10)) {
            throw new BadArchiveException("it is a part of several zip files");
        }
        Optional<ZipDirectory> wide = zip64(zip, end);
        if (wide.isEmpty()) {
            if (start == ZipExtra.IN_ZIP64 || size == ZipExtra.IN_ZIP64 || entries == COUNT_IN_ZIP64) {
                throw new BadArchiveException("its ZIP64 directory is missing");
            }
            return within(new ZipDirectory(start, start + size, entries), end);
        }
        ZipDirectory other = wide.get();
        if ((start != ZipExtra.IN_ZIP64 && start != other.start())
                || (size != ZipExtra.IN_ZIP64 && size != other.end() - other.start())
                || (entries != COUNT_IN_ZIP64 && entries != other.entries())) {
            throw new BadArchiveException("its ends disagree on where its directory is (ZIP64)");
        }
        return other;
    }

    private static Optional<ZipDirectory> zip64(ZipBytes zip, long end) throws BadArchiveException {
        long locatorAt = end - ZIP64_LOCATOR_LENGTH;
        if (locatorAt < 0) {
            return Optional.empty();
        }
        ByteBuffer locator = zip.at(locatorAt, ZIP64_LOCATOR_LENGTH);
        if (locator.getInt(0) != ZIP64_LOCATOR) {
            return Optional.empty();
        }
        long at = locator.getLong(8);
        if (at != locatorAt - ZIP64_END_LENGTH || at < 0) {
            throw new BadArchiveException("its ZIP64 directory is not where it should be");
        }
        ByteBuffer fields = zip.at(at, ZIP64_END_LENGTH);
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
        if (start < 0 || size < 0 || start > zip.length() || size > zip.length()) {
            throw new BadArchiveException("its ZIP64 directory is broken");
        }
        return Optional.of(within(new ZipDirectory(start, start + size, fields.getLong(32)), at));
    }

    private static ZipDirectory within(ZipDirectory directory, long end) throws BadArchiveException {
        boolean possible = directory.end() == end
                && directory.entries() >= 0
                && directory.entries() <= (directory.end() - directory.start()) / ZipEntries.HEADER_LENGTH;
        if (!possible) {
            throw new BadArchiveException(
                    "its directory is not where it should be, or something comes before the zip file");
        }
        return directory;
    }

    /** Where the last end record is: the one that everybody looks for first. */
    private static Optional<Long> end(ZipBytes zip) throws BadArchiveException {
        if (zip.length() < END_LENGTH) {
            return Optional.empty();
        }
        int tail = (int) Math.min(zip.length(), END_LENGTH + MAX_COMMENT);
        ByteBuffer bytes = zip.at(zip.length() - tail, tail);
        for (int at = tail - END_LENGTH; at >= 0; at--) {
            if (bytes.getInt(at) == END) {
                return Optional.of(zip.length() - tail + at);
            }
        }
        return Optional.empty();
    }
}
