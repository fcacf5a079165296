package io.cornucopia.testkit;

/** What kind of index {@link FakeUpstream} is. */
public enum Style {
    /** Like PyPI: JSON 1.4 by {@code Accept}, HTML otherwise; sizes, times, core metadata, status, ETags, 304. */
    JSON,
    /** PEP 503 HTML with hashes, whatever {@code Accept} says; ETags. */
    HTML,
    /** HTML links and nothing else: no hashes, no ETag. */
    BARE_HTML,
    /** A web server's listing of a directory: relative links, {@code ../}, links that sort. */
    DIRECTORY,
    /**
     * A caching mirror: JSON of api-version 1.1, {@code _last-serial} as a string, {@code requires-python: null}, no core
     * metadata, no ETag, a 308 to the URL with its slash, the root as HTML only.
     */
    MIRROR
}
