package io.cornucopia.cluster;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.function.LongSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.generators.SCrypt;

/**
 * What nodes derive from the secret that they share: a key for each purpose, so that none tells anything of another. To
 * derive takes a moment on purpose: a stranger who reaches a port sees a public key made from the secret, and has
 * to go this way for every guess.
 */
public final class ClusterSecret {
    private static final int KEY_BYTES = 32;
    private static final int COST = 1 << 15;
    private static final int BLOCK_SIZE = 8;

    private final byte[] root;

    /** Blocks for a moment: it is meant to be slow. */
    public ClusterSecret(String name, String secret) {
        root = SCrypt.generate(
                secret.getBytes(StandardCharsets.UTF_8),
                ("cornucopia cluster " + name).getBytes(StandardCharsets.UTF_8),
                COST,
                BLOCK_SIZE,
                1,
                KEY_BYTES);
    }

    /** What connections between nodes are secured with. Blocks for a moment. */
    public ClusterTls tls() {
        return new ClusterTls(this);
    }

    /**
     * What HTTP between nodes is signed with.
     *
     * @param self the id of the node that signs
     * @param millis the time since the epoch, which all nodes should agree on to within a minute
     */
    public PeerSignature signature(String self, LongSupplier millis) {
        return new PeerSignature(key("peer http"), self, millis);
    }

    /** 32 bytes for {@code purpose} alone; the same on every node. */
    byte[] key(String purpose) {
        return hmac(root, purpose.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] hmac(byte[] key, byte[] message) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HmacSHA256 is part of every JDK", e);
        }
    }
}
