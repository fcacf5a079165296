package io.cornucopia.http;

import io.cornucopia.core.Digest;
import io.cornucopia.core.HashAlgorithm;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.ProjectStatus;
import io.cornucopia.core.UploadedFile;
import io.cornucopia.storage.Companion;
import io.cornucopia.storage.FileHandle;
import io.cornucopia.storage.IncomingFile;
import io.cornucopia.storage.ProjectUploads;
import io.cornucopia.storage.UploadStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/** A store of uploads that only receives: each file arrives in a directory, and goes from there when it is discarded. */
final class ReceivingStore implements UploadStore {
    final Path directory;
    final List<Incoming> received = new CopyOnWriteArrayList<>();
    volatile boolean isFull;
    /** Every write waits for it. */
    volatile Future<Void> open = Future.succeededFuture();

    private final Vertx vertx;

    ReceivingStore(Vertx vertx, Path directory) {
        this.vertx = vertx;
        this.directory = directory;
    }

    /** How many temporary files there are. */
    long files() {
        try (var files = Files.list(directory)) {
            return files.count();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    final class Incoming implements IncomingFile {
        private final Path path;
        private final MessageDigest digest = sha256();
        private volatile long length;
        private boolean writing;
        volatile boolean discarded;

        Incoming(Path path) {
            this.path = path;
        }

        @Override
        public Future<Void> write(Buffer bytes) {
            if (writing) {
                throw new IllegalStateException("one write at a time");
            }
            writing = true;
            return open.compose(v -> vertx.<Void>executeBlocking(
                            () -> {
                                if (isFull) {
                                    throw new IOException("No space left on device");
                                }
                                if (!discarded) {
                                    Files.write(path, bytes.getBytes(), StandardOpenOption.APPEND);
                                }
                                digest.update(bytes.getBytes());
                                return null;
                            },
                            false))
                    .onComplete(done -> {
                        length += bytes.length();
                        writing = false;
                    });
        }

        @Override
        public Future<Received> end() {
            return Future.succeededFuture(new Received(
                    length, Digest.of(HashAlgorithm.SHA256, digest.digest()).hex(), "md5", "blake2"));
        }

        @Override
        public long length() {
            return length;
        }

        @Override
        public Path path() {
            return path;
        }

        @Override
        public Future<Void> discard() {
            discarded = true;
            return vertx.executeBlocking(
                    () -> {
                        Files.deleteIfExists(path);
                        return null;
                    },
                    false);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public Future<IncomingFile> receive() {
        return vertx.executeBlocking(
                () -> {
                    Files.createDirectories(directory);
                    Incoming incoming = new Incoming(Files.createTempFile(directory, "incoming", null));
                    received.add(incoming);
                    return incoming;
                },
                false);
    }

    @Override
    public Future<Set<ProjectName>> open() {
        return Future.succeededFuture(Set.of());
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
