package io.cornucopia.metadata;

import io.vertx.core.MultiMap;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What upstream said about one of its documents beside the document itself, and when.
 *
 * @param url where it was found, after redirects
 * @param etag its ETag, in its quotes
 * @param lastModified its Last-Modified, as it was written
 * @param checkedAt when upstream last confirmed it
 * @param refused one URL for each host whose files were left out since {@code upstream.file_hosts} did not allow it then
 */
record Validators(
        URI url, Optional<String> etag, Optional<String> lastModified, Instant checkedAt, List<String> refused) {

    Validators {
        Objects.requireNonNull(url, "url");
        Objects.requireNonNull(etag, "etag");
        Objects.requireNonNull(lastModified, "lastModified");
        Objects.requireNonNull(checkedAt, "checkedAt");
        refused = List.copyOf(refused);
    }

    /** Those of a document that has just arrived. */
    static Validators of(URI url, MultiMap headers, Instant now, List<String> refused) {
        return new Validators(
                url,
                Optional.ofNullable(headers.get("ETag")),
                Optional.ofNullable(headers.get("Last-Modified")),
                now,
                refused);
    }

    /** After upstream said that nothing changed. */
    Validators renewed(MultiMap headers, Instant now) {
        return new Validators(
                url,
                Optional.ofNullable(headers.get("ETag")).or(() -> etag),
                Optional.ofNullable(headers.get("Last-Modified")).or(() -> lastModified),
                now,
                refused);
    }

    /** After upstream confirmed it to another node. */
    Validators confirmed(Instant at) {
        return new Validators(url, etag, lastModified, at, refused);
    }

    /** With other hosts refused, since this node may allow others than the one that it comes from. */
    Validators refusing(List<String> urls) {
        return new Validators(url, etag, lastModified, checkedAt, urls);
    }

    /** Makes the next question an unconditional one, and due: as if the last one had been at {@code latest} or earlier. */
    Validators forgotten(Instant latest) {
        Instant asked = checkedAt.isBefore(latest) ? checkedAt : latest;
        return new Validators(url, Optional.empty(), Optional.empty(), asked, refused);
    }

    /** Adds the headers of a conditional request. */
    void addTo(Map<String, String> headers) {
        etag.ifPresent(value -> headers.put("If-None-Match", value));
        lastModified.ifPresent(value -> headers.put("If-Modified-Since", value));
    }

    JsonObject toJson() {
        JsonObject json =
                new JsonObject().put("checked_at", checkedAt.toString()).put("url", url.toString());
        etag.ifPresent(value -> json.put("etag", value));
        lastModified.ifPresent(value -> json.put("last_modified", value));
        if (!refused.isEmpty()) {
            json.put("refused", new JsonArray(refused));
        }
        return json;
    }

    /** @throws RuntimeException if {@code json} does not hold what {@link #toJson()} wrote */
    static Validators fromJson(JsonObject json) {
        return new Validators(
                URI.create(json.getString("url")),
                Optional.ofNullable(json.getString("etag")),
                Optional.ofNullable(json.getString("last_modified")),
                Instant.parse(json.getString("checked_at")),
                json.getJsonArray("refused", new JsonArray()).stream()
                        .map(String::valueOf)
                        .toList());
    }
}
