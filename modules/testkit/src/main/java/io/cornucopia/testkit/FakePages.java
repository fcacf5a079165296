package io.cornucopia.testkit;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Writes the pages of {@link FakeUpstream} in its style. */
final class FakePages {
    static final String JSON_TYPE = "application/vnd.pypi.simple.v1+json";

    private FakePages() {}

    record Page(String contentType, String body) {}

    static Page project(FakeProject project, Style style, boolean wantsJson, String fileBase, String ownBase) {
        return switch (style) {
            case JSON ->
                wantsJson
                        ? new Page(JSON_TYPE, json(project, fileBase, ownBase, false))
                        : new Page("text/html", html(project, fileBase, ownBase, true));
            case MIRROR ->
                wantsJson
                        ? new Page(JSON_TYPE, json(project, fileBase, ownBase, true))
                        : new Page("text/html", html(project, fileBase, ownBase, true));
            case HTML -> new Page("text/html", html(project, fileBase, ownBase, true));
            case BARE_HTML -> new Page("text/html", html(project, fileBase, ownBase, false));
            case DIRECTORY -> new Page("text/html;charset=UTF-8", directory(project));
        };
    }

    private static String json(FakeProject project, String fileBase, String ownBase, boolean mirror) {
        JsonArray files = new JsonArray();
        TreeSet<String> versions = new TreeSet<>();
        project.files().values().forEach(listed -> {
            GoldenFile file = listed.file();
            versions.add(version(file));
            JsonObject entry = new JsonObject()
                    .put("filename", file.filename())
                    .put("url", fileUrl(listed, fileBase))
                    .put("hashes", new JsonObject().put("sha256", listed.sha256()))
                    .put("size", file.content().length())
                    .put(
                            "upload-time",
                            file.uploadTime()
                                    .orElse(Instant.parse("2024-01-02T03:04:05.678901Z"))
                                    .toString())
                    .put(
                            "yanked",
                            file.yanked()
                                    .<Object>map(why -> why.isEmpty() ? true : why)
                                    .orElse(false));
            file.requiresPython().ifPresent(specifier -> entry.put("requires-python", specifier));
            if (mirror) {
                entry.put("requires-python", file.requiresPython().orElse(null));
            } else {
                Object metadata = file.metadata()
                        .<Object>map(bytes ->
                                new JsonObject().put("sha256", Content.of(bytes).sha256()))
                        .orElse(false);
                entry.put("core-metadata", metadata).put("data-dist-info-metadata", metadata);
                entry.put(
                        "provenance",
                        project.provenance().containsKey(file.filename())
                                ? provenanceUrl(project, file, ownBase)
                                : null);
            }
            files.add(entry);
        });
        JsonObject page = new JsonObject()
                .put(
                        "meta",
                        mirror
                                ? new JsonObject().put("api-version", "1.1").put("_last-serial", "1234567")
                                : new JsonObject().put("api-version", "1.4").put("_last-serial", 1234567))
                .put("name", project.name())
                .put("versions", new JsonArray(new ArrayList<>(versions)))
                .put("files", files);
        if (!mirror) {
            JsonObject status = new JsonObject().put("status", project.status().orElse("active"));
            if (!project.statusReason().isEmpty()) {
                status.put("reason", project.statusReason());
            }
            page.put("project-status", status);
        }
        return page.encode();
    }

    private static String html(FakeProject project, String fileBase, String ownBase, boolean withHashes) {
        StringBuilder html = new StringBuilder("<!DOCTYPE html>\n<html><head>");
        if (withHashes) {
            html.append("<meta name=\"pypi:repository-version\" content=\"1.4\">");
            project.status()
                    .ifPresent(status -> html.append("<meta name=\"pypi:project-status\" content=\"")
                            .append(status)
                            .append("\"><meta name=\"pypi:project-status-reason\" content=\"")
                            .append(escape(project.statusReason()))
                            .append("\">"));
        }
        html.append("<title>Links for ").append(project.name()).append("</title></head><body>\n");
        project.files().values().forEach(listed -> {
            GoldenFile file = listed.file();
            html.append("<a href=\"").append(escape(fileUrl(listed, fileBase)));
            if (withHashes) {
                html.append("#sha256=").append(listed.sha256());
            }
            html.append('"');
            if (withHashes) {
                file.requiresPython()
                        .ifPresent(specifier -> html.append(" data-requires-python=\"")
                                .append(escape(specifier))
                                .append('"'));
                file.yanked()
                        .ifPresent(why -> html.append(" data-yanked=\"")
                                .append(escape(why))
                                .append('"'));
                file.metadata()
                        .ifPresent(bytes -> html.append(" data-core-metadata=\"sha256=")
                                .append(Content.of(bytes).sha256())
                                .append('"'));
                if (project.provenance().containsKey(file.filename())) {
                    html.append(" data-provenance=\"")
                            .append(provenanceUrl(project, file, ownBase))
                            .append('"');
                }
            }
            html.append('>').append(escape(file.filename())).append("</a><br>\n");
        });
        return html.append("</body></html>\n").toString();
    }

    private static String directory(FakeProject project) {
        StringBuilder html = new StringBuilder("""
                <!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">
                <html><head><title>Index of /simple</title></head><body><h1>Index of /simple</h1><pre>
                <a href="?C=N;O=D">Name</a> <a href="?C=M;O=A">Last modified</a> <a href="?C=S;O=A">Size</a><hr>
                <a href="../">Parent Directory</a>
                """);
        project.files()
                .values()
                .forEach(listed -> html.append("<a href=\"")
                        .append(encode(listed.file().filename()))
                        .append("\">")
                        .append(escape(listed.file().filename()))
                        .append("</a>   2024-01-02 03:04  1K\n"));
        return html.append("</pre></body></html>\n").toString();
    }

    static Page root(List<String> names, int extra, Style style, boolean wantsJson) {
        List<String> all = new ArrayList<>(names);
        for (int i = 0; i < extra; i++) {
            all.add("extra-project-" + i);
        }
        if (style == Style.JSON && wantsJson) {
            StringBuilder json =
                    new StringBuilder("{\"meta\":{\"api-version\":\"1.4\",\"_last-serial\":1234567},\"projects\":[");
            for (int i = 0; i < all.size(); i++) {
                json.append(i == 0 ? "" : ",")
                        .append("{\"name\":\"")
                        .append(all.get(i))
                        .append("\",\"_last-serial\":")
                        .append(i + 1)
                        .append('}');
            }
            return new Page(JSON_TYPE, json.append("]}").toString());
        }
        StringBuilder html =
                new StringBuilder("<!DOCTYPE html>\n<html><head><title>Simple index</title></head><body>\n");
        all.forEach(name -> html.append("<a href=\"")
                .append(name)
                .append("/\">")
                .append(name)
                .append("</a><br>\n"));
        return new Page("text/html", html.append("</body></html>\n").toString());
    }

    static String fileUrl(FakeProject.Listed listed, String fileBase) {
        String digest = listed.sha256();
        return fileBase + digest.substring(0, 2) + "/" + digest.substring(2, 4) + "/"
                + encode(listed.file().filename());
    }

    private static String provenanceUrl(FakeProject project, GoldenFile file, String ownBase) {
        return ownBase + "/integrity/" + project.name() + "/" + version(file) + "/" + encode(file.filename())
                + "/provenance";
    }

    /** The second part of a wheel's name, or what follows the last dash of an sdist's. */
    static String version(GoldenFile file) {
        String name = file.filename().replaceAll("\\.(tar\\.gz|zip|whl)$", "");
        return name.equals(file.filename()) || !file.filename().endsWith(".whl")
                ? name.substring(name.lastIndexOf('-') + 1)
                : name.split("-")[1];
    }

    static Optional<FakeProject.Listed> find(Map<String, FakeProject> projects, String filename) {
        return projects.values().stream()
                .flatMap(project -> Optional.ofNullable(project.files().get(filename)).stream())
                .findFirst();
    }

    private static String encode(String filename) {
        return filename.replace("%", "%25")
                .replace("+", "%2B")
                .replace("!", "%21")
                .replace(" ", "%20");
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
