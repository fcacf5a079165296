package io.cornucopia.http;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What the HTTP verticle goes by.
 *
 * @param host the address to listen on
 * @param port the port to listen on; 0 for any free one
 * @param basePath the prefix that a proxy in front leaves on paths: empty, or {@code /prefix} without a slash at its end
 * @param drainDelay how long connections are still taken once readiness is off
 * @param drainTimeout how long what is in progress may take after that
 * @param pageMaxAge how long others may keep a mirrored page, at most 10 minutes
 * @param upload how uploads are taken
 * @param readers who may see pages and files
 * @param tls what to serve HTTPS with; empty: HTTP
 */
public record HttpSettings(
        String host,
        int port,
        String basePath,
        Duration drainDelay,
        Duration drainTimeout,
        Duration pageMaxAge,
        Upload upload,
        Readers readers,
        Optional<Tls> tls) {
    public HttpSettings {
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(basePath, "basePath");
        Objects.requireNonNull(drainDelay, "drainDelay");
        Objects.requireNonNull(drainTimeout, "drainTimeout");
        Objects.requireNonNull(pageMaxAge, "pageMaxAge");
        Objects.requireNonNull(upload, "upload");
        Objects.requireNonNull(readers, "readers");
        Objects.requireNonNull(tls, "tls");
    }

    /** The same at another place, without TLS of its own: for the port between nodes, which brings its TLS along. */
    public HttpSettings at(String otherHost, int otherPort) {
        return new HttpSettings(
                otherHost,
                otherPort,
                basePath,
                drainDelay,
                drainTimeout,
                pageMaxAge,
                upload,
                readers,
                Optional.empty());
    }

    /**
     * How uploads are taken.
     *
     * @param enabled whether they are taken at all
     * @param maxFileSize how many bytes a file may have
     */
    public record Upload(boolean enabled, long maxFileSize) {}

    /** Who may see pages and files ({@code access.read}). */
    public enum Readers {
        /** Everybody. */
        ANONYMOUS,
        /** Who comes with a token that may read. */
        TOKEN
    }

    /**
     * What HTTPS is served with; both are read again when they change.
     *
     * @param certificate a PEM file with the certificate and those that lead to its root
     * @param key a PEM file with the certificate's private key
     */
    public record Tls(Path certificate, Path key) {
        public Tls {
            Objects.requireNonNull(certificate, "certificate");
            Objects.requireNonNull(key, "key");
        }
    }
}
