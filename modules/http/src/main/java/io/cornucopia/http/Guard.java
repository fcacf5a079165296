package io.cornucopia.http;

import io.cornucopia.access.Admission;
import io.cornucopia.access.Doorkeeper;
import io.cornucopia.access.Principal;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.http.HttpHeaders;
import java.util.Optional;
import java.util.function.Consumer;

/** Lets in who comes with good credentials (section G12), and tells the others nothing but that. */
final class Guard {
    /** The same in every case, so that it says nothing about what was asked for. */
    static final String UNAUTHORISED =
            "Credentials are missing or not valid: give a token of this index as the password,"
                    + " with the user name __token__, or as a bearer token";

    private static final CharSequence CHALLENGE =
            HttpHeaders.createOptimized("Basic realm=\"Cornucopia\", charset=\"UTF-8\"");

    private final Doorkeeper doorkeeper;
    private final boolean isOpen;

    /** @param readers who may see pages and files */
    Guard(Doorkeeper doorkeeper, HttpSettings.Readers readers) {
        this.doorkeeper = doorkeeper;
        this.isOpen = readers == HttpSettings.Readers.ANONYMOUS;
    }

    /** Whether everybody may see pages and files, so that there is nobody to ask for credentials. */
    boolean isOpen() {
        return isOpen;
    }

    /** Lets in who may see pages and files, to some extent at least; refuses others by itself. */
    void read(Exchange exchange, Consumer<Reader> in) {
        if (isOpen) {
            in.accept(Reader.ANYBODY);
        } else {
            admit(
                    exchange,
                    principal -> {
                        Reader reader = new Reader(Optional.of(principal));
                        if (reader.mayReadSomething()) {
                            in.accept(reader);
                        } else {
                            exchange.error(403, "this token may not read");
                        }
                    },
                    Exchange::error);
        }
    }

    /**
     * Lets in who comes with good credentials.
     *
     * @param in what to do then
     * @param refuse tells the others, after a while perhaps; what it is given is the status and the message
     */
    void admit(Exchange exchange, Consumer<Principal> in, Refuse refuse) {
        Admission admission = doorkeeper.admit(
                Optional.ofNullable(exchange.requestHeaders().get(HttpHeaders.AUTHORIZATION)),
                exchange.clientAddress());
        if (admission instanceof Admission.Admitted admitted) {
            in.accept(admitted.principal());
        } else if (admission instanceof Admission.Refused refused
                && refused.delay().toMillis() > 0) {
            exchange.surroundings().vertx().setTimer(refused.delay().toMillis(), id -> refuse(exchange, refuse));
        } else {
            refuse(exchange, refuse);
        }
    }

    private static void refuse(Exchange exchange, Refuse refuse) {
        if (!exchange.isFinished()) {
            exchange.response().putHeader(HttpHeaderNames.WWW_AUTHENTICATE, CHALLENGE);
            refuse.refuse(exchange, 401, UNAUTHORISED);
        }
    }

    /** How a refusal is told. */
    interface Refuse {
        void refuse(Exchange exchange, int status, String message);
    }
}
