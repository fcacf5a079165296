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
    /** Of another node's, not a client's: not in the access log, nor among the bytes that clients got. */
    PEER,
    OTHER;

    private final String label = name().toLowerCase(Locale.ROOT);

    String label() {
        return label;
    }
}
