package io.cornucopia.storage;

import io.cornucopia.core.Digest;
import io.cornucopia.core.HashAlgorithm;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.UploadedFile;
import io.cornucopia.storage.UploadStore.Publication;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Something to upload: bytes, what lies beside them, and the description that an uploader would make of them. */
record SampleUpload(UploadedFile file, byte[] bytes, Map<Companion, byte[]> beside) {
    static final Instant UPLOADED = Instant.parse("2024-02-03T04:05:06.789012Z");
    private static final int PIECE = 64 * 1024;

    /** An sdist with nothing beside it. */
    static SampleUpload sdist(ProjectName project, String version, int size, long seed) {
        return of(project, version, project.value() + "-" + version + ".tar.gz", size, seed, Map.of());
    }

    /** A wheel with all that can lie beside one. */
    static SampleUpload wheel(ProjectName project, String version, int size) {
        Map<Companion, byte[]> beside = new EnumMap<>(Companion.class);
        for (Companion companion : Companion.values()) {
            beside.put(companion, random(100 + companion.ordinal(), size));
        }
        String filename = project.value().replace('-', '_') + "-" + version + "-py3-none-any.whl";
        return of(project, version, filename, size, size, beside);
    }

    private static SampleUpload of(
            ProjectName project, String version, String filename, int size, long seed, Map<Companion, byte[]> beside) {
        byte[] bytes = random(size, seed);
        UploadedFile file = new UploadedFile(
                project,
                version,
                filename,
                size,
                List.of(digest(HashAlgorithm.SHA256, bytes), digest(HashAlgorithm.MD5, bytes)),
                Optional.of(">=3.9"),
                UPLOADED,
                Optional.empty(),
                Optional.ofNullable(beside.get(Companion.CORE_METADATA))
                        .map(metadata -> digest(HashAlgorithm.SHA256, metadata)),
                beside.containsKey(Companion.SIGNATURE),
                beside.containsKey(Companion.PROVENANCE),
                "ci");
        return new SampleUpload(file, bytes, beside);
    }

    static byte[] random(int size, long seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    static Digest digest(HashAlgorithm algorithm, byte[] bytes) {
        return Digest.of(algorithm, FileVerification.messageDigest(algorithm).digest(bytes));
    }

    String filename() {
        return file.filename();
    }

    ProjectName project() {
        return file.project();
    }

    /** Sends its bytes, each piece after the one before. */
    Future<IncomingFile> send(UploadStore store) {
        return store.receive()
                .compose(incoming ->
                        sendFrom(incoming, 0).compose(sent -> incoming.end()).map(incoming));
    }

    private Future<Void> sendFrom(IncomingFile incoming, int position) {
        if (position == bytes.length) {
            return Future.succeededFuture();
        }
        int end = Math.min(position + PIECE, bytes.length);
        return incoming.write(Buffer.buffer(bytes).slice(position, end)).compose(written -> sendFrom(incoming, end));
    }

    Future<Publication> publish(UploadStore store) {
        return send(store).compose(incoming -> store.publish(incoming, file, buffers()));
    }

    Map<Companion, Buffer> buffers() {
        Map<Companion, Buffer> buffers = new EnumMap<>(Companion.class);
        beside.forEach((companion, content) -> buffers.put(companion, Buffer.buffer(content)));
        return buffers;
    }
}
