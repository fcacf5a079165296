package io.cornucopia.storage;

import io.cornucopia.core.Digest;
import io.cornucopia.core.DistributionFilename;
import io.cornucopia.core.UploadedFile;
import io.vertx.core.buffer.Buffer;
import java.util.Map;
import java.util.Optional;

/** Whether a description fits what it describes: what every store asks of whoever publishes or changes. */
final class Fit {
    private Fit() {}

    /** @throws IllegalArgumentException if the description is of something else, or of a name that no file can have */
    static void check(IncomingFile.Received received, UploadedFile file, Map<Companion, Buffer> beside) {
        String filename = file.filename();
        require(isStorable(filename), filename, "is not a name to store a file under");
        require(file.size() == received.length(), filename, "has another length than its description says");
        require(
                file.sha256().hex().equals(received.sha256()),
                filename,
                "has another SHA-256 than its description says");
        Optional<Digest> metadata = Optional.ofNullable(beside.get(Companion.CORE_METADATA))
                .map(bytes -> FileVerification.sha256(bytes.getBytes()));
        require(file.coreMetadata().equals(metadata), filename, "has other metadata than its description says");
        require(
                file.hasSignature() == beside.containsKey(Companion.SIGNATURE),
                filename,
                "has a signature and its description none, or the other way round");
        require(
                file.hasProvenance() == beside.containsKey(Companion.PROVENANCE),
                filename,
                "has provenance and its description none, or the other way round");
    }

    /** @throws IllegalArgumentException if more than the yank of a file is to be changed */
    static void checkChange(UploadedFile file, UploadedFile changed) {
        require(file.withYank(changed.yank()).equals(changed), changed.filename(), "may be changed in its yank only");
    }

    private static void require(boolean condition, String filename, String otherwise) {
        if (!condition) {
            throw new IllegalArgumentException(filename + " " + otherwise);
        }
    }

    /** Whether it is safe, leaves room for the suffix of a companion, and cannot be taken for one. */
    private static boolean isStorable(String filename) {
        if (!DistributionFilename.isSafe(filename) || filename.length() > UploadStore.LONGEST_FILENAME) {
            return false;
        }
        for (Companion companion : Companion.values()) {
            if (filename.endsWith(companion.suffix())) {
                return false;
            }
        }
        return true;
    }
}
