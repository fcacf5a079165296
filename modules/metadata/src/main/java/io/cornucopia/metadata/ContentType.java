package io.cornucopia.metadata;

import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What upstream says that its answer is written in.
 *
 * @param format how to read it; empty if it is nothing that an index writes
 * @param charset how text is coded, if that was said
 */
record ContentType(Optional<Format> format, Optional<Charset> charset) {
    /** What a page or root list can be asked for as; JSON says the most. */
    static final String ACCEPT =
            "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01";

    private static final Set<String> JSON = Set.of(
            "application/vnd.pypi.simple.v1+json", "application/vnd.pypi.simple.latest+json", "application/json");
    private static final Set<String> HTML =
            Set.of("application/vnd.pypi.simple.v1+html", "application/vnd.pypi.simple.latest+html", "text/html");

    /** Reads a Content-Type header, which may be missing. */
    static ContentType parse(String header) {
        if (header == null) {
            return new ContentType(Optional.empty(), Optional.empty());
        }
        String[] parts = header.split(";", -1);
        String type = parts[0].strip().toLowerCase(Locale.ROOT);
        Optional<Format> format = JSON.contains(type)
                ? Optional.of(Format.JSON)
                : HTML.contains(type) ? Optional.of(Format.HTML) : Optional.empty();
        Optional<Charset> charset = Optional.empty();
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].strip();
            if (parameter.toLowerCase(Locale.ROOT).startsWith("charset=")) {
                charset = charset(parameter
                        .substring("charset=".length())
                        .replace("\"", "")
                        .strip());
            }
        }
        return new ContentType(format, charset);
    }

    private static Optional<Charset> charset(String name) {
        try {
            return Optional.of(Charset.forName(name));
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
            return Optional.empty();
        }
    }

    /** What an index writes. */
    enum Format {
        JSON,
        HTML
    }
}
