package io.cornucopia.http;

import java.util.Locale;

/** What a request was for, as far as its path tells; the label of the request metrics. */
enum Route {
    PROJECT,
    ROOT,
    FILE,
    PROVENANCE,
    UPLOAD,
    API,
    HEALTH,
    METRICS,
    LANDING,
    OTHER;

    private final String label = name().toLowerCase(Locale.ROOT);

    String label() {
        return label;
    }
}
