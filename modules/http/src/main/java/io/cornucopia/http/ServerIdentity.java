package io.cornucopia.http;

import io.vertx.core.net.KeyCertOptions;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManagerFactory;

/**
 * What a server shows that it is: a certificate, and the key that fits it.
 *
 * @param keys both, as they were read
 * @param certificate the certificate, without those that lead to its root
 */
public record ServerIdentity(KeyManagerFactory keys, X509Certificate certificate) {
    /**
     * Reads both files; blocks.
     *
     * @throws UnusableIdentityException if they cannot be read or do not fit one another
     */
    public static ServerIdentity read(HttpSettings.Tls tls) throws UnusableIdentityException {
        return new PemIdentity(tls).read();
    }

    /** It as Vert.x wants it. */
    KeyCertOptions options() {
        return KeyCertOptions.wrap(keys);
    }
}
