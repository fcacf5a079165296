package io.cornucopia.server;

import io.cornucopia.http.HttpSettings;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.X509KeyManager;

/** Looks at a certificate and its key before anything is opened, as the server will read them. Blocks. */
final class TlsFiles {
    private static final Pattern CERTIFICATE =
            Pattern.compile("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", Pattern.DOTALL);
    private static final Pattern KEY = Pattern.compile("-----BEGIN ([A-Z0-9]+ )?PRIVATE KEY-----");
    private static final byte[] CHALLENGE = "cornucopia".getBytes(StandardCharsets.US_ASCII);

    private final List<String> problems;
    private final List<String> warnings;

    /**
     * @param problems gets a line for what makes them useless
     * @param warnings gets a line for what clients will not like
     */
    TlsFiles(List<String> problems, List<String> warnings) {
        this.problems = problems;
        this.warnings = warnings;
    }

    void check(HttpSettings.Tls tls, Instant now) {
        Optional<String> certificatePem = read(Keys.TLS_CERT, tls.certificate());
        Optional<String> keyPem = read(Keys.TLS_KEY, tls.key());
        Optional<X509Certificate> certificate = certificatePem.flatMap(pem -> certificate(pem, tls.certificate()));
        Optional<String> readableKey = keyPem.filter(pem -> isKey(pem, tls.key()));
        if (certificate.isPresent() && readableKey.isPresent()) {
            fit(tls, certificate.get(), certificatePem.get(), readableKey.get());
            validity(tls, certificate.get(), now);
        }
    }

    private Optional<String> read(Key<?> key, Path file) {
        try {
            return Optional.of(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
        } catch (NoSuchFileException e) {
            problems.add(key.name() + ": " + file + ": there is no such file");
        } catch (IOException e) {
            problems.add(key.name() + ": " + file + " cannot be read (" + e + ")");
        }
        return Optional.empty();
    }

    private Optional<X509Certificate> certificate(String pem, Path file) {
        Matcher blocks = CERTIFICATE.matcher(pem);
        X509Certificate first = null;
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            while (blocks.find()) {
                X509Certificate next = (X509Certificate) factory.generateCertificate(
                        new ByteArrayInputStream(blocks.group().getBytes(StandardCharsets.ISO_8859_1)));
                first = first == null ? next : first;
            }
        } catch (CertificateException e) {
            problems.add(Keys.TLS_CERT.name() + ": " + file + " holds a certificate that cannot be read ("
                    + e.getMessage() + ")");
            return Optional.empty();
        }
        if (first == null) {
            problems.add(Keys.TLS_CERT.name() + ": " + file
                    + " is not a certificate in PEM; it has to have a line -----BEGIN CERTIFICATE-----");
        }
        return Optional.ofNullable(first);
    }

    private boolean isKey(String pem, Path file) {
        Matcher begin = KEY.matcher(pem);
        if (!begin.find()) {
            problems.add(Keys.TLS_KEY.name() + ": " + file
                    + " is not a private key in PEM; it has to have a line -----BEGIN PRIVATE KEY-----");
            return false;
        }
        if ("ENCRYPTED ".equals(begin.group(1)) || pem.contains("Proc-Type: 4,ENCRYPTED")) {
            problems.add(Keys.TLS_KEY.name() + ": " + file
                    + " is a key behind a password, which cannot be given here; write it without one:"
                    + " openssl pkey -in FILE -out FILE");
            return false;
        }
        return true;
    }

    /** Reads both as the server will, and tries whether what the key signs is what the certificate says. */
    private void fit(HttpSettings.Tls tls, X509Certificate certificate, String certificatePem, String keyPem) {
        PublicKey publicKey = certificate.getPublicKey();
        PrivateKey key;
        try {
            key = Stream.of(new PemKeyCertOptions()
                            .setCertValue(Buffer.buffer(certificatePem, "ISO-8859-1"))
                            .setKeyValue(Buffer.buffer(keyPem, "ISO-8859-1"))
                            .getKeyManagerFactory(null)
                            .getKeyManagers())
                    .flatMap(manager -> keys(manager, publicKey.getAlgorithm()))
                    .findFirst()
                    .orElse(null);
        } catch (Exception e) { // Vert.x declares no other.
            boolean otherKind = String.valueOf(e.getMessage()).contains("does not match algorithm");
            problems.add(
                    otherKind
                            ? mismatch(tls)
                            : Keys.TLS_KEY.name() + ": " + tls.key() + " holds a key that cannot be read ("
                                    + e.getMessage() + "); PKCS#8 can: openssl pkey -in FILE -out FILE");
            return;
        }
        if (key == null || !signs(key, publicKey)) {
            problems.add(mismatch(tls));
        }
    }

    private static Stream<PrivateKey> keys(KeyManager manager, String algorithm) {
        if (!(manager instanceof X509KeyManager keys)) {
            return Stream.empty();
        }
        String[] aliases = keys.getServerAliases(algorithm, null);
        return aliases == null ? Stream.empty() : Stream.of(aliases).map(keys::getPrivateKey);
    }

    private static boolean signs(PrivateKey key, PublicKey publicKey) {
        String algorithm = switch (publicKey.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> publicKey.getAlgorithm();
        };
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(CHALLENGE);
            byte[] signed = signature.sign();
            signature.initVerify(publicKey);
            signature.update(CHALLENGE);
            return signature.verify(signed);
        } catch (InvalidKeyException | SignatureException e) {
            return false;
        } catch (GeneralSecurityException e) {
            // Nothing here can tell; clients will.
            return true;
        }
    }

    private static String mismatch(HttpSettings.Tls tls) {
        return "server.tls: the key " + tls.key() + " does not fit the certificate " + tls.certificate()
                + "; its own certificate has to be the first in the file";
    }

    private void validity(HttpSettings.Tls tls, X509Certificate certificate, Instant now) {
        Instant end = certificate.getNotAfter().toInstant();
        Instant begin = certificate.getNotBefore().toInstant();
        if (now.isAfter(end)) {
            warnings.add("server.tls.cert: " + tls.certificate() + " expired at " + end + "; clients will refuse it");
        } else if (now.isBefore(begin)) {
            warnings.add("server.tls.cert: " + tls.certificate() + " is not valid before " + begin
                    + "; clients will refuse it until then");
        }
    }
}
