package io.cornucopia.metadata;

import io.cornucopia.core.Digest;
import io.cornucopia.core.HashAlgorithm;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.ProjectStatus;
import io.cornucopia.core.UploadedFile;
import io.cornucopia.core.Yank;
import io.cornucopia.storage.Companion;
import io.cornucopia.storage.FileHandle;
import io.cornucopia.storage.IncomingFile;
import io.cornucopia.storage.ProjectUploads;
import io.cornucopia.storage.UploadStore;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/** Descriptions of uploads as a test says, in memory. Reads can be held up between looking and answering, or fail. */
final class MemoryUploads implements UploadStore {
    static final String SHA256 = "b".repeat(64);
    static final String MD5 = "c".repeat(32);
    static final Instant UPLOADED = Instant.parse("2026-01-02T03:04:05.678901Z");

    /** Every project that was read, in order. */
    final List<ProjectName> read = new CopyOnWriteArrayList<>();

    private final Vertx vertx;
    private final Map<ProjectName, Map<String, UploadedFile>> files = new HashMap<>();
    private final Map<ProjectName, ProjectStatus> statuses = new HashMap<>();
    private final Map<ProjectName, Set<String>> burned = new HashMap<>();
    private final Set<ProjectName> ever = new HashSet<>();
    private final Set<ProjectName> abandoned = new HashSet<>();
    private Promise<Void> gate;
    private boolean broken;

    MemoryUploads(Vertx vertx) {
        this.vertx = vertx;
    }

    static UploadedFile file(String project, String version, String filename) {
        return new UploadedFile(
                new ProjectName(project),
                version,
                filename,
                1234,
                List.of(new Digest(HashAlgorithm.SHA256, SHA256), new Digest(HashAlgorithm.MD5, MD5)),
                Optional.of(">=3.9"),
                UPLOADED,
                Optional.empty(),
                filename.endsWith(".whl")
                        ? Optional.of(new Digest(HashAlgorithm.SHA256, "d".repeat(64)))
                        : Optional.empty(),
                false,
                false,
                "ci");
    }

    synchronized void put(UploadedFile file) {
        ever.add(file.project());
        files.computeIfAbsent(file.project(), first -> new HashMap<>()).put(file.filename(), file);
    }

    synchronized void put(String project, String version, String filename) {
        put(file(project, version, filename));
    }

    synchronized void yank(String project, String filename, String reason) {
        files.get(new ProjectName(project))
                .computeIfPresent(filename, (name, file) -> file.withYank(Optional.of(new Yank(reason))));
    }

    synchronized void remove(String project, String filename) {
        files.get(new ProjectName(project)).remove(filename);
        burned.computeIfAbsent(new ProjectName(project), first -> new HashSet<>())
                .add(filename);
    }

    synchronized void status(String project, ProjectStatus status) {
        statuses.put(new ProjectName(project), status);
    }

    /** Answers of reads that begin from now on wait until {@link #letGo()}, having looked before. */
    synchronized void hold() {
        gate = Promise.promise();
    }

    synchronized void letGo() {
        Promise<Void> held = gate;
        gate = null;
        held.complete();
    }

    synchronized void breakDown(boolean now) {
        broken = now;
    }

    @Override
    public synchronized Future<Set<ProjectName>> open() {
        Set<ProjectName> finished = Set.copyOf(abandoned);
        for (ProjectName project : finished) {
            put(project.value(), "9.9", project + "-9.9.tar.gz");
        }
        abandoned.clear();
        return Future.succeededFuture(finished);
    }

    /** As if a node had died that had decided to publish version 9.9 of that project. */
    synchronized void abandon(String project) {
        abandoned.add(new ProjectName(project));
    }

    @Override
    public synchronized Future<Set<ProjectName>> projects() {
        return broken
                ? Future.failedFuture(new IOException("the disk is on fire"))
                : Future.succeededFuture(Set.copyOf(ever));
    }

    @Override
    public synchronized Future<ProjectUploads> read(ProjectName project) {
        read.add(project);
        if (broken) {
            return Future.failedFuture(new IOException("the disk is on fire"));
        }
        List<UploadedFile> found =
                new ArrayList<>(files.getOrDefault(project, Map.of()).values());
        ProjectUploads seen = new ProjectUploads(
                project,
                Optional.ofNullable(statuses.get(project)),
                ever.contains(project),
                found,
                burned.getOrDefault(project, Set.of()));
        Promise<ProjectUploads> here = Promise.promise();
        // Several nodes, each with a Vert.x of its own, may share it.
        Context current = Vertx.currentContext();
        Context context = current == null ? vertx.getOrCreateContext() : current;
        Future<Void> held = gate == null ? Future.succeededFuture() : gate.future();
        held.onComplete(done -> context.runOnContext(v -> here.complete(seen)));
        return here.future();
    }

    @Override
    public Future<IncomingFile> receive() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<Publication> publish(IncomingFile content, UploadedFile file, Map<Companion, Buffer> beside) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<Optional<FileHandle>> open(ProjectName project, String filename) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<Optional<FileHandle>> open(ProjectName project, String filename, Companion beside) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<Boolean> update(UploadedFile file) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<Boolean> delete(ProjectName project, String filename) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<Void> setStatus(ProjectName project, ProjectStatus status) {
        throw new UnsupportedOperationException();
    }
}
