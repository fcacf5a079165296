package io.cornucopia.cluster;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.List;

/** The headers of an answer between nodes that mean something, beside its signature. */
public final class PeerHeaders {
    /** The revision of the page that is sent. */
    public static final String REVISION = "X-Cornucopia-Revision";

    /** What upstream calls the file that is arriving: its strong ETag. */
    public static final String UPSTREAM_TAG = "X-Cornucopia-Upstream-Tag";

    /** How many bytes of the file can be had now. */
    public static final String ARRIVED = "X-Cornucopia-Arrived";

    private static final List<CharSequence> SIGNED = List.of(
            HttpHeaders.CONTENT_LENGTH, HttpHeaders.CONTENT_RANGE, HttpHeaders.ETAG, REVISION, UPSTREAM_TAG, ARRIVED);

    private PeerHeaders() {}

    /** What the signature of an answer covers beside its status. */
    public static String facts(MultiMap headers) {
        StringBuilder facts = new StringBuilder();
        for (CharSequence name : SIGNED) {
            String value = headers.get(name);
            // A value cannot hold the line feed, and what is not there differs from what is empty.
            facts.append(value == null ? "-" : "=" + value).append('\n');
        }
        return facts.toString();
    }
}
