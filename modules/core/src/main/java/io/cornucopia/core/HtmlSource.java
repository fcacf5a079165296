package io.cornucopia.core;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The characters of an HTML page.
 *
 * @param reader all of them, without a byte order mark
 * @param beginsWithMarkup whether the first character that is no white space is {@code <}
 */
record HtmlSource(Reader reader, boolean beginsWithMarkup) {
    /** How far ahead browsers look for a declaration. */
    private static final int PREFIX = 1024;

    private static final Pattern DECLARATION =
            Pattern.compile("<meta[^>]{0,200}?charset\\s{0,20}=\\s{0,20}[\"']?([A-Za-z0-9_:.-]{1,40})");

    /**
     * Opens a page.
     *
     * @param charset what its Content-Type said; null to look at the byte order mark and at its first {@value #PREFIX}
     *     bytes, and to take UTF-8 if those say nothing
     */
    static HtmlSource open(InputStream body, Charset charset) throws IOException {
        BufferedInputStream buffered = new BufferedInputStream(body, 1 << 16);
        buffered.mark(PREFIX);
        byte[] prefix = buffered.readNBytes(PREFIX);
        buffered.reset();
        Charset marked = byteOrderMark(prefix);
        Charset chosen = marked != null ? marked : charset != null ? charset : declared(prefix);
        if (marked != null) {
            buffered.skipNBytes(marked.equals(StandardCharsets.UTF_8) ? 3 : 2);
        }
        String start = new String(prefix, chosen).replace("\ufeff", "").stripLeading();
        return new HtmlSource(new InputStreamReader(new LeftOpen(buffered), chosen), start.startsWith("<"));
    }

    private static Charset byteOrderMark(byte[] prefix) {
        if (startsWith(prefix, 0xef, 0xbb, 0xbf)) {
            return StandardCharsets.UTF_8;
        }
        if (startsWith(prefix, 0xfe, 0xff)) {
            return StandardCharsets.UTF_16BE;
        }
        return startsWith(prefix, 0xff, 0xfe) ? StandardCharsets.UTF_16LE : null;
    }

    private static boolean startsWith(byte[] prefix, int... mark) {
        if (prefix.length < mark.length) {
            return false;
        }
        for (int i = 0; i < mark.length; i++) {
            if ((prefix[i] & 0xff) != mark[i]) {
                return false;
            }
        }
        return true;
    }

    private static Charset declared(byte[] prefix) {
        String text = new String(prefix, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
        Matcher declaration = DECLARATION.matcher(text);
        if (!declaration.find()) {
            return StandardCharsets.UTF_8;
        }
        try {
            Charset charset = Charset.forName(declaration.group(1));
            // It was legible as ASCII, so it cannot be what it says.
            return charset.name().startsWith("UTF-16") || charset.name().startsWith("UTF-32")
                    ? StandardCharsets.UTF_8
                    : charset;
        } catch (IllegalArgumentException e) {
            return StandardCharsets.UTF_8;
        }
    }

    /** The parser closes what it has read; the stream is the caller's to close. */
    private static final class LeftOpen extends FilterInputStream {
        LeftOpen(InputStream in) {
            super(in);
        }

        @Override
        public void close() {}
    }
}
