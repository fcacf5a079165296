package io.cornucopia.intake;

import io.cornucopia.storage.IncomingFile;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/** What an upload's form says that the file hashes to (section G3). */
final class ClaimedDigests {
    private static final Pattern HEX = Pattern.compile("[0-9a-f]+");

    /** The kinds of digests that a form may have. */
    private enum Kind {
        MD5("md5_digest", 32, IncomingFile.Received::md5),
        SHA256("sha256_digest", 64, IncomingFile.Received::sha256),
        BLAKE2("blake2_256_digest", 64, IncomingFile.Received::blake2b256);

        private final String field;
        private final int length;
        private final Function<IncomingFile.Received, String> actual;

        Kind(String field, int length, Function<IncomingFile.Received, String> actual) {
            this.field = field;
            this.length = length;
            this.actual = actual;
        }
    }

    private final Map<Kind, String> claimed;

    private ClaimedDigests(Map<Kind, String> claimed) {
        this.claimed = claimed;
    }

    /** Reads them; fails with an invalid upload if there is none, or one that is no digest. */
    static ClaimedDigests read(Optional<String> md5, Optional<String> sha256, Optional<String> blake2) {
        Map<Kind, String> claimed = new LinkedHashMap<>();
        sha256.ifPresent(text -> claimed.put(Kind.SHA256, hex(Kind.SHA256, text)));
        blake2.ifPresent(text -> claimed.put(Kind.BLAKE2, hex(Kind.BLAKE2, text)));
        md5.ifPresent(text -> claimed.put(Kind.MD5, hex(Kind.MD5, text)));
        if (claimed.isEmpty()) {
            throw Refusal.invalid(
                    "The form has no digest of the file: send sha256_digest, blake2_256_digest or md5_digest");
        }
        return new ClaimedDigests(claimed);
    }

    /** Checks all of them; fails with an invalid upload if one is another than the file's. */
    void check(IncomingFile.Received received) {
        claimed.forEach((kind, hex) -> {
            String actual = kind.actual.apply(received).toLowerCase(Locale.ROOT);
            if (!actual.equals(hex)) {
                throw Refusal.invalid("The " + kind.field + " does not match the uploaded file: the form says " + hex
                        + ", the " + received.length() + " bytes that arrived have " + actual);
            }
        });
    }

    private static String hex(Kind kind, String text) {
        String hex = text.toLowerCase(Locale.ROOT);
        if (hex.length() != kind.length || !HEX.matcher(hex).matches()) {
            throw Refusal.invalid(
                    "Invalid " + kind.field + " " + Quoted.text(text) + ": not " + kind.length + " hexadecimal digits");
        }
        return hex;
    }
}
