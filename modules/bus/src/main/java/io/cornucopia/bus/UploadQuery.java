package io.cornucopia.bus;

import io.cornucopia.storage.IncomingFile;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Hands in an upload whose form has arrived whole. Whoever answers takes over {@code content} and publishes or discards it.
 *
 * @param actor who uploads
 * @param fields every field of the form but the file, by its name as sent, values in order
 * @param filename the name that the form gave the file
 * @param content its bytes, ended
 * @param received what they are
 */
public record UploadQuery(
        Actor actor,
        Map<String, List<String>> fields,
        String filename,
        IncomingFile content,
        IncomingFile.Received received) {
    public UploadQuery {
        Objects.requireNonNull(actor, "actor");
        fields = Map.copyOf(fields);
        Objects.requireNonNull(filename, "filename");
        Objects.requireNonNull(content, "content");
        Objects.requireNonNull(received, "received");
    }
}
