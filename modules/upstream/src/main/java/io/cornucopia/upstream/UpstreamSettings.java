package io.cornucopia.upstream;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * How upstream is asked.
 *
 * @param url upstream's simple API, absolute, http or https, ends in a slash
 * @param fileHosts hosts ({@code host} or {@code host:port}) that pages and redirects may point to, beside upstream's own
 * @param credentials sent to upstream's own host only
 * @param maxRetries how often a request that failed is tried again, 0 to 20
 * @param connectTimeout for a connection to stand
 * @param readTimeout the longest silence while an answer is awaited or arrives
 * @param offline whether upstream is never asked
 */
public record UpstreamSettings(
        URI url,
        List<String> fileHosts,
        Optional<Credentials> credentials,
        int maxRetries,
        Duration connectTimeout,
        Duration readTimeout,
        boolean offline) {

    public UpstreamSettings {
        Objects.requireNonNull(url, "url");
        fileHosts = List.copyOf(fileHosts);
        Objects.requireNonNull(credentials, "credentials");
        Objects.requireNonNull(connectTimeout, "connectTimeout");
        Objects.requireNonNull(readTimeout, "readTimeout");
    }

    /** Who we are to upstream (HTTP Basic). */
    public record Credentials(String username, String password) {
        public Credentials {
            Objects.requireNonNull(username, "username");
            Objects.requireNonNull(password, "password");
        }

        /** Without the password: this may end in a log. */
        @Override
        public String toString() {
            return "Credentials[" + username + ", ***]";
        }
    }
}
