package io.cornucopia.bus;

import io.cornucopia.core.UploadedFile;
import java.util.Objects;

/**
 * The upload is durable and listed.
 *
 * @param file what it is
 * @param isNew whether it came with this upload; false if the same bytes were there already and the settings accept that
 */
public record UploadAnswer(UploadedFile file, boolean isNew) {
    public UploadAnswer {
        Objects.requireNonNull(file, "file");
    }
}
