package io.cornucopia.fetcher;

import io.cornucopia.core.Digest;
import io.cornucopia.core.HashAlgorithm;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.ProjectStatus;
import io.cornucopia.core.UploadedFile;
import io.cornucopia.storage.Companion;
import io.cornucopia.storage.FileHandle;
import io.cornucopia.storage.IncomingFile;
import io.cornucopia.storage.ProjectUploads;
import io.cornucopia.storage.StoredFile;
import io.cornucopia.storage.UploadStore;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/** Bytes of uploads as a test puts them, in a flat directory, and what was opened of them. */
final class FileUploads implements UploadStore {
    final List<String> opened = new CopyOnWriteArrayList<>();

    private final Path directory;

    FileUploads(Path directory) {
        this.directory = directory;
    }

    /** @param name with the suffix of what lies beside a file */
    Digest put(String name, byte[] bytes) throws IOException {
        Files.createDirectories(directory);
        Files.write(directory.resolve(name), bytes);
        return digest(bytes);
    }

    private static Digest digest(byte[] bytes) {
        try {
            return Digest.of(
                    HashAlgorithm.SHA256, MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private Future<Optional<FileHandle>> open(String name) {
        opened.add(name);
        Path path = directory.resolve(name);
        try {
            if (!Files.exists(path)) {
                return Future.succeededFuture(Optional.empty());
            }
            byte[] bytes = Files.readAllBytes(path);
            return Future.succeededFuture(Optional.of(new StoredFile(
                    name, FileChannel.open(path), bytes.length, digest(bytes), Instant.parse("2026-01-01T00:00:00Z"))));
        } catch (IOException e) {
            return Future.failedFuture(e);
        }
    }

    @Override
    public Future<Optional<FileHandle>> open(ProjectName project, String filename) {
        return open(filename);
    }

    @Override
    public Future<Optional<FileHandle>> open(ProjectName project, String filename, Companion beside) {
        return open(filename + beside.suffix());
    }

    @Override
    public Future<Set<ProjectName>> open() {
        return Future.succeededFuture(Set.of());
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
    public Future<Set<ProjectName>> projects() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<ProjectUploads> read(ProjectName project) {
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
