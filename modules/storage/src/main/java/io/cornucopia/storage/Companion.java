package io.cornucopia.storage;

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

    /** What is appended to the file's name. */
    public String suffix() {
        return suffix;
    }
}
