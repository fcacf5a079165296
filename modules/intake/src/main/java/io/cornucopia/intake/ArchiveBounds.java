package io.cornucopia.intake;

/**
 * How much an archive may hold, counted while it is read. They bound the time and the disk of whoever unpacks it, here and
 * elsewhere.
 */
final class ArchiveBounds {
    /** The longest METADATA or PKG-INFO. */
    static final int MAX_METADATA = 8 << 20;

    static final int MAX_ENTRIES = 500_000;
    static final long MAX_UNPACKED = 64L << 30;

    /** How many times as long as the archive all that is in it may be, from where on that matters. PyPI takes 50. */
    static final long MAX_RATIO = 100;

    static final long RATIO_MATTERS_FROM = 64L << 20;

    private final long packed;
    private long unpacked;
    private int entries;

    /** @param packed how long the archive is */
    ArchiveBounds(long packed) {
        this.packed = packed;
    }

    /** One more entry. */
    void entry() throws BadArchiveException {
        entries++;
        if (entries > MAX_ENTRIES) {
            throw new BadArchiveException("it has more than " + MAX_ENTRIES + " entries");
        }
    }

    /** That many more bytes once it is unpacked. */
    void unpacked(long bytes) throws BadArchiveException {
        if (bytes < 0 || bytes > MAX_UNPACKED - unpacked) {
            throw new BadArchiveException("it is longer than " + MAX_UNPACKED + " bytes when it is unpacked");
        }
        unpacked += bytes;
        if (unpacked > RATIO_MATTERS_FROM && unpacked / MAX_RATIO > packed) {
            throw new BadArchiveException(
                    "unpacked, it is more than " + MAX_RATIO + " times as long as the archive: a zip bomb?");
        }
    }
}
