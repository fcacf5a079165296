package io.cornucopia.intake;

import io.cornucopia.core.Digest;
import io.cornucopia.core.HashAlgorithm;
import io.cornucopia.storage.Companion;
import io.vertx.core.buffer.Buffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is to lie beside an uploaded file.
 *
 * @param contents each of them
 * @param coreMetadata the SHA-256 of the METADATA among them
 */
record Companions(Map<Companion, Buffer> contents, Optional<Digest> coreMetadata) {
    Companions {
        contents = Map.copyOf(contents);
    }

    /**
     * @param publisher who stands behind the upload; without anybody, attestations are kept and not handed out
     */
    static Companions of(
            UploadFilename.Type type,
            Inspection inspection,
            Optional<Buffer> signature,
            Optional<Attestations> attestations,
            Optional<Map<String, String>> publisher) {
        Map<Companion, Buffer> contents = new EnumMap<>(Companion.class);
        Optional<Digest> coreMetadata = Optional.empty();
        // An sdist's PKG-INFO may still change when it is built (section E6).
        if (type == UploadFilename.Type.WHEEL) {
            contents.put(Companion.CORE_METADATA, Buffer.buffer(inspection.metadataBytes()));
            coreMetadata = Optional.of(sha256(inspection.metadataBytes()));
        }
        signature.ifPresent(bytes -> contents.put(Companion.SIGNATURE, bytes));
        attestations.ifPresent(some -> publisher.ifPresentOrElse(
                who -> contents.put(Companion.PROVENANCE, some.provenance(who)),
                () -> contents.put(Companion.ATTESTATIONS, some.json())));
        return new Companions(contents, coreMetadata);
    }

    boolean hasSignature() {
        return contents.containsKey(Companion.SIGNATURE);
    }

    boolean hasProvenance() {
        return contents.containsKey(Companion.PROVENANCE);
    }

    private static Digest sha256(byte[] bytes) {
        try {
            return Digest.of(
                    HashAlgorithm.SHA256,
                    MessageDigest.getInstance(HashAlgorithm.SHA256.javaName()).digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
