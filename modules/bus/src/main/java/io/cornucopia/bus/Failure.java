package io.cornucopia.bus;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * Why a question was not answered. Each kind has a stable {@link #code()} for logs and metrics, and a {@link #message()}
 * for people: what was wrong, with which value, and what to do where there is something to do.
 */
public sealed interface Failure {
    /** Stable, lower case, words joined by {@code _}. */
    String code();

    /** For people. Never holds credentials. */
    String message();

    /** There is no such project, file or document, and that is certain: upstream said so, or it cannot exist. */
    record NotFound(String message) implements Failure {
        public NotFound {
            Objects.requireNonNull(message, "message");
        }

        @Override
        public String code() {
            return "not_found";
        }
    }

    /** The project is quarantined (PEP 792): nothing of it is handed out. */
    record Quarantined(String message) implements Failure {
        public Quarantined {
            Objects.requireNonNull(message, "message");
        }

        @Override
        public String code() {
            return "quarantined";
        }
    }

    /**
     * Upstream failed, and nothing is here to fall back on. Never to be told as "not found".
     *
     * @param retryAfter how long upstream asked to be left alone
     */
    record UpstreamFailed(String message, Optional<Duration> retryAfter) implements Failure {
        public UpstreamFailed {
            Objects.requireNonNull(message, "message");
            Objects.requireNonNull(retryAfter, "retryAfter");
        }

        public UpstreamFailed(String message) {
            this(message, Optional.empty());
        }

        @Override
        public String code() {
            return "upstream_failed";
        }
    }

    /** It is not here, and the server runs offline ({@code upstream.offline}). */
    record Offline(String message) implements Failure {
        public Offline {
            Objects.requireNonNull(message, "message");
        }

        @Override
        public String code() {
            return "offline";
        }
    }

    /** The bytes that arrived are not those that were promised: wrong digest or length. Nothing was kept. */
    record DigestMismatch(String message) implements Failure {
        public DigestMismatch {
            Objects.requireNonNull(message, "message");
        }

        @Override
        public String code() {
            return "digest_mismatch";
        }
    }

    /** What was asked or sent cannot be right, whoever asks: the message says why. */
    record Invalid(String message) implements Failure {
        public Invalid {
            Objects.requireNonNull(message, "message");
        }

        @Override
        public String code() {
            return "invalid";
        }
    }

    /** Whoever asks may not, or nobody may. */
    record Forbidden(String message) implements Failure {
        public Forbidden {
            Objects.requireNonNull(message, "message");
        }

        @Override
        public String code() {
            return "forbidden";
        }
    }

    /** It clashes with what is here, such as a filename that is taken. */
    record Conflict(String message) implements Failure {
        public Conflict {
            Objects.requireNonNull(message, "message");
        }

        @Override
        public String code() {
            return "conflict";
        }
    }

    /** Something went wrong here. */
    record Internal(String message) implements Failure {
        public Internal {
            Objects.requireNonNull(message, "message");
        }

        @Override
        public String code() {
            return "internal";
        }
    }
}
