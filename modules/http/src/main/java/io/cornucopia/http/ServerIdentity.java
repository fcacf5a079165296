package io.cornucopia.http;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509KeyManager;

/**
 * What this server shows that it is: a certificate, and the key that fits it.
 *
 * @param keys both, as they were read
 * @param certificate the certificate, without those that lead to its root
 */
record ServerIdentity(KeyManagerFactory keys, X509Certificate certificate) {
    private static final byte[] PROBE = {1};

    /**
     * Reads both files; blocks.
     *
     * @throws IOException with a message for people, if they cannot be read or do not fit one another
     */
    static ServerIdentity read(Vertx vertx, HttpSettings.Tls tls) throws IOException {
        // Both are read before they are looked at, so that what is looked at is what is served.
        PemKeyCertOptions pem = new PemKeyCertOptions()
                .addCertValue(bytes("server.tls.cert", tls.certificate()))
                .addKeyValue(bytes("server.tls.key", tls.key()));
        KeyManagerFactory factory;
        try {
            factory = pem.getKeyManagerFactory(vertx);
        } catch (Exception e) {
            throw new IOException(
                    "no certificate and key in PEM can be made out in server.tls.cert " + tls.certificate()
                            + " and server.tls.key " + tls.key() + ": " + e.getMessage(),
                    e);
        }
        X509KeyManager manager = Stream.of(factory.getKeyManagers())
                .filter(X509KeyManager.class::isInstance)
                .map((KeyManager any) -> (X509KeyManager) any)
                .findFirst()
                .orElseThrow();
        for (String kind : new String[] {"RSA", "EC", "EdDSA"}) {
            String[] aliases = manager.getServerAliases(kind, null);
            if (aliases != null && aliases.length > 0) {
                X509Certificate certificate = manager.getCertificateChain(aliases[0])[0];
                if (!fits(manager.getPrivateKey(aliases[0]), certificate.getPublicKey())) {
                    throw new IOException(
                            "server.tls.key " + tls.key() + " does not fit the certificate in server.tls.cert "
                                    + tls.certificate() + " (the first in that file must be the server's own)");
                }
                return new ServerIdentity(factory, certificate);
            }
        }
        throw new IOException("server.tls.cert " + tls.certificate()
                + " has a kind of key that is not known here: use RSA," + " EC or Ed25519");
    }

    /** It as Vert.x wants it. */
    KeyCertOptions options() {
        return KeyCertOptions.wrap(keys);
    }

    private static Buffer bytes(String setting, Path path) throws IOException {
        try {
            return Buffer.buffer(Files.readAllBytes(path));
        } catch (NoSuchFileException e) {
            throw new IOException("cannot read " + setting + ": there is no file " + path, e);
        } catch (IOException e) {
            throw new IOException("cannot read " + setting + ": " + e, e);
        }
    }

    // Java puts any key beside any certificate, and finds out when the first client comes.
    private static boolean fits(PrivateKey key, PublicKey publicKey) {
        String algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> "EdDSA";
        };
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(PROBE);
            byte[] signed = signature.sign();
            signature.initVerify(publicKey);
            signature.update(PROBE);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
