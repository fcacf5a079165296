package io.cornucopia.http;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What stands before a part of a form (RFC 7578).
 *
 * @param name the field's
 * @param filename the file's, if the part is one
 */
record PartHead(String name, Optional<String> filename) {
    private static final Set<String> PLAIN_ENCODINGS = Set.of("binary", "8bit", "7bit");
    private static final String EXTENDED = "utf-8''";

    /**
     * Reads one.
     *
     * @param lines the header lines, without the empty one at their end
     */
    static PartHead parse(String lines) throws UnacceptableFormException {
        Map<String, String> disposition = Map.of();
        for (String line : lines.split("\r\n", -1)) {
            int colon = line.indexOf(':');
            if (line.isEmpty()) {
                continue;
            }
            if (colon <= 0) {
                throw new UnacceptableFormException("The form is broken: a part has a header line without a colon");
            }
            String value = line.substring(colon + 1).strip();
            switch (line.substring(0, colon).strip().toLowerCase(Locale.ROOT)) {
                case "content-disposition" -> disposition = parameters(value);
                case "content-transfer-encoding" -> requirePlain(value);
                default -> {
                    // Content-Type and the like: what a field means goes by its name.
                }
            }
        }
        String name = disposition.get("name");
        if (name == null) {
            throw new UnacceptableFormException(
                    "The form is broken: a part has no Content-Disposition with the name of its field");
        }
        return new PartHead(
                name, Optional.ofNullable(disposition.get("filename")).or(extended(disposition.get("filename*"))));
    }

    private static void requirePlain(String encoding) throws UnacceptableFormException {
        if (!PLAIN_ENCODINGS.contains(encoding.toLowerCase(Locale.ROOT))) {
            throw new UnacceptableFormException("The form has a part with a Content-Transfer-Encoding, which forms have"
                    + " none of; send the bytes as they are");
        }
    }

    private static Supplier<Optional<String>> extended(String value) {
        return () -> value != null && value.regionMatches(true, 0, EXTENDED, 0, EXTENDED.length())
                ? PathSegment.decode(value.substring(EXTENDED.length()))
                : Optional.empty();
    }

    /** The parameters behind the type, their names in lower case. */
    private static Map<String, String> parameters(String value) {
        Map<String, String> parameters = new HashMap<>();
        int at = value.indexOf(';');
        while (at >= 0 && at < value.length()) {
            int equals = value.indexOf('=', at);
            if (equals < 0) {
                break;
            }
            String name = value.substring(at + 1, equals).strip().toLowerCase(Locale.ROOT);
            StringBuilder text = new StringBuilder();
            int next = read(value, equals + 1, text);
            parameters.putIfAbsent(name, text.toString());
            at = value.indexOf(';', next);
        }
        return parameters;
    }

    // A backslash escapes a quote or itself, and is one otherwise: some browsers send it as it is.
    private static int read(String value, int from, StringBuilder text) {
        int at = from;
        while (at < value.length() && value.charAt(at) == ' ') {
            at++;
        }
        if (at >= value.length() || value.charAt(at) != '"') {
            int end = value.indexOf(';', at);
            text.append(value, at, end < 0 ? value.length() : end);
            return end < 0 ? value.length() : end;
        }
        for (at++; at < value.length() && value.charAt(at) != '"'; at++) {
            char c = value.charAt(at);
            if (c == '\\' && at + 1 < value.length() && "\"\\".indexOf(value.charAt(at + 1)) >= 0) {
                at++;
            }
            text.append(value.charAt(at));
        }
        return at;
    }

    static PartHead parse(byte[] bytes, int from, int to) throws UnacceptableFormException {
        return parse(new String(bytes, from, to - from, StandardCharsets.UTF_8));
    }
}
