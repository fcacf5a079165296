package io.cornucopia.intake;

import static io.cornucopia.intake.ZipBytes.unsigned;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/** The extra fields of one header of an entry. */
final class ZipExtra {
    /** What a field of 32 bits says if its number is too large for it. */
    static final long IN_ZIP64 = 0xffffffffL;

    private static final int ZIP64 = 0x0001;
    private static final int UNICODE_PATH = 0x7075;

    private final ByteBuffer fields;
    private final String name;
    private final Optional<ByteBuffer> wide;

    /** @param name of the entry */
    ZipExtra(ByteBuffer fields, String name) throws BadArchiveException {
        this.fields = fields;
        this.name = name;
        wide = field(ZIP64);
    }

    /**
     * The number itself, or the wide one that it stands for. These come in order, each only if its field says so: so
     * this is to be asked for the size, the packed size and the offset, in this order.
     */
    long wide(long number) throws BadArchiveException {
        if (number != IN_ZIP64) {
            return number;
        }
        if (wide.isEmpty() || wide.get().remaining() < 8) {
            throw new BadArchiveException("the entry " + Quoted.text(name) + " has no ZIP64 sizes");
        }
        return wide.get().getLong();
    }

    /** Some unpackers prefer this name to the other: it may only be a better spelling of what ASCII cannot say. */
    void checkUnicodePath() throws BadArchiveException {
        Optional<ByteBuffer> field = field(UNICODE_PATH);
        if (field.isEmpty()) {
            return;
        }
        byte[] bytes = new byte[field.get().remaining()];
        field.get().get(bytes);
        if (bytes.length < 5) {
            throw new BadArchiveException("the extra fields of the entry " + Quoted.text(name) + " are broken");
        }
        String other = EntryPath.checked(Arrays.copyOfRange(bytes, 5, bytes.length), true);
        if (!other.equals(name) && name.chars().allMatch(c -> c < 0x80)) {
            throw new BadArchiveException(
                    "the entry " + Quoted.text(name) + " has another name as well: " + Quoted.text(other));
        }
    }

    private Optional<ByteBuffer> field(int wanted) throws BadArchiveException {
        int at = 0;
        while (at + 4 <= fields.limit()) {
            int id = unsigned(fields.getShort(at));
            int size = unsigned(fields.getShort(at + 2));
            if (at + 4 + size > fields.limit()) {
                throw new BadArchiveException("the extra fields of an entry are broken");
            }
            if (id == wanted) {
                return Optional.of(fields.slice(at + 4, size).order(ByteOrder.LITTLE_ENDIAN));
            }
            at += 4 + size;
        }
        return Optional.empty();
    }
}
