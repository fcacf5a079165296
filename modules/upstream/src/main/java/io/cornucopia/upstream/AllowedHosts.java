package io.cornucopia.upstream;

import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Which hosts may be asked. Upstream is not trusted: what its pages link to and where it redirects to must be its own host
 * or one that the operator named, or else it could make this server ask loopback or the inside of a network.
 */
final class AllowedHosts {
    private final Set<String> withPort = new HashSet<>();
    private final Set<String> anyPort = new HashSet<>();
    private final boolean httpsOnly;

    AllowedHosts(URI upstream, List<String> fileHosts) {
        httpsOnly = scheme(upstream).equals("https");
        withPort.add(host(upstream) + ":" + port(upstream));
        for (String entry : fileHosts) {
            String host = entry.toLowerCase(Locale.ROOT);
            boolean namesPort =
                    host.lastIndexOf(':') > host.lastIndexOf(']') && host.indexOf(':') == host.lastIndexOf(':')
                            || host.contains("]:");
            (namesPort ? withPort : anyPort).add(host);
        }
    }

    boolean allows(URI url) {
        String scheme = url.getScheme() == null ? "" : scheme(url);
        if (!scheme.equals("https") && (httpsOnly || !scheme.equals("http"))) {
            return false;
        }
        if (url.getHost() == null || url.getRawUserInfo() != null) {
            return false;
        }
        return anyPort.contains(host(url)) || withPort.contains(host(url) + ":" + port(url));
    }

    private static String scheme(URI url) {
        return url.getScheme().toLowerCase(Locale.ROOT);
    }

    private static String host(URI url) {
        return url.getHost().toLowerCase(Locale.ROOT);
    }

    static int port(URI url) {
        if (url.getPort() >= 0) {
            return url.getPort();
        }
        return scheme(url).equals("https") ? 443 : 80;
    }
}
