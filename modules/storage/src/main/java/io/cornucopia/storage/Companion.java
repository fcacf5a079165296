package io.cornucopia.storage;

import io.cornucopia.core.UploadedFile;

/** What may lie beside a distribution file, under its name and a suffix. */
public enum Companion {
    /** A wheel's METADATA (PEP 658). */
    CORE_METADATA(".metadata"),
    /** A detached signature. */
    SIGNATURE(".asc"),
    /** Provenance (PEP 740). */
    PROVENANCE(".provenance"),
    /** Attestations (PEP 740) that came without a publisher's identity: kept, and never handed out. */
    ATTESTATIONS(".attestations");

    private final String suffix;

    Companion(String suffix) {
        this.suffix = suffix;
    }

    /** Whether it may lie beside that file, by what its description says. */
    boolean isDescribed(UploadedFile file) {
        return switch (this) {
            case CORE_METADATA -> file.coreMetadata().isPresent();
            case SIGNATURE -> file.hasSignature();
            case PROVENANCE -> file.hasProvenance();
            // For nobody to be offered, and so in no description.
            case ATTESTATIONS -> true;
        };
    }

    /** What is appended to the file's name. */
    public String suffix() {
        return suffix;
    }
}
