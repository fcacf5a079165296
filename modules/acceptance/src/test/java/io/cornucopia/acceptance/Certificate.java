package io.cornucopia.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;

/**
 * A certificate for this machine that nobody but itself vouches for, made by the JDK's keytool.
 *
 * @param x509 the certificate
 * @param key its private key
 */
record Certificate(X509Certificate x509, Key key) {
    private static final String PASSWORD = "of-no-importance";

    /** Makes one; blocks for about a second. */
    static Certificate selfSigned(Path directory) throws IOException {
        Path store = Files.createTempDirectory(directory, "keys").resolve("store.p12");
        Process keytool = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "SAN=DNS:localhost,IP:127.0.0.1",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        PASSWORD))
                .redirectErrorStream(true)
                .start();
        String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try (InputStream in = Files.newInputStream(store)) {
            assertThat(keytool.waitFor()).as(output).isZero();
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, PASSWORD.toCharArray());
            return new Certificate(
                    (X509Certificate) keys.getCertificate("server"), keys.getKey("server", PASSWORD.toCharArray()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(output, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    BigInteger serial() {
        return x509.getSerialNumber();
    }

    /** Puts both there in PEM, each file at once. */
    void write(Path certificateFile, Path keyFile) throws IOException {
        try {
            replace(keyFile, pem("PRIVATE KEY", key.getEncoded()));
            replace(certificateFile, pem("CERTIFICATE", x509.getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void replace(Path file, String text) throws IOException {
        Path fresh = Files.writeString(file.resolveSibling(file.getFileName() + ".fresh"), text);
        Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
    }

    private static String pem(String what, byte[] der) {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + what + "-----\n" + base64 + "\n-----END " + what + "-----\n";
    }
}
