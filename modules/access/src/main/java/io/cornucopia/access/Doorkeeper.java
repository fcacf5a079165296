package io.cornucopia.access;

import io.cornucopia.core.Digest;
import io.cornucopia.core.HashAlgorithm;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/** Looks at the credentials of requests. Thread-safe; never blocks. */
public final class Doorkeeper {
    private final Supplier<List<Token>> tokens;
    private final InstantSource clock;

    /**
     * @param tokens the tokens that are good now, asked for at each request
     * @param clock what time it is: when tokens expire
     */
    public Doorkeeper(Supplier<List<Token>> tokens, InstantSource clock) {
        this.tokens = Objects.requireNonNull(tokens, "tokens");
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    /**
     * Looks at a request's credentials (section G12): Basic, where the password is the token and any user name will do
     * ({@code __token__} by custom), or Bearer.
     *
     * @param authorization the value of the header {@code Authorization}, if there is one
     * @param address the client's address
     */
    public Admission admit(Optional<String> authorization, String address) {
        if (authorization.isEmpty()) {
            return new Admission.Missing();
        }
        return secret(authorization.get())
                .flatMap(this::principal)
                .<Admission>map(Admission.Admitted::new)
                .orElseGet(() -> new Admission.Refused(Duration.ZERO));
    }

    private Optional<Principal> principal(String secret) {
        byte[] hash = sha256(secret);
        Optional<Principal> found = Optional.empty();
        // All of them, whichever fits: how long this takes says nothing.
        for (Token token : tokens.get()) {
            boolean fits = MessageDigest.isEqual(hash, token.hash().hex().getBytes(StandardCharsets.US_ASCII));
            boolean good = token.expires().map(clock.instant()::isBefore).orElse(true);
            if (fits && good) {
                found = Optional.of(token.principal());
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
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
            return Digest.of(HashAlgorithm.SHA256, hash).hex().getBytes(StandardCharsets.US_ASCII);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
