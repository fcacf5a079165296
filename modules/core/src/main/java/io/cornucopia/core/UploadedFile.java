package io.cornucopia.core;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One distribution file that was uploaded here: what its description document holds. Immutable but for its yank; the bytes
 * it describes never change.
 *
 * @param project whose file it is
 * @param version its version as the uploader wrote it, a PEP 440 one
 * @param filename its name, also on disk and in URLs
 * @param size its length in bytes
 * @param digests what it hashes to: SHA-256 and MD5
 * @param requiresPython the versions of Python it is for, as its metadata says
 * @param uploadTime when it was uploaded, to the microsecond
 * @param yank that it was yanked
 * @param coreMetadata the SHA-256 of a wheel's METADATA, which lies beside it; empty for an sdist
 * @param hasSignature whether a {@code .asc} lies beside it
 * @param hasProvenance whether its provenance (PEP 740) lies beside it
 * @param uploader the name of the token that it was uploaded with
 */
public record UploadedFile(
        ProjectName project,
        String version,
        String filename,
        long size,
        List<Digest> digests,
        Optional<String> requiresPython,
        Instant uploadTime,
        Optional<Yank> yank,
        Optional<Digest> coreMetadata,
        boolean hasSignature,
        boolean hasProvenance,
        String uploader) {
    public UploadedFile {
        Objects.requireNonNull(project, "project");
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(filename, "filename");
        digests = List.copyOf(digests);
        Objects.requireNonNull(requiresPython, "requiresPython");
        Objects.requireNonNull(uploadTime, "uploadTime");
        Objects.requireNonNull(yank, "yank");
        Objects.requireNonNull(coreMetadata, "coreMetadata");
        Objects.requireNonNull(uploader, "uploader");
    }

    /** Its SHA-256. */
    public Digest sha256() {
        return digests.stream()
                .filter(digest -> digest.algorithm() == HashAlgorithm.SHA256)
                .findFirst()
                .orElseThrow();
    }

    /** The same file, yanked or no longer so. */
    public UploadedFile withYank(Optional<Yank> changed) {
        return new UploadedFile(
                project,
                version,
                filename,
                size,
                digests,
                requiresPython,
                uploadTime,
                changed,
                coreMetadata,
                hasSignature,
                hasProvenance,
                uploader);
    }
}
