package io.cornucopia.core;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;

/** Writes the list of all projects as it goes (sections A1 and C6); the streams are flushed and left open. */
public final class SimpleRootWriter {
    private SimpleRootWriter() {}

    /**
     * Writes the list in JSON, each project an object.
     *
     * @param serial the serial of the last change to any project, if there is one
     * @throws IOException if the stream fails
     */
    public static void writeJson(ProjectList projects, OptionalLong serial, OutputStream to) throws IOException {
        JsonOutput.write(to, json -> {
            json.writeStartObject();
            json.writeObjectFieldStart("meta");
            json.writeStringField("api-version", SimpleJsonWriter.API_VERSION);
            if (serial.isPresent()) {
                json.writeNumberField("_last-serial", serial.getAsLong());
            }
            json.writeEndObject();
            json.writeArrayFieldStart("projects");
            each(projects, (name, changed) -> {
                json.writeStartObject();
                json.writeStringField("name", name);
                if (changed.isPresent()) {
                    json.writeNumberField("_last-serial", changed.getAsLong());
                }
                json.writeEndObject();
            });
            json.writeEndArray();
            json.writeEndObject();
        });
        to.flush();
    }

    /**
     * Writes the list in HTML5.
     *
     * @param simplePath the path of the list itself with any prefix and its slash, such as {@code /simple/}
     * @throws IOException if the stream fails
     */
    public static void writeHtml(ProjectList projects, String simplePath, OutputStream to) throws IOException {
        Writer html = new BufferedWriter(new OutputStreamWriter(to, StandardCharsets.UTF_8), 1 << 16);
        html.write(SimpleHtmlWriter.head("pypi:repository-version", SimpleHtmlWriter.REPOSITORY_VERSION));
        html.write("<title>Simple index</title>\n</head>\n<body>\n");
        String start = "<a href=\"" + HtmlText.escape(simplePath);
        // Names are of letters, digits and dashes: nothing to escape.
        each(projects, (name, changed) -> {
            html.write(start);
            html.write(name);
            html.write("/\">");
            html.write(name);
            html.write("</a><br>\n");
        });
        html.write("</body>\n</html>\n");
        html.flush();
    }

    private interface Entry {
        void write(String name, OptionalLong serial) throws IOException;
    }

    private static void each(ProjectList projects, Entry entry) throws IOException {
        try {
            projects.forEach((name, serial) -> {
                try {
                    entry.write(name, serial);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
