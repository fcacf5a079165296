package io.cornucopia.testkit;

import io.vertx.core.buffer.Buffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;

/** The one digest that the kit deals in, in the two spellings that Python packaging knows. */
final class Sha256 {

    private static final int STEP = 1 << 20;

    private Sha256() {}

    static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(digest().digest(bytes));
    }

    static String hex(Content content) {
        MessageDigest digest = digest();
        for (long at = 0; at < content.length(); at += STEP) {
            Buffer piece = content.slice(at, (int) Math.min(STEP, content.length() - at));
            digest.update(piece.getBytes());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** As a wheel's RECORD wants it. */
    static String urlSafe(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(digest().digest(bytes));
    }
}
