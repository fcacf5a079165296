package io.cornucopia.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509KeyManager;

/** Reads a certificate and its key from files in PEM (RFC 7468), and says all that is wrong with them. Blocks. */
final class PemIdentity {
    private static final String CERT = "server.tls.cert";
    private static final String KEY = "server.tls.key";
    private static final Pattern CERTIFICATE_BLOCK =
            Pattern.compile("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", Pattern.DOTALL);
    private static final Pattern KEY_BEGIN = Pattern.compile("-----BEGIN ([A-Z0-9]+ )?PRIVATE KEY-----");
    private static final byte[] CHALLENGE = "cornucopia".getBytes(StandardCharsets.US_ASCII);

    private final HttpSettings.Tls tls;
    private final List<String> problems = new ArrayList<>();

    PemIdentity(HttpSettings.Tls tls) {
        this.tls = tls;
    }

    ServerIdentity read() throws UnusableIdentityException {
        // Both are read before they are looked at, so that what is looked at is what is served.
        Optional<String> certificatePem = text(CERT, tls.certificate());
        Optional<String> keyPem = text(KEY, tls.key());
        Optional<X509Certificate> certificate = certificatePem.flatMap(this::certificate);
        Optional<String> plainKey = keyPem.filter(this::isPlainKey);
        if (certificate.isPresent() && plainKey.isPresent()) {
            Optional<KeyManagerFactory> keys = keys(certificate.get(), certificatePem.get(), plainKey.get());
            if (keys.isPresent()) {
                return new ServerIdentity(keys.get(), certificate.get());
            }
        }
        throw new UnusableIdentityException(problems);
    }

    private Optional<String> text(String setting, Path file) {
        try {
            return Optional.of(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
        } catch (NoSuchFileException e) {
            problems.add(setting + ": " + file + ": there is no such file");
        } catch (IOException e) {
            problems.add(setting + ": " + file + " cannot be read (" + e + ")");
        }
        return Optional.empty();
    }

    private Optional<X509Certificate> certificate(String pem) {
        Matcher blocks = CERTIFICATE_BLOCK.matcher(pem);
        X509Certificate first = null;
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            while (blocks.find()) {
                X509Certificate next = (X509Certificate) factory.generateCertificate(
                        new ByteArrayInputStream(blocks.group().getBytes(StandardCharsets.ISO_8859_1)));
                first = first == null ? next : first;
            }
        } catch (CertificateException e) {
            problems.add(CERT + ": " + tls.certificate() + " holds a certificate that cannot be read (" + e.getMessage()
                    + ")");
            return Optional.empty();
        }
        if (first == null) {
            problems.add(CERT + ": " + tls.certificate()
                    + " is not a certificate in PEM; it has to have a line -----BEGIN CERTIFICATE-----");
        }
        return Optional.ofNullable(first);
    }

    private boolean isPlainKey(String pem) {
        Matcher begin = KEY_BEGIN.matcher(pem);
        if (!begin.find()) {
            problems.add(KEY + ": " + tls.key()
                    + " is not a private key in PEM; it has to have a line -----BEGIN PRIVATE KEY-----");
            return false;
        }
        if ("ENCRYPTED ".equals(begin.group(1)) || pem.contains("Proc-Type: 4,ENCRYPTED")) {
            problems.add(KEY + ": " + tls.key()
                    + " is a key behind a password, which cannot be given here; write it without one:"
                    + " openssl pkey -in FILE -out FILE");
            return false;
        }
        return true;
    }

    /** Both as Java's TLS wants them, if what the key signs is what the certificate says. */
    private Optional<KeyManagerFactory> keys(X509Certificate certificate, String certificatePem, String keyPem) {
        PublicKey publicKey = certificate.getPublicKey();
        Optional<String> signature = signature(publicKey);
        if (signature.isEmpty()) {
            problems.add(CERT + ": " + tls.certificate() + " is for a key of the kind " + publicKey.getAlgorithm()
                    + ", which cannot be used here: use RSA or EC");
            return Optional.empty();
        }
        KeyManagerFactory keys;
        try {
            keys = new PemKeyCertOptions()
                    .setCertValue(Buffer.buffer(certificatePem, "ISO-8859-1"))
                    .setKeyValue(Buffer.buffer(keyPem, "ISO-8859-1"))
                    .getKeyManagerFactory(null);
        } catch (Exception e) { // Vert.x declares no other.
            boolean otherKind = String.valueOf(e.getMessage()).contains("does not match algorithm");
            problems.add(
                    otherKind
                            ? mismatch()
                            : KEY + ": " + tls.key() + " holds a key that cannot be read (" + e.getMessage()
                                    + "); PKCS#8 can: openssl pkey -in FILE -out FILE");
            return Optional.empty();
        }
        // Java puts any key beside any certificate, and finds out when the first client comes.
        boolean fits = Stream.of(keys.getKeyManagers())
                .flatMap(manager -> privateKeys(manager, publicKey.getAlgorithm()))
                .findFirst()
                .filter(key -> signs(signature.get(), key, publicKey))
                .isPresent();
        if (!fits) {
            problems.add(mismatch());
            return Optional.empty();
        }
        return Optional.of(keys);
    }

    // Vert.x reads keys of these kinds only.
    private static Optional<String> signature(PublicKey publicKey) {
        return switch (publicKey.getAlgorithm()) {
            case "RSA" -> Optional.of("SHA256withRSA");
            case "EC" -> Optional.of("SHA256withECDSA");
            default -> Optional.empty();
        };
    }

    private static Stream<PrivateKey> privateKeys(KeyManager manager, String algorithm) {
        if (!(manager instanceof X509KeyManager keys)) {
            return Stream.empty();
        }
        String[] aliases = keys.getServerAliases(algorithm, null);
        return aliases == null ? Stream.empty() : Stream.of(aliases).map(keys::getPrivateKey);
    }

    private static boolean signs(String algorithm, PrivateKey key, PublicKey publicKey) {
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(CHALLENGE);
            byte[] signed = signature.sign();
            signature.initVerify(publicKey);
            signature.update(CHALLENGE);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private String mismatch() {
        return "server.tls: the key " + tls.key() + " does not fit the certificate " + tls.certificate()
                + "; its own certificate has to be the first in the file";
    }
}
