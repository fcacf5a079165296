package io.cornucopia.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Writes a ustar archive of plain files. */
final class Tar {

    private static final int BLOCK = 512;
    private static final int CHECKSUM_AT = 148;

    private Tar() {}

    static byte[] of(Map<String, byte[]> files) {
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        files.forEach((path, content) -> append(tar, path, '0', "", content));
        tar.writeBytes(end());
        return tar.toByteArray();
    }

    /** Adds one entry of that type. */
    static void append(ByteArrayOutputStream tar, String path, char type, String link, byte[] content) {
        tar.writeBytes(header(path, type, link, content.length));
        tar.writeBytes(content);
        tar.writeBytes(new byte[(BLOCK - content.length % BLOCK) % BLOCK]);
    }

    /** What ends an archive. */
    static byte[] end() {
        return new byte[2 * BLOCK];
    }

    private static byte[] header(String path, char type, String link, int size) {
        if (path.length() > 99) {
            throw new IllegalArgumentException("too long for a plain ustar name: " + path);
        }
        byte[] header = new byte[BLOCK];
        put(header, 0, path);
        put(header, 100, "0000644");
        put(header, 108, "0000000");
        put(header, 116, "0000000");
        put(header, 124, octal(size, 11));
        put(header, 136, octal(1_577_836_800L, 11));
        put(header, CHECKSUM_AT, "        ");
        put(header, 156, String.valueOf(type));
        put(header, 157, link);
        put(header, 257, "ustar\0" + "00");
        int sum = 0;
        for (byte each : header) {
            sum += each & 0xff;
        }
        put(header, CHECKSUM_AT, octal(sum, 6) + "\0 ");
        return header;
    }

    private static String octal(long value, int digits) {
        String octal = Long.toOctalString(value);
        return "0".repeat(digits - octal.length()) + octal;
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }
}
