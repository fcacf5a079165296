package io.cornucopia.core;

import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Where a bucket keeps the bytes of one upload, and what lies beside them there.
 *
 * @param id of the upload that they came by, and of no other one: under it they lie
 * @param beside what lies beside them, by its suffix, such as {@code .metadata}, with its SHA-256
 */
public record UploadPlace(String id, Map<String, Digest> beside) {
    public UploadPlace {
        Objects.requireNonNull(id, "id");
        // In one order, so that the same place is written as the same bytes.
        beside = Collections.unmodifiableMap(new TreeMap<>(beside));
    }
}
