package io.cornucopia.core;

/** How text is written into HTML, in elements and in quoted attributes alike (C3). */
final class HtmlText {
    private HtmlText() {}

    static String escape(String text) {
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        String wellFormed = WellFormed.text(text);
        for (int i = 0; i < wellFormed.length(); i++) {
            char c = wellFormed.charAt(i);
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                case '\t', '\n' -> escaped.append(c);
                // A bare one would be read as a line feed.
                case '\r' -> escaped.append("&#13;");
                default -> escaped.append(Character.isISOControl(c) ? '\ufffd' : c);
            }
        }
        return escaped.toString();
    }
}
