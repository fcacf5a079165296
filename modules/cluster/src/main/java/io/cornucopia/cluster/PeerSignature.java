package io.cornucopia.cluster;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Proves between nodes, over HTTP, that whoever asks and whoever answers knows the cluster's secret. A signature is good for
 * one request, within a minute; one answer is good for one request. It hides nothing: who can listen reads along.
 *
 * <p>May be called from any thread.
 */
public final class PeerSignature {
    /** The header of a signed request. */
    public static final String REQUEST_HEADER = "X-Cornucopia-Node";

    /** The header of a signed answer. */
    public static final String ANSWER_HEADER = "X-Cornucopia-Answer";

    /** How far clocks may be apart, and how long a signature is good. */
    static final Duration TOLERANCE = Duration.ofSeconds(60);

    private static final String FORMAT = "1";
    private static final int NONCE_BYTES = 16;

    private final byte[] key;
    private final String self;
    private final LongSupplier millis;
    private final SecureRandom random = new SecureRandom();
    // What was seen in this span of time and in the one before: after that the time alone tells that it is old.
    private Set<String> seen = new HashSet<>();
    private Set<String> seenBefore = new HashSet<>();
    private long spanBegan;

    PeerSignature(byte[] key, String self, LongSupplier millis) {
        this.key = key.clone();
        this.self = self;
        this.millis = millis;
    }

    /**
     * Signs a request.
     *
     * @param target path and query, as they are sent
     * @param facts what else must arrive as it was sent, such as the value of {@code Range}; empty if nothing
     */
    public Signed sign(String method, String target, String facts) {
        byte[] bytes = new byte[NONCE_BYTES];
        random.nextBytes(bytes);
        String nonce = HexFormat.of().formatHex(bytes);
        String head = String.join(" ", FORMAT, self, Long.toString(millis.getAsLong()), nonce);
        return new Signed(head + " " + mac("ask", head, method, target, facts), nonce);
    }

    /**
     * Looks at a request.
     *
     * @param header what stands in {@link #REQUEST_HEADER}; null if nothing does
     * @return who asks; empty if the secret is not known there, if it is too old, or if it was here before
     */
    public Optional<Asker> verify(String method, String target, String facts, String header) {
        String[] parts = header == null ? new String[0] : header.split(" ", -1);
        if (parts.length != 5 || !parts[0].equals(FORMAT)) {
            return Optional.empty();
        }
        String head = String.join(" ", parts[0], parts[1], parts[2], parts[3]);
        if (!equal(mac("ask", head, method, target, facts), parts[4])) {
            return Optional.empty();
        }
        // Only what is signed is looked at any closer.
        long now = millis.getAsLong();
        long signedAt = Long.parseLong(parts[2]);
        if (Math.abs(now - signedAt) > TOLERANCE.toMillis() || !isNew(parts[3], now)) {
            return Optional.empty();
        }
        return Optional.of(new Asker(parts[1], parts[3]));
    }

    /**
     * Signs the head of an answer.
     *
     * @param facts what must arrive as it was sent: the digest of a page, the range of a file. Both sides put it together
     *     in the same way
     * @return the value of {@link #ANSWER_HEADER}
     */
    public String answer(Asker asker, int status, String facts) {
        return mac("answer", asker.nonce(), Integer.toString(status), facts);
    }

    /** Whether an answer to {@code request} comes from somebody who knows the secret, and says what it said. */
    public boolean isAnswer(Signed request, int status, String facts, String header) {
        return header != null && equal(mac("answer", request.nonce(), Integer.toString(status), facts), header);
    }

    private synchronized boolean isNew(String nonce, long now) {
        // A signature from the future lives for twice the tolerance.
        if (now - spanBegan > 2 * TOLERANCE.toMillis()) {
            seenBefore = seen;
            seen = new HashSet<>();
            spanBegan = now;
        }
        return !seenBefore.contains(nonce) && seen.add(nonce);
    }

    private String mac(String... parts) {
        StringBuilder text = new StringBuilder();
        for (String part : parts) {
            // With their lengths, or two different requests could read the same.
            text.append(part.length()).append(':').append(part).append('\n');
        }
        return HexFormat.of().formatHex(ClusterSecret.hmac(key, text.toString().getBytes(StandardCharsets.UTF_8)));
    }

    private static boolean equal(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * A request that was signed.
     *
     * @param header the value of {@link #REQUEST_HEADER}
     */
    public record Signed(String header, String nonce) {
        public Signed {
            Objects.requireNonNull(header, "header");
            Objects.requireNonNull(nonce, "nonce");
        }
    }

    /**
     * A node that asked.
     *
     * @param member its id
     */
    public record Asker(String member, String nonce) {
        public Asker {
            Objects.requireNonNull(member, "member");
            Objects.requireNonNull(nonce, "nonce");
        }
    }
}
