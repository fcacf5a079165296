package io.cornucopia.http;

import java.util.List;
import java.util.Locale;

/** Reads {@code Accept-Encoding}: the one question is whether gzip is welcome. */
final class AcceptEncoding {
    // What a client that lists 10 kB of codings wants is not worth finding out.
    private static final int MAX_LENGTH = 1024;

    private AcceptEncoding() {}

    /** Whether the client takes gzip and does not like the bare bytes better. */
    static boolean prefersGzip(List<String> lines) {
        if (lines.isEmpty()) {
            return false;
        }
        String joined = lines.size() == 1 ? lines.get(0) : String.join(",", lines);
        if (joined.length() > MAX_LENGTH) {
            return false;
        }
        double gzip = -1;
        double identity = -1;
        double any = -1;
        for (String element : joined.split(",", -1)) {
            int semicolon = element.indexOf(';');
            String coding = (semicolon < 0 ? element : element.substring(0, semicolon))
                    .trim()
                    .toLowerCase(Locale.ROOT);
            double quality = semicolon < 0 ? 1 : quality(element.substring(semicolon + 1));
            switch (coding) {
                case "gzip", "x-gzip" -> gzip = Math.max(gzip, quality);
                case "identity" -> identity = quality;
                case "*" -> any = quality;
                default -> {
                    // Another coding, or nothing at all.
                }
            }
        }
        double wanted = gzip >= 0 ? gzip : any;
        return wanted > 0 && wanted >= identity;
    }

    private static double quality(String parameters) {
        for (String parameter : parameters.split(";", -1)) {
            String trimmed = parameter.trim();
            if (trimmed.regionMatches(true, 0, "q=", 0, 2)) {
                String value = trimmed.substring(2).trim();
                // Only what the RFC's grammar allows, so neither NaN nor 1e9.
                return value.matches("0(\\.[0-9]{0,3})?|1(\\.0{0,3})?") ? Double.parseDouble(value) : 0;
            }
        }
        return 1;
    }
}
