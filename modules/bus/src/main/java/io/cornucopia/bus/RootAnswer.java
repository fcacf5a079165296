package io.cornucopia.bus;

import io.cornucopia.storage.StoredFile;
import java.time.Instant;
import java.util.Objects;
import java.util.function.BooleanSupplier;

/**
 * The root list in the wanted representation and coding.
 *
 * @param body its bytes; whoever gets this closes it
 * @param etag a strong ETag in its quotes, different for each representation and coding
 * @param checkedAt as of when it is
 * @param holds whether the same question would be answered with the same now, as far as can be said at once; for any thread
 */
public record RootAnswer(StoredFile body, String etag, Instant checkedAt, BooleanSupplier holds) {
    public RootAnswer {
        Objects.requireNonNull(body, "body");
        Objects.requireNonNull(etag, "etag");
        Objects.requireNonNull(checkedAt, "checkedAt");
        Objects.requireNonNull(holds, "holds");
    }
}
