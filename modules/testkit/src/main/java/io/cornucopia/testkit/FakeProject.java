package io.cornucopia.testkit;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/** A project of the fake upstream. */
public final class FakeProject {

    private final String name;
    private final Map<String, GoldenFile> files = new ConcurrentSkipListMap<>();
    private final Map<String, String> provenance = new ConcurrentSkipListMap<>();
    private final Map<String, byte[]> signatures = new ConcurrentSkipListMap<>();
    private volatile Optional<Answer> raw = Optional.empty();
    private volatile Status status = new Status("active", Optional.empty());
    private volatile long serial;

    FakeProject(String name) {
        this.name = name;
    }

    record Status(String marker, Optional<String> reason) {
        boolean active() {
            return marker.equals("active");
        }
    }

    /** Its normalised name. */
    public String name() {
        return name;
    }

    /** Sets its status marker; a quarantined project lists no files. */
    public FakeProject status(String marker, String reason) {
        status = new Status(marker, reason.isEmpty() ? Optional.empty() : Optional.of(reason));
        return this;
    }

    Status status() {
        return status;
    }

    void put(GoldenFile file, long at) {
        files.put(file.filename(), file);
        serial = at;
    }

    void remove(String filename, long at) {
        files.remove(filename);
        serial = at;
    }

    void provenance(String filename, String json) {
        provenance.put(filename, json);
    }

    void signature(String filename, byte[] armoured) {
        signatures.put(filename, armoured);
    }

    void raw(Optional<Answer> answer) {
        raw = answer;
    }

    Optional<Answer> raw() {
        return raw;
    }

    long serial() {
        return serial;
    }

    /** The files that its page lists. */
    Collection<GoldenFile> listed() {
        return status.marker().equals("quarantined") ? List.of() : List.copyOf(files.values());
    }

    Optional<GoldenFile> file(String filename) {
        return Optional.ofNullable(files.get(filename));
    }

    Optional<String> provenanceOf(String filename) {
        return Optional.ofNullable(provenance.get(filename));
    }

    Optional<byte[]> signatureOf(String filename) {
        return Optional.ofNullable(signatures.get(filename));
    }
}
