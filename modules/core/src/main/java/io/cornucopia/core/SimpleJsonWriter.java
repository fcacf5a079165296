package io.cornucopia.core;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Writes a project's simple page in JSON as every client reads it (sections C7 to C15). */
public final class SimpleJsonWriter {
    /** What this server's pages declare. */
    static final String API_VERSION = "1.4";
    /** What they declare when a size is not known: later versions make it mandatory (C9). */
    private static final String API_VERSION_WITHOUT_SIZES = "1.0";

    private final JsonGenerator json;
    private final Links links;

    private SimpleJsonWriter(JsonGenerator json, Links links) {
        this.json = json;
        this.links = links;
    }

    /** Writes a page; the same bytes for the same page and links. A quarantined project's has no files (A6). */
    public static byte[] write(ProjectPage page, Links links) {
        return JsonOutput.bytes(json -> new SimpleJsonWriter(json, links).page(page));
    }

    private void page(ProjectPage page) throws IOException {
        List<DistributionFile> files = page.offeredFiles();
        boolean sizesKnown = files.stream().allMatch(file -> file.size().isPresent());
        json.writeStartObject();
        json.writeObjectFieldStart("meta");
        json.writeStringField("api-version", sizesKnown ? API_VERSION : API_VERSION_WITHOUT_SIZES);
        if (page.serial().isPresent()) {
            json.writeNumberField("_last-serial", page.serial().getAsLong());
        }
        json.writeEndObject();
        json.writeStringField("name", page.name().value());
        JsonOutput.status(json, page.status());
        json.writeArrayFieldStart("versions");
        for (String version : page.versions()) {
            json.writeString(WellFormed.text(version));
        }
        json.writeEndArray();
        json.writeArrayFieldStart("files");
        for (DistributionFile file : files) {
            file(file);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private void file(DistributionFile file) throws IOException {
        json.writeStartObject();
        json.writeStringField("filename", file.filename());
        json.writeStringField("url", links.file(file));
        hashes("hashes", file.sha256());
        if (file.requiresPython().isPresent()) {
            JsonOutput.text(json, "requires-python", file.requiresPython().get());
        }
        if (file.size().isPresent()) {
            json.writeNumberField("size", file.size().getAsLong());
        }
        if (file.uploadTime().isPresent()) {
            json.writeStringField(
                    "upload-time", UploadTime.format(file.uploadTime().get()));
        }
        JsonOutput.yanked(json, file.yank());
        if (file.isWheel()) {
            coreMetadata(file.coreMetadata());
        }
        if (file.provenance().isPresent()) {
            json.writeStringField("provenance", links.provenance(file));
        }
        if (file.gpgSignature().isPresent()) {
            json.writeBooleanField("gpg-sig", file.gpgSignature().get());
        }
        json.writeEndObject();
    }

    private void coreMetadata(Optional<CoreMetadata> metadata) throws IOException {
        Optional<Digest> sha256 = metadata.flatMap(CoreMetadata::sha256);
        if (sha256.isPresent()) {
            hashes("core-metadata", sha256);
        } else {
            json.writeBooleanField("core-metadata", metadata.isPresent());
        }
    }

    /** SHA-256 or nothing: clients take the first that is there, or insist on all (C10). */
    private void hashes(String key, Optional<Digest> sha256) throws IOException {
        json.writeObjectFieldStart(key);
        if (sha256.isPresent()) {
            json.writeStringField(
                    sha256.get().algorithm().wireName(), sha256.get().hex());
        }
        json.writeEndObject();
    }
}
