package io.cornucopia.intake;

import io.cornucopia.core.CoreMetadataDocument;
import java.util.Objects;

/**
 * What a distribution file says of itself.
 *
 * @param metadata its core metadata
 * @param document the same as it lies in the file, byte for byte
 */
record ArchiveContents(CoreMetadataDocument metadata, byte[] document) {
    ArchiveContents {
        Objects.requireNonNull(metadata, "metadata");
        Objects.requireNonNull(document, "document");
    }
}
