package io.cornucopia.intake;

/** What an uploader sent, for messages: short, and nothing in it that could break a line or a header. */
final class Quoted {
    private static final int MAX_LENGTH = 100;

    private Quoted() {}

    /** The beginning of the text, in quotes, with a question mark for everything that is not printable ASCII. */
    static String text(String raw) {
        return "\"" + bare(raw) + "\"";
    }

    /** The same without quotes. */
    static String bare(String raw) {
        StringBuilder quoted = new StringBuilder();
        for (int i = 0; i < Math.min(raw.length(), MAX_LENGTH); i++) {
            char c = raw.charAt(i);
            quoted.append(c >= ' ' && c < 0x7f ? c : '?');
        }
        return quoted.append(raw.length() > MAX_LENGTH ? "..." : "").toString();
    }
}
