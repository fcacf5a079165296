package io.cornucopia.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Percent-decodes one segment of a path, once and strictly: {@code +} is a plus, and what is odd is nothing. */
final class PathSegment {
    // Longer than any file name that a file system takes, even with every byte escaped.
    private static final int MAX_RAW_LENGTH = 3 * 255;

    private PathSegment() {}

    /**
     * Decodes one.
     *
     * @param raw as it was sent; a character stands for one byte
     * @return the text; empty if an escape is broken, the bytes are not UTF-8, or there are control characters
     */
    static Optional<String> decode(String raw) {
        if (raw.length() > MAX_RAW_LENGTH) {
            return Optional.empty();
        }
        if (isPlain(raw)) {
            return Optional.of(raw);
        }
        ByteBuffer bytes = ByteBuffer.allocate(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '%') {
                int high = i + 2 < raw.length() ? hex(raw.charAt(i + 1)) : -1;
                int low = i + 2 < raw.length() ? hex(raw.charAt(i + 2)) : -1;
                if (high < 0 || low < 0) {
                    return Optional.empty();
                }
                bytes.put((byte) (high << 4 | low));
                i += 2;
            } else if (c <= 0xff) {
                bytes.put((byte) c);
            } else {
                return Optional.empty();
            }
        }
        return text(bytes.flip());
    }

    private static Optional<String> text(ByteBuffer bytes) {
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
        return text.chars().anyMatch(Character::isISOControl) ? Optional.empty() : Optional.of(text);
    }

    // Not Character.digit, which takes the digits of other scripts too.
    private static int hex(char c) {
        return c < 0x80 ? Character.digit(c, 16) : -1;
    }

    private static boolean isPlain(String raw) {
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '%' || c < 0x20 || c > 0x7e) {
                return false;
            }
        }
        return true;
    }
}
