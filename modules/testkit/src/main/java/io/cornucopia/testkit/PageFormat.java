package io.cornucopia.testkit;

import java.util.Locale;

/** The representations of an index page. */
enum PageFormat {
    JSON("application/vnd.pypi.simple.v1+json", "application/vnd.pypi.simple.latest+json"),
    HTML_V1("application/vnd.pypi.simple.v1+html", "application/vnd.pypi.simple.latest+html"),
    HTML("text/html", "*/*");

    private final String type;
    private final String alias;

    PageFormat(String type, String alias) {
        this.type = type;
        this.alias = alias;
    }

    String contentType() {
        return this == HTML ? "text/html; charset=utf-8" : type;
    }

    /** The one that the client likes best; HTML if it does not say, and also if it likes none. */
    static PageFormat preferred(String accept) {
        PageFormat best = HTML;
        double bestQuality = 0;
        for (PageFormat format : values()) {
            double quality = format.qualityIn(accept);
            if (quality > bestQuality) {
                best = format;
                bestQuality = quality;
            }
        }
        return best;
    }

    private double qualityIn(String accept) {
        double quality = 0;
        for (String range : accept.toLowerCase(Locale.ROOT).split(",", -1)) {
            String[] parts = range.strip().split("\\s*;\\s*", -1);
            if (parts[0].equals(type) || parts[0].equals(alias)) {
                quality = Math.max(quality, parts.length > 1 ? qualityOf(parts[1]) : 1);
            }
        }
        return quality;
    }

    private static double qualityOf(String parameter) {
        try {
            return parameter.startsWith("q=") ? Double.parseDouble(parameter.substring(2)) : 1;
        } catch (NumberFormatException e) {
            return 1;
        }
    }
}
