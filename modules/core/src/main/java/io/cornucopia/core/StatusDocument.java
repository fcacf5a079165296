package io.cornucopia.core;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * A project's status as it is kept beside the descriptions of its files: the object that a simple page has for it (PEP 792).
 *
 * <p>Unlike on a page from outside, a status that is not known is not taken for none: that would offer a quarantined file.
 */
public final class StatusDocument {
    private StatusDocument() {}

    /** Writes a status in UTF-8; the same bytes for the same status. */
    public static byte[] write(ProjectStatus status) {
        return JsonOutput.bytes(json -> {
            json.writeStartObject();
            JsonOutput.status(json, status);
            json.writeEndObject();
            json.writeRaw('\n');
        });
    }

    /**
     * Reads what {@link #write} wrote; the stream is left open.
     *
     * @throws IOException if the stream fails
     * @throws MalformedPageException if it is something else, or was cut off
     */
    public static ProjectStatus read(InputStream document) throws IOException, MalformedPageException {
        return JsonInput.read(document, input -> {
            Fields fields = new Fields();
            input.object(key -> {
                if (key.equals("project-status")) {
                    input.strings(fields::member);
                }
            });
            return fields.status();
        });
    }

    private static final class Fields {
        private Optional<ProjectStatus.Marker> marker = Optional.empty();
        private Optional<String> reason = Optional.empty();

        void member(String key, String value) {
            if (key.equals("status")) {
                marker = ProjectStatus.Marker.ofWireName(value);
            } else if (key.equals("reason")) {
                reason = Optional.of(value);
            }
        }

        ProjectStatus status() throws MalformedPageException {
            return new ProjectStatus(
                    marker.orElseThrow(() -> new MalformedPageException("not a project's status")), reason);
        }
    }
}
