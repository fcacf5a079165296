package io.cornucopia.testkit;

/** Which kind of server the fake upstream plays. */
public enum Style {
    /** Like the real index: JSON 1.4 or HTML by what is asked for, everything that is known, ETag and 304. */
    JSON(true, true),
    /** Only HTML, with hashes and an ETag. */
    HTML(true, true),
    /** Only HTML, with neither hashes nor an ETag. */
    BARE_HTML(false, false),
    /** A web server's listing of a directory: relative links, a link upwards, links that sort. */
    DIRECTORY(false, false),
    /** A caching mirror: JSON 1.1 with wrong types here and there, no ETag, no core metadata, a root in HTML only. */
    MIRROR(true, false);

    private final boolean hashes;
    private final boolean validators;

    Style(boolean hashes, boolean validators) {
        this.hashes = hashes;
        this.validators = validators;
    }

    boolean hashes() {
        return hashes;
    }

    boolean validators() {
        return validators;
    }
}
