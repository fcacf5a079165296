package io.cornucopia.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/** A self-signed certificate and its key, made by the JDK's keytool, as PEM files. */
final class TlsFiles {
    private static final char[] PASSWORD = "password".toCharArray();

    private TlsFiles() {}

    static HttpSettings.Tls in(Path directory) {
        return new HttpSettings.Tls(directory.resolve("cert.pem"), directory.resolve("key.pem"));
    }

    /** Makes a certificate of that name and lays it where {@code tls} says; half of it if only half is wanted. */
    static void write(HttpSettings.Tls tls, String name, boolean certificate, boolean key) throws Exception {
        Path store = Files.createTempDirectory("keys").resolve("keys.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-alias",
                        "a",
                        "-validity",
                        "30",
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        "san=dns:localhost,ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        new String(PASSWORD))
                .redirectErrorStream(true)
                .redirectOutput(store.resolveSibling("log").toFile())
                .start();
        if (keytool.waitFor() != 0) {
            throw new IOException(Files.readString(store.resolveSibling("log")));
        }
        KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD);
        if (certificate) {
            Files.writeString(
                    tls.certificate(),
                    pem("CERTIFICATE", keys.getCertificate("a").getEncoded()));
        }
        if (key) {
            Key secret = keys.getKey("a", PASSWORD);
            Files.writeString(tls.key(), pem("PRIVATE KEY", secret.getEncoded()));
        }
    }

    private static String pem(String what, byte[] der) {
        return "-----BEGIN " + what + "-----\n" + Base64.getMimeEncoder().encodeToString(der) + "\n-----END " + what
                + "-----\n";
    }

    /** Takes any certificate, and shows each to {@code seen}. */
    static SSLContext trusting(java.util.function.Consumer<X509Certificate> seen) throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        TrustManager trust = new javax.net.ssl.X509ExtendedTrustManager() {
            @Override
            public void checkClientTrusted(X509Certificate[] chain, String type) {}

            @Override
            public void checkServerTrusted(X509Certificate[] chain, String type) {
                seen.accept(chain[0]);
            }

            @Override
            public void checkClientTrusted(X509Certificate[] chain, String type, java.net.Socket socket) {}

            @Override
            public void checkServerTrusted(X509Certificate[] chain, String type, java.net.Socket socket) {
                seen.accept(chain[0]);
            }

            @Override
            public void checkClientTrusted(X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}

            @Override
            public void checkServerTrusted(X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {
                seen.accept(chain[0]);
            }

            @Override
            public X509Certificate[] getAcceptedIssuers() {
                return new X509Certificate[0];
            }
        };
        context.init(null, new TrustManager[] {trust}, new SecureRandom());
        return context;
    }
}
