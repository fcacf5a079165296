package io.cornucopia.bus;

import io.cornucopia.storage.Companion;
import java.util.Objects;
import java.util.Optional;

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
        FILE(null),
        /** A wheel's METADATA (PEP 658). */
        CORE_METADATA(Companion.CORE_METADATA),
        /** A detached signature. */
        SIGNATURE(Companion.SIGNATURE),
        /** Provenance (PEP 740). */
        PROVENANCE(Companion.PROVENANCE);

        private final Companion companion;

        Part(Companion companion) {
            this.companion = companion;
        }

        /** What lies beside the file; empty for the file itself. */
        public Optional<Companion> companion() {
            return Optional.ofNullable(companion);
        }

        /** What is appended to the file's name, on disk and (but for provenance) in URLs. */
        public String suffix() {
            return companion == null ? "" : companion.suffix();
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
