package io.cornucopia.metadata;

import io.cornucopia.bus.RootQuery;
import io.cornucopia.core.Representation;

/** The different bytes that the root list comes in. */
enum RootVariant {
    JSON(".json", false),
    JSON_GZIP(".json.gz", true),
    HTML(".html", false),
    HTML_GZIP(".html.gz", true);

    private final String suffix;
    private final boolean gzip;

    RootVariant(String suffix, boolean gzip) {
        this.suffix = suffix;
        this.gzip = gzip;
    }

    static RootVariant of(RootQuery query) {
        return query.representation() == Representation.JSON
                ? (query.gzip() ? JSON_GZIP : JSON)
                : (query.gzip() ? HTML_GZIP : HTML);
    }

    /** What its files' names end in. */
    String suffix() {
        return suffix;
    }

    boolean gzip() {
        return gzip;
    }

    boolean json() {
        return this == JSON || this == JSON_GZIP;
    }
}
