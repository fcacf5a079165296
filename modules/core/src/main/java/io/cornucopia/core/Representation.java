package io.cornucopia.core;

/** What a simple page can be written as (PEP 691), in the order of preference among equals. */
public enum Representation {
    JSON("application/vnd.pypi.simple.v1+json", "application/vnd.pypi.simple.v1+json"),
    HTML("application/vnd.pypi.simple.v1+html", "application/vnd.pypi.simple.v1+html"),
    /** The same bytes as {@link #HTML}, under the type that browsers and older clients ask for. */
    TEXT_HTML("text/html", "text/html; charset=utf-8");

    private final String mediaType;
    private final String contentType;

    Representation(String mediaType, String contentType) {
        this.mediaType = mediaType;
        this.contentType = contentType;
    }

    /** The media type without parameters. */
    public String mediaType() {
        return mediaType;
    }

    /** The value for {@code Content-Type}. */
    public String contentType() {
        return contentType;
    }
}
