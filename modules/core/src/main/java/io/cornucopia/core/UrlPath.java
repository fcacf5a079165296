package io.cornucopia.core;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

/** How one segment of a URL's path is written and read (RFC 3986, section 3.3). */
public final class UrlPath {
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private UrlPath() {}

    /**
     * Writes a text as one segment: everything but RFC 3986's unreserved characters is percent-encoded as UTF-8, so that
     * {@code +} becomes {@code %2B} and {@code !} becomes {@code %21} (section C13).
     */
    public static String encodeSegment(String text) {
        StringBuilder encoded = new StringBuilder(text.length() + 8);
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            if (isUnreserved(b)) {
                encoded.append((char) b);
            } else {
                appendEncoded(encoded, b);
            }
        }
        return encoded.toString();
    }

    /**
     * Reads a segment: percent-decodes it exactly once; {@code +} is literal.
     *
     * @return the text, or empty if an escape is broken or the bytes are not UTF-8
     */
    public static Optional<String> decodeSegment(String segment) {
        if (segment.indexOf('%') < 0) {
            return Optional.of(segment);
        }
        byte[] raw = segment.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream decoded = new ByteArrayOutputStream(raw.length);
        for (int i = 0; i < raw.length; i++) {
            if (raw[i] != '%') {
                decoded.write(raw[i]);
            } else if (isEscape(raw, i)) {
                decoded.write(HexFormat.fromHexDigit(raw[i + 1]) << 4 | HexFormat.fromHexDigit(raw[i + 2]));
                i += 2;
            } else {
                return Optional.empty();
            }
        }
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(decoded.toByteArray()))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    static void appendEncoded(StringBuilder to, byte b) {
        to.append('%').append(HEX.toHexDigits(b));
    }

    /** Whether an escape of two hexadecimal digits starts there. */
    static boolean isEscape(byte[] raw, int at) {
        return at + 2 < raw.length && HexFormat.isHexDigit(raw[at + 1]) && HexFormat.isHexDigit(raw[at + 2]);
    }

    static boolean isUnreserved(byte b) {
        return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9') || "-._~".indexOf(b) >= 0;
    }
}
