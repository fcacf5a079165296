package io.cornucopia.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the credentials of requests. Those that are wrong are logged with the client's address, and, after ten in a
 * minute from there, have to wait; good ones never do. Thread-safe; never blocks.
 */
public final class Doorkeeper {
    private static final Logger LOG = LoggerFactory.getLogger(Doorkeeper.class);

    private final Supplier<List<Token>> tokens;
    private final InstantSource clock;
    private final FailedAttempts failedAttempts;

    /**
     * @param tokens the tokens that are good now, asked for at each request
     * @param clock what time it is: when tokens expire, and how long ago attempts failed
     */
    public Doorkeeper(Supplier<List<Token>> tokens, InstantSource clock) {
        this.tokens = Objects.requireNonNull(tokens, "tokens");
        this.clock = Objects.requireNonNull(clock, "clock");
        failedAttempts = new FailedAttempts(clock);
    }

    /**
     * Looks at a request's credentials (section G12): Basic, where the password is the token and any user name will do
     * ({@code __token__} by custom), or Bearer. A header that is neither is a failed attempt as well.
     *
     * @param authorization the value of the header {@code Authorization}, if there is one
     * @param address the client's address
     */
    public Admission admit(Optional<String> authorization, String address) {
        if (authorization.isEmpty()) {
            return new Admission.Missing();
        }
        // An empty one is nobody's, whatever somebody hashed by mistake.
        Optional<String> secret = secret(authorization.get()).filter(text -> !text.isEmpty());
        if (secret.isEmpty()) {
            return refuse(address, "neither Basic nor Bearer credentials");
        }
        Optional<Token> token = token(secret.get());
        if (token.isEmpty()) {
            return refuse(address, "no token that is known here");
        }
        if (token.get().isExpired(clock.instant())) {
            return refuse(
                    address,
                    "the token " + token.get().principal().name() + ", which expired at "
                            + token.get().expires().get());
        }
        return new Admission.Admitted(token.get().principal());
    }

    /** Never tells the credentials: those that were nearly right are secrets too. */
    private Admission refuse(String address, String what) {
        Duration delay = failedAttempts.count(address);
        LOG.warn(
                "refused {}: it came with {}{}",
                address,
                what,
                delay.isZero() ? "" : "; its answer waits for " + delay.toMillis() + " ms");
        return new Admission.Refused(delay);
    }

    private Optional<Token> token(String secret) {
        byte[] hash = sha256(secret);
        Optional<Token> found = Optional.empty();
        // All of them, whichever fits: how long this takes says nothing.
        for (Token token : tokens.get()) {
            if (MessageDigest.isEqual(hash, token.hash().hex().getBytes(StandardCharsets.US_ASCII))) {
                found = Optional.of(token);
            }
        }
        return found;
    }

    private static Optional<String> secret(String authorization) {
        int space = authorization.indexOf(' ');
        if (space < 0) {
            return Optional.empty();
        }
        String value = authorization.substring(space + 1).strip();
        return switch (authorization.substring(0, space).toLowerCase(Locale.ROOT)) {
            case "bearer" -> Optional.of(value);
            case "basic" -> password(value);
            default -> Optional.empty();
        };
    }

    private static Optional<String> password(String base64) {
        try {
            String pair = new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
            int colon = pair.indexOf(':');
            return colon < 0 ? Optional.empty() : Optional.of(pair.substring(colon + 1));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static byte[] sha256(String secret) {
        return new TokenSecret(secret).hash().hex().getBytes(StandardCharsets.US_ASCII);
    }
}
