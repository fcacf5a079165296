package io.cornucopia.core;

/**
 * Text that can be written as UTF-8. An index can send half a surrogate pair as a JSON escape; written back, it would
 * make clients refuse the whole page.
 */
final class WellFormed {
    private static final char REPLACEMENT = '\ufffd';

    private WellFormed() {}

    /** The text with U+FFFD in place of every surrogate that is not one of a pair. */
    static String text(String raw) {
        int at = firstLoneSurrogate(raw, 0);
        if (at < 0) {
            return raw;
        }
        StringBuilder repaired = new StringBuilder(raw);
        while (at >= 0) {
            repaired.setCharAt(at, REPLACEMENT);
            at = firstLoneSurrogate(repaired, at + 1);
        }
        return repaired.toString();
    }

    private static int firstLoneSurrogate(CharSequence text, int from) {
        for (int i = from; i < text.length(); i++) {
            if (!Character.isSurrogate(text.charAt(i))) {
                continue;
            }
            if (i + 1 < text.length() && Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1))) {
                i++;
            } else {
                return i;
            }
        }
        return -1;
    }
}
