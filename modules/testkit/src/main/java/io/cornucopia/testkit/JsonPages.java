package io.cornucopia.testkit;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** Writes index pages as JSON: as the real index does, or as a caching mirror that follows it from afar. */
final class JsonPages {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private final FakeIndex index;
    private final boolean mirror;

    JsonPages(FakeIndex index, boolean mirror) {
        this.index = index;
        this.mirror = mirror;
    }

    Content project(FakeProject project) {
        JsonArray files = new JsonArray();
        TreeSet<String> versions = new TreeSet<>();
        for (GoldenFile file : project.listed()) {
            files.add(mirror ? mirrored(file) : complete(project, file));
            versions.add(file.version());
        }
        JsonObject page = new JsonObject()
                .put("meta", meta(project.serial()))
                .put("name", project.name())
                .put("versions", new JsonArray(List.copyOf(versions)))
                .put("files", files);
        if (!mirror) {
            JsonObject status = new JsonObject().put("status", project.status().marker());
            project.status().reason().ifPresent(reason -> status.put("reason", reason));
            page.put("project-status", status).put("alternate-locations", new JsonArray());
        }
        return Content.ofText(page.encode());
    }

    Content root() {
        List<String> entries = new ArrayList<>();
        for (FakeProject project : index.all()) {
            entries.add(new JsonObject()
                    .put("_last-serial", project.serial())
                    .put("name", project.name())
                    .encode());
        }
        String head = "{\"meta\":" + meta(index.serial()).encode() + ",\"projects\":[" + String.join(",", entries);
        String separator = entries.isEmpty() ? "" : ",";
        return ExtraProjects.between(
                head, separator, "{\"_last-serial\":1,\"name\":\"%s\"}", ",", "]}", index.extraProjects());
    }

    private JsonObject meta(long serial) {
        return mirror
                ? new JsonObject().put("api-version", "1.1").put("_last-serial", Long.toString(serial))
                : new JsonObject().put("_last-serial", serial).put("api-version", "1.4");
    }

    private JsonObject mirrored(GoldenFile file) {
        JsonObject entry =
                common(file).put("requires-python", file.requiresPython().orElse(null));
        file.uploadTime().ifPresent(time -> entry.put("upload-time", TIME.format(time)));
        return entry;
    }

    private JsonObject complete(FakeProject project, GoldenFile file) {
        JsonObject entry =
                common(file).put("requires-python", file.requiresPython().orElse(null));
        Object metadata = file.metadata()
                .<Object>map(bytes -> new JsonObject().put("sha256", Sha256.hex(bytes)))
                .orElse(false);
        file.uploadTime().ifPresent(time -> entry.put("upload-time", TIME.format(time)));
        entry.put("core-metadata", metadata).put("data-dist-info-metadata", metadata);
        entry.put(
                "provenance",
                project.provenanceOf(file.filename())
                        .map(present -> index.provenanceUrlOf(file))
                        .orElse(null));
        project.signatureOf(file.filename()).ifPresent(present -> entry.put("gpg-sig", true));
        return entry;
    }

    private JsonObject common(GoldenFile file) {
        Object yanked = file.yanked()
                .<Object>map(reason -> reason.isEmpty() ? true : reason)
                .orElse(false);
        return new JsonObject()
                .put("filename", file.filename())
                .put("hashes", new JsonObject().put("sha256", file.sha256()))
                .put("size", file.size())
                .put("url", index.urlOf(file))
                .put("yanked", yanked);
    }
}
