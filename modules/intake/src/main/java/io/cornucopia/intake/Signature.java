package io.cornucopia.intake;

import io.vertx.core.buffer.Buffer;

/** A detached signature that comes with an upload. Looked at, not verified: whose keys count is for those who install. */
final class Signature {
    private static final String BEGIN = "-----BEGIN PGP SIGNATURE-----";
    private static final String END = "-----END PGP SIGNATURE-----";
    private static final int MAX_LENGTH = 64 << 10;

    private Signature() {}

    /** Its bytes, as they are to lie beside the file; fails with an invalid upload if it does not look like one. */
    static Buffer checked(String text) {
        if (text.length() > MAX_LENGTH || !text.startsWith(BEGIN) || !text.endsWith(END)) {
            throw Refusal.invalid("The gpg_signature is not an ASCII-armoured PGP signature: it has to begin with "
                    + BEGIN + ", to end with " + END + ", and to be at most " + MAX_LENGTH + " characters long");
        }
        return Buffer.buffer(text + "\n");
    }
}
