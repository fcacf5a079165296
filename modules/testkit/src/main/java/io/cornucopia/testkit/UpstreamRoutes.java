package io.cornucopia.testkit;

import io.vertx.core.MultiMap;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;

/** From a request to the answer that the index would give. */
final class UpstreamRoutes {

    private static final Instant LONG_AGO = Instant.parse("2024-01-02T03:04:05Z");

    private final FakeIndex index;

    UpstreamRoutes(FakeIndex index) {
        this.index = index;
    }

    Answer answer(String rawPath, MultiMap headers, boolean ranges) {
        String path;
        try {
            path = decoded(rawPath);
        } catch (IllegalArgumentException e) {
            return Answer.empty(400);
        }
        List<String> parts = List.of(path.substring(1).split("/", -1));
        return switch (parts.get(0)) {
            case "simple" -> simple(path, parts, headers, ranges);
            case "files" -> stored(path, parts.get(parts.size() - 1), headers, ranges);
            case "integrity" -> integrity(parts);
            default -> Answer.notFound();
        };
    }

    /** A path without its percent signs; a plus is a plus. */
    static String decoded(String rawPath) {
        return URLDecoder.decode(rawPath.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private Answer simple(String path, List<String> parts, MultiMap headers, boolean ranges) {
        if (parts.size() == 1) {
            return Answer.redirect(301, "/simple/");
        }
        if (parts.size() == 2) {
            return parts.get(1).isEmpty() ? root(headers) : towardsSlash(path, parts.get(1));
        }
        if (parts.size() == 3 && parts.get(2).isEmpty()) {
            return page(parts.get(1), headers);
        }
        if (parts.size() == 3 && index.style() == Style.DIRECTORY) {
            return index.known(parts.get(1))
                    .map(project -> file(project, parts.get(2), headers, ranges))
                    .orElseGet(Answer::notFound);
        }
        return Answer.notFound();
    }

    private Answer towardsSlash(String path, String name) {
        return switch (index.style()) {
            case MIRROR -> Answer.redirect(308, path + "/");
            case DIRECTORY -> Answer.redirect(301, path + "/");
            default -> Answer.redirect(301, "/simple/" + GoldenNames.normalised(name) + "/");
        };
    }

    private Answer root(MultiMap headers) {
        Style style = index.style();
        PageFormat format = style == Style.JSON ? preferred(headers) : PageFormat.HTML;
        String version = "root " + style + " " + format + " " + index.serial() + " " + index.extraProjects();
        return index.rawRoot().orElseGet(() -> {
            Content body =
                    format == PageFormat.JSON ? new JsonPages(index, false).root() : new HtmlPages(index, style).root();
            return finished(format, body, index.serial(), version, headers);
        });
    }

    private Answer page(String name, MultiMap headers) {
        String normalised = GoldenNames.normalised(name);
        Style style = index.style();
        if (!name.equals(normalised) && style != Style.DIRECTORY) {
            return Answer.redirect(301, "/simple/" + normalised + "/");
        }
        Optional<FakeProject> known = index.known(normalised).filter(project -> name.equals(normalised));
        if (known.isEmpty()) {
            return Answer.notFound();
        }
        FakeProject project = known.get();
        if (project.raw().isPresent()) {
            return project.raw().get();
        }
        boolean speaksJson = style == Style.JSON || style == Style.MIRROR;
        PageFormat format = speaksJson ? preferred(headers) : PageFormat.HTML;
        Content body = format == PageFormat.JSON
                ? new JsonPages(index, style == Style.MIRROR).project(project)
                : new HtmlPages(index, style).project(project);
        return finished(format, body, project.serial(), body.sha256(), headers);
    }

    private static PageFormat preferred(MultiMap headers) {
        return PageFormat.preferred(String.join(",", headers.getAll("Accept")));
    }

    private Answer finished(PageFormat format, Content body, long serial, String version, MultiMap headers) {
        Answer answer = Answer.of(200, format.contentType(), body);
        if (index.style() == Style.JSON) {
            answer = answer.with("Vary", "Accept, Accept-Encoding").with("X-PyPI-Last-Serial", Long.toString(serial));
        }
        if (!index.style().validators()) {
            return answer;
        }
        String etag = '"' + Content.ofText(version).sha256().substring(0, 32) + '"';
        answer = answer.with("ETag", etag).with("Cache-Control", "max-age=600, public");
        return unchanged(headers, etag) ? answer.withStatus(304, Content.ofText("")) : answer;
    }

    private static boolean unchanged(MultiMap headers, String etag) {
        return headers.getAll("If-None-Match").stream()
                .flatMap(line -> List.of(line.split(",", -1)).stream())
                .map(String::strip)
                .anyMatch(tag -> tag.equals(etag) || tag.equals("*"));
    }

    private Answer integrity(List<String> parts) {
        if (parts.size() != 5 || !parts.get(4).equals("provenance")) {
            return Answer.notFound();
        }
        return index.known(parts.get(1))
                .flatMap(project -> project.provenanceOf(parts.get(3)))
                .map(json -> Answer.of(200, "application/vnd.pypi.integrity.v1+json", Content.ofText(json)))
                .orElseGet(Answer::notFound);
    }

    private Answer stored(String path, String filename, MultiMap headers, boolean ranges) {
        for (String suffix : List.of("", ".metadata", ".asc")) {
            if (filename.endsWith(suffix)) {
                String owner = path.substring(0, path.length() - suffix.length());
                Optional<FakeProject> holder =
                        index.holderOf(owner, filename.substring(0, filename.length() - suffix.length()));
                if (holder.isPresent()) {
                    return file(holder.get(), filename, headers, ranges);
                }
            }
        }
        return Answer.notFound();
    }

    private Answer file(FakeProject project, String filename, MultiMap headers, boolean ranges) {
        Optional<GoldenFile> whole = project.file(filename);
        if (whole.isPresent()) {
            return content(whole.get(), headers, ranges);
        }
        if (filename.endsWith(".metadata") && index.style() == Style.JSON) {
            return project.file(without(filename, ".metadata"))
                    .flatMap(GoldenFile::metadata)
                    .map(bytes -> Answer.of(200, "application/octet-stream", Content.ofBytes(bytes)))
                    .orElseGet(Answer::notFound);
        }
        if (filename.endsWith(".asc")) {
            return project.signatureOf(without(filename, ".asc"))
                    .map(bytes -> Answer.of(200, "application/pgp-signature", Content.ofBytes(bytes)))
                    .orElseGet(Answer::notFound);
        }
        return Answer.notFound();
    }

    private static String without(String filename, String suffix) {
        return filename.substring(0, filename.length() - suffix.length());
    }

    private static Answer content(GoldenFile file, MultiMap headers, boolean ranges) {
        String etag = '"' + file.sha256().substring(0, 32) + '"';
        String modified = DateTimeFormatter.RFC_1123_DATE_TIME.format(
                ZonedDateTime.ofInstant(file.uploadTime().orElse(LONG_AGO), ZoneOffset.UTC));
        Answer answer = Answer.of(200, "application/octet-stream", file.content())
                .with("ETag", etag)
                .with("Last-Modified", modified)
                .with("Cache-Control", "max-age=365000000, immutable, public");
        if (unchanged(headers, etag)) {
            return answer.withStatus(304, Content.ofText(""));
        }
        if (!ranges) {
            return answer;
        }
        answer = answer.with("Accept-Ranges", "bytes");
        String condition = headers.get("If-Range");
        String range = headers.get("Range");
        boolean current = condition == null || condition.equals(etag) || condition.equals(modified);
        return range == null || !current ? answer : ranged(answer, range);
    }

    private static Answer ranged(Answer whole, String header) {
        long length = whole.body().length();
        Optional<ByteRange> asked = ByteRange.parse(header, length);
        if (asked.isEmpty()) {
            return whole;
        }
        ByteRange range = asked.get();
        if (!range.satisfiable()) {
            return whole.withStatus(416, Content.ofText("")).with("Content-Range", "bytes */" + length);
        }
        return whole.withStatus(206, whole.body().part(range.first(), range.length()))
                .with("Content-Range", "bytes " + range.first() + "-" + range.last() + "/" + length);
    }
}
