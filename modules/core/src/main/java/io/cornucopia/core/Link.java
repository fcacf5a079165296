package io.cornucopia.core;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * A link of a page of an index: an absolute http or https URL, and what its fragment said.
 *
 * @param target the URL without fragment, with its query
 * @param digests the digests in the fragment
 */
record Link(URI target, Map<HashAlgorithm, Digest> digests) {
    private static final int MAX_LENGTH = 8192;
    private static final int MAX_PORT = 65_535;
    /** What RFC 3986 allows somewhere in a URL beside the unreserved characters; of these, [ and ] only in a host. */
    private static final String RESERVED = ":/?@!$&'()*+,;=[]";

    /**
     * Resolves a link as browsers do: characters that may not be in a URL are percent-encoded.
     *
     * @return the link, or empty if it leads nowhere that a file may be fetched from: another scheme, no host, user
     *     information, or more than {@value #MAX_LENGTH} characters
     */
    static Optional<Link> resolve(URI base, String href) {
        String trimmed = href.strip();
        int hash = trimmed.indexOf('#');
        String reference = hash < 0 ? trimmed : trimmed.substring(0, hash);
        if (reference.isEmpty() || reference.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        return parse(reference)
                .map(base::resolve)
                .filter(Link::mayBeFetched)
                .map(target -> new Link(target, digests(hash < 0 ? "" : trimmed.substring(hash + 1))));
    }

    /** The last component of the path, percent-decoded once; empty if there is none or it cannot be decoded. */
    Optional<String> filename() {
        String path = target.getRawPath();
        return UrlPath.decodeSegment(path.substring(path.lastIndexOf('/') + 1)).filter(name -> !name.isEmpty());
    }

    private static Optional<URI> parse(String reference) {
        String encoded = encodeIllegal(reference);
        try {
            return Optional.of(new URI(encoded));
        } catch (URISyntaxException e) {
            // Perhaps only for a bracket outside of a host.
            try {
                return Optional.of(new URI(encoded.replace("[", "%5B").replace("]", "%5D")));
            } catch (URISyntaxException again) {
                return Optional.empty();
            }
        }
    }

    private static String encodeIllegal(String reference) {
        byte[] raw = reference.getBytes(StandardCharsets.UTF_8);
        StringBuilder encoded = new StringBuilder(raw.length + 8);
        for (int i = 0; i < raw.length; i++) {
            byte b = raw[i];
            boolean legal = UrlPath.isUnreserved(b) || (b == '%' ? UrlPath.isEscape(raw, i) : RESERVED.indexOf(b) >= 0);
            if (legal) {
                encoded.append((char) b);
            } else {
                UrlPath.appendEncoded(encoded, b);
            }
        }
        return encoded.toString();
    }

    private static boolean mayBeFetched(URI url) {
        return ("https".equalsIgnoreCase(url.getScheme()) || "http".equalsIgnoreCase(url.getScheme()))
                && url.getHost() != null
                && url.getRawUserInfo() == null
                && url.getPort() <= MAX_PORT
                && url.getRawPath() != null;
    }

    /** Reads {@code sha256=…}, also among others such as {@code &egg=…}; the first of an algorithm counts. */
    private static Map<HashAlgorithm, Digest> digests(String fragment) {
        Map<HashAlgorithm, Digest> digests = new EnumMap<>(HashAlgorithm.class);
        for (HashAlgorithm algorithm : HashAlgorithm.values()) {
            String key = algorithm.wireName() + "=";
            int start = fragment.startsWith(key) ? 0 : fragment.indexOf("&" + key) + 1;
            if (start > 0 || fragment.startsWith(key)) {
                int end = fragment.indexOf('&', start);
                String hex = fragment.substring(start + key.length(), end < 0 ? fragment.length() : end);
                Digest.parse(algorithm, hex).ifPresent(digest -> digests.put(algorithm, digest));
            }
        }
        return digests;
    }
}
