package io.cornucopia.testkit;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/** What the fake upstream holds. */
final class FakeIndex {

    private final Map<String, FakeProject> projects = new ConcurrentSkipListMap<>();
    private final AtomicLong serial = new AtomicLong(1000);
    private volatile int extraProjects;
    private volatile Optional<Answer> rawRoot = Optional.empty();
    private volatile Style style = Style.JSON;
    private volatile String base = "";
    private volatile Optional<String> fileBase = Optional.empty();

    FakeProject project(String name) {
        return projects.computeIfAbsent(GoldenNames.normalised(name), FakeProject::new);
    }

    Optional<FakeProject> known(String name) {
        return Optional.ofNullable(projects.get(name));
    }

    List<FakeProject> all() {
        return List.copyOf(projects.values());
    }

    void put(GoldenFile file) {
        project(file.project()).put(file, serial.incrementAndGet());
    }

    void remove(String project, String filename) {
        project(project).remove(filename, serial.incrementAndGet());
    }

    long serial() {
        return serial.get();
    }

    /** The project that holds the file whose path under the files this is. */
    Optional<FakeProject> holderOf(String path, String filename) {
        return projects.values().stream()
                .filter(project -> path.equals(pathOf(project.name(), filename)))
                .findFirst();
    }

    /**
     * Where a file is: the same place for the same name, so that its bytes can change under one address; and as with PyPI with
     * all of a hash in it, since of two bytes of it one of some hundred projects has the same as another.
     */
    static String pathOf(String project, String filename) {
        String hash = Sha256.hex(Content.ofText(project + "/" + filename));
        return "/files/" + hash.substring(0, 2) + "/" + hash.substring(2, 4) + "/" + hash.substring(4) + "/" + filename;
    }

    String urlOf(GoldenFile file) {
        String path = pathOf(file.project(), file.filename());
        return fileBase.map(elsewhere -> elsewhere + path.substring("/files".length()))
                .orElse(base + path);
    }

    String provenanceUrlOf(GoldenFile file) {
        return base + "/integrity/" + file.project() + "/" + file.version() + "/" + file.filename() + "/provenance";
    }

    void base(String url) {
        base = url;
    }

    void fileBase(String url) {
        fileBase = Optional.of(url.endsWith("/") ? url.substring(0, url.length() - 1) : url);
    }

    Style style() {
        return style;
    }

    void style(Style other) {
        style = other;
    }

    int extraProjects() {
        return extraProjects;
    }

    void extraProjects(int count) {
        extraProjects = count;
    }

    Optional<Answer> rawRoot() {
        return rawRoot;
    }

    void rawRoot(Answer answer) {
        rawRoot = Optional.of(answer);
    }
}
