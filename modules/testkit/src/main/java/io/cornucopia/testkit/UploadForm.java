package io.cornucopia.testkit;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * A form as it is sent by a client that publishes a file: its parts in any order, each of any size and as wrong as a test wants
 * it. Nothing is escaped, so that names can be hostile. Immutable.
 */
public final class UploadForm {

    private static final String BOUNDARY = "----d64a1c2f90b74e5f8e3c";

    private final List<Part> parts;

    private UploadForm(List<Part> parts) {
        this.parts = List.copyOf(parts);
    }

    private record Part(String name, Optional<String> filename, Content content) {}

    /** A form without parts. */
    public static UploadForm empty() {
        return new UploadForm(List.of());
    }

    /** What a client says of this file, which is a wheel or an sdist, and the file. */
    public static UploadForm of(GoldenFile file) {
        return empty().field(":action", "file_upload")
                .field("protocol_version", "1")
                .field("metadata_version", "2.1")
                .field("name", file.project())
                .field("version", file.version())
                .field("filetype", file.isWheel() ? "bdist_wheel" : "sdist")
                .field("pyversion", file.isWheel() ? "py3" : "source")
                .field("sha256_digest", file.sha256())
                .file(file.filename(), file.content());
    }

    /** The same form with one more field behind the others. */
    public UploadForm field(String name, String value) {
        return plus(new Part(name, Optional.empty(), Content.ofText(value)));
    }

    /** The same form with the file behind its other parts; may be given more than one. */
    public UploadForm file(String filename, Content content) {
        return plus(new Part("content", Optional.of(filename), content));
    }

    /** The same form with another file of that part's name behind its other parts. */
    public UploadForm file(String name, String filename, Content content) {
        return plus(new Part(name, Optional.of(filename), content));
    }

    /** The same form with this as the only value of a field, in the place of the first one it had. */
    public UploadForm with(String name, String value) {
        Part replacement = new Part(name, Optional.empty(), Content.ofText(value));
        List<Part> others = new ArrayList<>(without(name).parts);
        int place = 0;
        while (place < parts.size() && !parts.get(place).name.equals(name)) {
            place++;
        }
        others.add(Math.min(place, others.size()), replacement);
        return new UploadForm(others);
    }

    /** The same form without the parts of that name. */
    public UploadForm without(String name) {
        return new UploadForm(
                parts.stream().filter(part -> !part.name.equals(name)).toList());
    }

    /** The same form with its last part first. */
    public UploadForm reversed() {
        List<Part> turned = new ArrayList<>(parts);
        Collections.reverse(turned);
        return new UploadForm(turned);
    }

    /** What to send as Content-Type. */
    public String contentType() {
        return "multipart/form-data; boundary=" + BOUNDARY;
    }

    /** What to send as the body. The files' bytes are made up while it is read. */
    public Content body() {
        List<Content> pieces = new ArrayList<>();
        for (Part part : parts) {
            pieces.add(Content.ofText(head(part)));
            pieces.add(part.content);
            pieces.add(Content.ofText("\r\n"));
        }
        pieces.add(Content.ofText("--" + BOUNDARY + "--\r\n"));
        return Content.concat(pieces);
    }

    private UploadForm plus(Part part) {
        List<Part> more = new ArrayList<>(parts);
        more.add(part);
        return new UploadForm(more);
    }

    private static String head(Part part) {
        StringBuilder head = new StringBuilder("--" + BOUNDARY + "\r\n");
        head.append("Content-Disposition: form-data; name=\"").append(part.name).append('"');
        part.filename.ifPresent(
                filename -> head.append("; filename=\"").append(filename).append('"'));
        head.append("\r\n");
        if (part.filename.isPresent()) {
            head.append("Content-Type: application/octet-stream\r\n");
        }
        return head.append("\r\n").toString();
    }

    @Override
    public String toString() {
        return new String(body().slice(0, (int) Math.min(500, body().length())).getBytes(), StandardCharsets.UTF_8);
    }
}
