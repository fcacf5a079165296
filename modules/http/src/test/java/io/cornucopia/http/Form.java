package io.cornucopia.http;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** The body of an upload, part by part, as a client writes it. */
final class Form {
    static final String BOUNDARY = "0123456789abcdef";
    static final String TYPE = "Content-Type: multipart/form-data; boundary=" + BOUNDARY;
    static final String WHEEL = "demo-1.0-py3-none-any.whl";

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** A form that is taken. */
    static Form of(byte[] content) {
        return new Form()
                .field(":action", "file_upload")
                .field("name", "demo")
                .field("version", "1.0")
                .file("content", WHEEL, content);
    }

    Form field(String name, String value) {
        return part("form-data; name=\"" + name + '"', value.getBytes(StandardCharsets.UTF_8));
    }

    Form file(String name, String filename, byte[] content) {
        return part("form-data; name=\"" + name + "\"; filename=\"" + filename + '"', content);
    }

    Form part(String disposition, byte[] content) {
        return raw("--" + BOUNDARY + "\r\nContent-Disposition: " + disposition + "\r\n\r\n")
                .raw(content)
                .raw("\r\n");
    }

    Form raw(String text) {
        return raw(text.getBytes(StandardCharsets.UTF_8));
    }

    Form raw(byte[] raw) {
        bytes.writeBytes(raw);
        return this;
    }

    /** All of it so far, and what ends it. */
    byte[] end() {
        return raw("--" + BOUNDARY + "--\r\n").bytes.toByteArray();
    }

    /** All of it so far. */
    byte[] unfinished() {
        return bytes.toByteArray();
    }
}
