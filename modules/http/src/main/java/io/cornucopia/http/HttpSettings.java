package io.cornucopia.http;

import java.time.Duration;
import java.util.Objects;

/**
 * What the HTTP verticle goes by.
 *
 * @param host the address to listen on
 * @param port the port to listen on; 0 for any free one
 * @param basePath the prefix that a proxy in front leaves on paths: empty, or {@code /prefix} without a slash at its end
 * @param drainDelay how long connections are still taken once readiness is off
 * @param drainTimeout how long what is in progress may take after that
 * @param pageMaxAge how long others may keep a mirrored page, at most 10 minutes
 */
public record HttpSettings(
        String host, int port, String basePath, Duration drainDelay, Duration drainTimeout, Duration pageMaxAge) {
    public HttpSettings {
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(basePath, "basePath");
        Objects.requireNonNull(drainDelay, "drainDelay");
        Objects.requireNonNull(drainTimeout, "drainTimeout");
        Objects.requireNonNull(pageMaxAge, "pageMaxAge");
    }
}
