package io.cornucopia.http;

import io.cornucopia.core.Representation;
import java.util.Optional;

/**
 * A project's page as bytes, ready to be sent.
 *
 * @param revision of the page that it was made from
 * @param digest what the bytes hash to, as far as it goes into the tag
 * @param serial the project's last serial, written out
 * @param identity the bytes
 * @param gzip the same in the coding gzip, where that is worth it
 */
record RenderedPage(
        String revision, String digest, Optional<String> serial, PageBytes identity, Optional<PageBytes> gzip) {
    // What a page costs beside its bytes, roughly.
    private static final int OVERHEAD = 512;

    /** Strong, and the same wherever the page has the same content: no node's name or clock goes into it. */
    String etag(Representation representation, boolean coded) {
        char type = switch (representation) {
            case JSON -> 'J';
            case HTML -> 'H';
            case TEXT_HTML -> 'T';
        };
        return '"' + digest + type + (coded ? "-gzip\"" : "\"");
    }

    /** The bytes, or the same in the coding gzip, which there has to be then. */
    PageBytes body(boolean coded) {
        return coded ? gzip.orElseThrow() : identity;
    }

    /** What it takes in memory, and of the system's for its file. */
    int weight() {
        return OVERHEAD + identity.length() + gzip.map(PageBytes::length).orElse(0);
    }
}
