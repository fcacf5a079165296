package io.cornucopia.core;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One distribution file of a project, as an index describes it. What the index did not say is empty; nothing is guessed.
 *
 * @param filename the file's name: the last component of its URL, percent-decoded
 * @param url where the index that described it keeps it, absolute, without query and fragment of ours
 * @param digests what it hashes to, at most one an algorithm, in the order of {@link HashAlgorithm}
 * @param size its length in bytes
 * @param requiresPython the versions of Python it is for, as it was written (PEP 345, PEP 440)
 * @param uploadTime when it was uploaded to the index that it comes from, to the microsecond
 * @param yank that it was yanked
 * @param coreMetadata that its METADATA can be had beside it
 * @param provenance absolute URL of its provenance (PEP 740) at the index that described it
 * @param gpgSignature whether a {@code .asc} can be had beside it, if the index said
 */
public record DistributionFile(
        String filename,
        String url,
        List<Digest> digests,
        OptionalLong size,
        Optional<String> requiresPython,
        Optional<Instant> uploadTime,
        Optional<Yank> yank,
        Optional<CoreMetadata> coreMetadata,
        Optional<String> provenance,
        Optional<Boolean> gpgSignature) {

    public DistributionFile {
        Objects.requireNonNull(filename, "filename");
        Objects.requireNonNull(url, "url");
        digests = List.copyOf(digests);
        Objects.requireNonNull(size, "size");
        Objects.requireNonNull(requiresPython, "requiresPython");
        Objects.requireNonNull(uploadTime, "uploadTime");
        Objects.requireNonNull(yank, "yank");
        Objects.requireNonNull(coreMetadata, "coreMetadata");
        Objects.requireNonNull(provenance, "provenance");
        Objects.requireNonNull(gpgSignature, "gpgSignature");
    }

    /** Its SHA-256, if the index said. */
    public Optional<Digest> sha256() {
        return digests.stream()
                .filter(digest -> digest.algorithm() == HashAlgorithm.SHA256)
                .findFirst();
    }

    /** Whether it is a wheel, by its name. */
    boolean isWheel() {
        return filename.endsWith(".whl");
    }
}
