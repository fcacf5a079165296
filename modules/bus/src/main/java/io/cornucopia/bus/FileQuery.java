package io.cornucopia.bus;

import java.util.Objects;

/**
 * Asks for a file, or for what lies beside one.
 *
 * @param filename a distribution file's name
 * @param part which of the things under that name
 * @param purpose what for
 */
public record FileQuery(String filename, Part part, Purpose purpose) {
    public FileQuery {
        Objects.requireNonNull(filename, "filename");
        Objects.requireNonNull(part, "part");
        Objects.requireNonNull(purpose, "purpose");
    }

    /** What there is under a distribution file's name. */
    public enum Part {
        /** The distribution file itself. */
        FILE(""),
        /** A wheel's METADATA (PEP 658). */
        CORE_METADATA(".metadata"),
        /** A detached signature. */
        SIGNATURE(".asc"),
        /** Provenance (PEP 740). */
        PROVENANCE(".provenance");

        private final String suffix;

        Part(String suffix) {
            this.suffix = suffix;
        }

        /** What is appended to the file's name, on disk and (but for provenance) in URLs. */
        public String suffix() {
            return suffix;
        }
    }

    /** What the answer is for. */
    public enum Purpose {
        /** Its bytes: they are fetched if they are not here. */
        BYTES,
        /** The head of a response only: what is known is enough, nothing is fetched if that suffices. */
        HEAD
    }
}
