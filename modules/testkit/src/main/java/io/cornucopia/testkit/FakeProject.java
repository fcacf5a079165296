package io.cornucopia.testkit;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** A project of {@link FakeUpstream}. Thread-safe. */
public final class FakeProject {
    private final String name;
    private final Map<String, Listed> files = new ConcurrentSkipListMap<>();
    private final Map<String, String> provenance = new ConcurrentHashMap<>();
    private volatile Optional<String> status = Optional.empty();
    private volatile String statusReason = "";

    /** A file, and its digest, which is worked out once. */
    record Listed(GoldenFile file, String sha256) {}

    FakeProject(String name) {
        this.name = name;
    }

    /** Sets its status marker and the reason for it. */
    public FakeProject status(String marker, String reason) {
        status = Optional.of(marker);
        statusReason = reason;
        return this;
    }

    /** Gives a file provenance, a JSON document. */
    public FakeProject provenance(String filename, String json) {
        provenance.put(filename, json);
        return this;
    }

    String name() {
        return name;
    }

    Map<String, Listed> files() {
        return files;
    }

    Map<String, String> provenance() {
        return provenance;
    }

    Optional<String> status() {
        return status;
    }

    String statusReason() {
        return statusReason;
    }
}
