package io.cornucopia.core;

/** Where this server's pages say that things are (C15). The answers go into pages as they are, escaped for the format. */
public interface Links {
    /**
     * The URL of a file, absolute or relative to the page, without query and fragment (C13); its last component is the
     * filename as {@link UrlPath#encodeSegment} writes it.
     */
    String file(DistributionFile file);

    /** The URL of a file's provenance; asked only for files that have one. */
    String provenance(DistributionFile file);
}
