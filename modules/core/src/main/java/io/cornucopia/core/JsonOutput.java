package io.cornucopia.core;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Optional;

/** How JSON is written here: UTF-8, the same bytes for the same page, and the stream left open. */
final class JsonOutput {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
            .disable(StreamWriteFeature.AUTO_CLOSE_CONTENT)
            .disable(StreamWriteFeature.FLUSH_PASSED_TO_STREAM)
            .build();

    private JsonOutput() {}

    /** Writes one document. */
    interface Document {
        void write(JsonGenerator json) throws IOException;
    }

    static void write(OutputStream to, Document document) throws IOException {
        try (JsonGenerator json = FACTORY.createGenerator(to, JsonEncoding.UTF8)) {
            document.write(json);
        }
    }

    static byte[] bytes(Document document) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            write(bytes, document);
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
        return bytes.toByteArray();
    }

    static void text(JsonGenerator json, String key, String text) throws IOException {
        json.writeStringField(key, WellFormed.text(text));
    }

    /** Writes {@code project-status}, the reason only if there is one (PEP 792). */
    static void status(JsonGenerator json, ProjectStatus status) throws IOException {
        json.writeObjectFieldStart("project-status");
        json.writeStringField("status", status.marker().wireName());
        if (status.reason().isPresent()) {
            text(json, "reason", status.reason().get());
        }
        json.writeEndObject();
    }

    /** Writes {@code yanked}: true, false or the reason, which is never empty (PEP 592, 691). */
    static void yanked(JsonGenerator json, Optional<Yank> yank) throws IOException {
        String reason = yank.map(Yank::reason).orElse("");
        if (reason.isEmpty()) {
            json.writeBooleanField("yanked", yank.isPresent());
        } else {
            text(json, "yanked", reason);
        }
    }
}
