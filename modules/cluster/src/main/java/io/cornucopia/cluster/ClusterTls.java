package io.cornucopia.cluster;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.PfxOptions;
import io.vertx.core.net.TCPSSLOptions;
import io.vertx.core.net.TrustOptions;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Date;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;

/**
 * TLS between nodes, with the secret for an identity: every node derives the same key and the same certificate from it,
 * shows it, and takes it and nothing else from the other side. Whoever does not know the secret cannot finish a
 * handshake, neither as a client nor as a server.
 */
public final class ClusterTls {
    /** The one version: in it certificates go over the wire encrypted. */
    static final String PROTOCOL = "TLSv1.3";

    private static final String ALIAS = "node";
    // Of a key store that never leaves memory.
    private static final String PASSWORD = "memory";
    private static final AlgorithmIdentifier ED25519 = new AlgorithmIdentifier(new ASN1ObjectIdentifier("1.3.101.112"));

    private final PrivateKey key;
    private final X509Certificate certificate;
    private final PfxOptions identity;
    private final PfxOptions trust;

    /** Blocks for a moment. */
    ClusterTls(ClusterSecret secret) {
        Ed25519PrivateKeyParameters seed = new Ed25519PrivateKeyParameters(secret.key("tls"));
        try {
            key = KeyFactory.getInstance("Ed25519")
                    .generatePrivate(
                            new PKCS8EncodedKeySpec(new PrivateKeyInfo(ED25519, new DEROctetString(seed.getEncoded()))
                                    .getEncoded(ASN1Encoding.DER)));
            certificate = certificate(seed, key);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("Ed25519 is part of every JDK since 15", e);
        }
        identity = store(
                keys -> keys.setKeyEntry(ALIAS, key, PASSWORD.toCharArray(), new X509Certificate[] {certificate}));
        trust = store(keys -> keys.setCertificateEntry(ALIAS, certificate));
    }

    // The same bytes on every node: Ed25519 signatures have no randomness, and validity has no today in it.
    private static X509Certificate certificate(Ed25519PrivateKeyParameters seed, PrivateKey key)
            throws GeneralSecurityException, IOException {
        X500Name name = new X500Name("CN=cornucopia node");
        V3TBSCertificateGenerator generator = new V3TBSCertificateGenerator();
        generator.setSerialNumber(new ASN1Integer(BigInteger.ONE));
        generator.setSignature(ED25519);
        generator.setIssuer(name);
        generator.setSubject(name);
        generator.setStartDate(new Time(Date.from(Instant.parse("2000-01-01T00:00:00Z"))));
        generator.setEndDate(new Time(Date.from(Instant.parse("9999-12-31T23:59:59Z"))));
        generator.setSubjectPublicKeyInfo(
                new SubjectPublicKeyInfo(ED25519, seed.generatePublicKey().getEncoded()));
        TBSCertificate unsigned = generator.generateTBSCertificate();
        Signature signature = Signature.getInstance("Ed25519");
        signature.initSign(key);
        signature.update(unsigned.getEncoded(ASN1Encoding.DER));
        ASN1EncodableVector signed = new ASN1EncodableVector();
        signed.add(unsigned);
        signed.add(ED25519);
        signed.add(new DERBitString(signature.sign()));
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(new DERSequence(signed).getEncoded(ASN1Encoding.DER)));
    }

    /** What a node shows, for Vert.x. As bytes, since the event bus copies its options by way of JSON. */
    public KeyCertOptions identity() {
        return identity.copy();
    }

    /** What a node accepts, for Vert.x; a server has to ask for it ({@code ClientAuth.REQUIRED}). */
    public TrustOptions trust() {
        return trust.copy();
    }

    /** Makes it a client that talks to nodes only. */
    public HttpClientOptions client(HttpClientOptions options) {
        secure(options);
        // It is the key that counts, wherever the node is.
        return options.setVerifyHost(false);
    }

    /** Makes it a server that talks to nodes only. */
    public HttpServerOptions server(HttpServerOptions options) {
        secure(options);
        return options.setClientAuth(ClientAuth.REQUIRED);
    }

    private void secure(TCPSSLOptions options) {
        options.setSsl(true)
                .setKeyCertOptions(identity())
                .setTrustOptions(trust())
                .setEnabledSecureTransportProtocols(Set.of(PROTOCOL))
                // A handshake takes milliseconds, and many may come at once.
                .setSslEngineOptions(new JdkSSLEngineOptions().setUseWorkerThread(true));
    }

    private static PfxOptions store(Entry entry) {
        try {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(null, null);
            entry.into(keys);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            keys.store(bytes, PASSWORD.toCharArray());
            return new PfxOptions().setPassword(PASSWORD).setValue(Buffer.buffer(bytes.toByteArray()));
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("PKCS12 is part of every JDK", e);
        }
    }

    private interface Entry {
        void into(KeyStore keys) throws GeneralSecurityException;
    }

    SSLEngine engine(boolean client) {
        try {
            SSLContext context = SSLContext.getInstance(PROTOCOL);
            context.init(new KeyManager[] {new OneKey()}, new TrustManager[] {new SameCertificate()}, null);
            SSLEngine engine = context.createSSLEngine();
            engine.setEnabledProtocols(new String[] {PROTOCOL});
            engine.setUseClientMode(client);
            if (!client) {
                engine.setNeedClientAuth(true);
            }
            return engine;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(PROTOCOL + " is part of every JDK", e);
        }
    }

    private final class OneKey extends X509ExtendedKeyManager {
        private String alias(String... keyTypes) {
            for (String type : keyTypes) {
                if (type.equals("EdDSA") || type.equals("Ed25519")) {
                    return ALIAS;
                }
            }
            return null;
        }

        @Override
        public String[] getClientAliases(String keyType, Principal[] issuers) {
            return new String[] {ALIAS};
        }

        @Override
        public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
            return alias(keyTypes);
        }

        @Override
        public String chooseEngineClientAlias(String[] keyTypes, Principal[] issuers, SSLEngine engine) {
            return alias(keyTypes);
        }

        @Override
        public String[] getServerAliases(String keyType, Principal[] issuers) {
            return new String[] {ALIAS};
        }

        @Override
        public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
            return alias(keyType);
        }

        @Override
        public String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
            return alias(keyType);
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return new X509Certificate[] {certificate};
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return key;
        }
    }

    // Names and dates of certificates mean nothing here: that the other side holds this very key means everything.
    private final class SameCertificate extends X509ExtendedTrustManager {
        private void check(X509Certificate[] chain) throws CertificateException {
            if (chain.length != 1 || !certificate.equals(chain[0])) {
                throw new CertificateException("the other side has another cluster.secret or cluster.name");
            }
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            check(chain);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
