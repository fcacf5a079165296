package io.cornucopia.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.cornucopia.http.HttpSettings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsFilesTest {
    private static final char[] PASSWORD = "password".toCharArray();
    private static final int PKCS8_HEAD_OF_RSA_2048 = 26;

    @TempDir
    static Path directory;

    private static Pair rsa;
    private static Pair otherRsa;
    private static Pair ec;
    private static Pair ed25519;

    private final List<String> problems = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    /** A certificate and its key, each in a PEM file. */
    private record Pair(Path certificate, Path key, byte[] pkcs8) {
        /** With the JDK's own tool, in which no certificate is older than the JDK's idea of now. */
        static Pair make(String name, String algorithm)
                throws IOException, InterruptedException, GeneralSecurityException {
            Path store = directory.resolve(name + ".p12");
            Process keytool = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "keytool")
                                    .toString(),
                            "-genkeypair",
                            "-alias",
                            "a",
                            "-keyalg",
                            algorithm,
                            "-dname",
                            "CN=localhost",
                            "-validity",
                            "10",
                            "-storetype",
                            "PKCS12",
                            "-storepass",
                            "password",
                            "-keystore",
                            store.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve(name + ".log").toFile())
                    .start();
            assertThat(keytool.waitFor(1, TimeUnit.MINUTES)).isTrue();
            KeyStore keys = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(store)) {
                keys.load(in, PASSWORD);
            }
            byte[] pkcs8 = keys.getKey("a", PASSWORD).getEncoded();
            return new Pair(
                    pem(name + ".crt", "CERTIFICATE", keys.getCertificate("a").getEncoded()),
                    pem(name + ".key", "PRIVATE KEY", pkcs8),
                    pkcs8);
        }
    }

    @BeforeAll
    static void make() throws Exception {
        rsa = Pair.make("rsa", "RSA");
        otherRsa = Pair.make("other", "RSA");
        ec = Pair.make("ec", "EC");
        ed25519 = Pair.make("ed25519", "Ed25519");
    }

    private static Path pem(String name, String what, byte[] content) throws IOException {
        return Files.writeString(
                directory.resolve(name),
                "Bag Attributes\n-----BEGIN " + what + "-----\n"
                        + Base64.getMimeEncoder().encodeToString(content) + "\n-----END " + what + "-----\n");
    }

    private void check(Path certificate, Path key) {
        problems.clear();
        new TlsFiles(problems, warnings).check(new HttpSettings.Tls(certificate, key), Instant.now());
    }

    @Test
    @DisplayName("a key that fits its certificate is good: RSA and EC, PKCS#8 and PKCS#1, also with a chain behind it")
    void good() throws IOException {
        check(rsa.certificate(), rsa.key());
        assertThat(problems).isEmpty();
        check(ec.certificate(), ec.key());
        assertThat(problems).isEmpty();
        byte[] pkcs1 = Arrays.copyOfRange(rsa.pkcs8(), PKCS8_HEAD_OF_RSA_2048, rsa.pkcs8().length);
        check(rsa.certificate(), pem("pkcs1.key", "RSA PRIVATE KEY", pkcs1));
        assertThat(problems).isEmpty();
        Path chain = Files.writeString(
                directory.resolve("chain.crt"),
                Files.readString(rsa.certificate()) + Files.readString(otherRsa.certificate()));
        check(chain, rsa.key());
        assertThat(problems).isEmpty();
        assertThat(warnings).isEmpty();
    }

    @Test
    @DisplayName("a key that does not fit its certificate is one clear line, also if it is of another kind")
    void mismatch() {
        for (Path key : List.of(otherRsa.key(), ec.key())) {
            check(rsa.certificate(), key);
            assertThat(problems)
                    .containsExactly("server.tls: the key " + key + " does not fit the certificate " + rsa.certificate()
                            + "; its own certificate has to be the first in the file");
        }
    }

    @Test
    @DisplayName("a file that is not there, not PEM, the other one, or broken is one clear line")
    void unreadable() throws IOException {
        Path missing = directory.resolve("missing.pem");
        check(missing, rsa.key());
        assertThat(problems).containsExactly("server.tls.cert: " + missing + ": there is no such file");
        check(rsa.certificate(), missing);
        assertThat(problems).containsExactly("server.tls.key: " + missing + ": there is no such file");
        check(directory, rsa.key());
        assertThat(problems).singleElement().asString().contains("cannot be read");
        check(rsa.key(), rsa.certificate());
        assertThat(problems)
                .containsExactly(
                        "server.tls.cert: " + rsa.key()
                                + " is not a certificate in PEM; it has to have a line -----BEGIN CERTIFICATE-----",
                        "server.tls.key: " + rsa.certificate()
                                + " is not a private key in PEM; it has to have a line -----BEGIN PRIVATE KEY-----");
        check(pem("broken.crt", "CERTIFICATE", new byte[] {1, 2, 3}), rsa.key());
        assertThat(problems).singleElement().asString().contains("holds a certificate that cannot be read");
        check(rsa.certificate(), pem("broken.key", "PRIVATE KEY", new byte[] {1, 2, 3}));
        assertThat(problems).singleElement().asString().contains("holds a key that cannot be read");
        check(rsa.certificate(), pem("encrypted.key", "ENCRYPTED PRIVATE KEY", new byte[] {1, 2, 3}));
        assertThat(problems).singleElement().asString().contains("behind a password", "openssl pkey");
    }

    @Test
    @DisplayName("a certificate for a key of another kind is one clear line")
    void otherKind() {
        check(ed25519.certificate(), ed25519.key());
        assertThat(problems)
                .containsExactly("server.tls.cert: " + ed25519.certificate()
                        + " is for a key of the kind EdDSA, which cannot be used here: use RSA or EC");
    }

    @Test
    @DisplayName("a certificate outside its time is a warning")
    void validity() {
        HttpSettings.Tls tls = new HttpSettings.Tls(rsa.certificate(), rsa.key());
        new TlsFiles(problems, warnings).check(tls, Instant.now().plus(Duration.ofDays(11)));
        assertThat(warnings).singleElement().asString().contains("expired at");
        new TlsFiles(problems, warnings).check(tls, Instant.now().minus(Duration.ofDays(1)));
        assertThat(warnings).hasSize(2).last().asString().contains("is not valid before");
        assertThat(problems).isEmpty();
    }
}
