package io.cornucopia.core;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes a project's simple page in HTML5 as every client reads it (sections C1 to C5). */
public final class SimpleHtmlWriter {
    /** HTML is frozen there: what is newer goes to JSON only (C1). */
    static final String REPOSITORY_VERSION = "1.4";

    private final StringBuilder html = new StringBuilder(4096);

    private SimpleHtmlWriter() {}

    /** Writes a page in UTF-8; the same bytes for the same page and links. A quarantined project's has no files (A6). */
    public static byte[] write(ProjectPage page, Links links) {
        SimpleHtmlWriter writer = new SimpleHtmlWriter();
        writer.page(page, links);
        return writer.html.toString().getBytes(StandardCharsets.UTF_8);
    }

    private void page(ProjectPage page, Links links) {
        String title = "Links for " + HtmlText.escape(page.name().value());
        html.append(head("pypi:repository-version", REPOSITORY_VERSION));
        if (page.status().marker() != ProjectStatus.Marker.ACTIVE) {
            html.append(meta("pypi:project-status", page.status().marker().wireName()));
            page.status().reason().ifPresent(reason -> html.append(meta("pypi:project-status-reason", reason)));
        }
        html.append("<title>").append(title).append("</title>\n</head>\n<body>\n");
        html.append("<h1>").append(title).append("</h1>\n");
        List<DistributionFile> files = page.offeredFiles();
        // On all links or on none (PEP 503), and nothing is made up for a file of which nothing was said.
        boolean signatures = files.stream().allMatch(file -> file.gpgSignature().isPresent());
        for (DistributionFile file : files) {
            anchor(file, links, signatures);
        }
        html.append("</body>\n</html>\n");
    }

    static String head(String name, String content) {
        return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n" + meta(name, content);
    }

    private static String meta(String name, String content) {
        return "<meta name=\"" + name + "\" content=\"" + HtmlText.escape(content) + "\">\n";
    }

    private void anchor(DistributionFile file, Links links, boolean signatures) {
        String fragment = file.sha256().map(digest -> "#" + digest).orElse("");
        html.append("<a");
        attribute("href", links.file(file) + fragment);
        file.requiresPython().ifPresent(versions -> attribute("data-requires-python", versions));
        file.yank().ifPresent(yank -> attribute("data-yanked", yank.reason()));
        if (file.isWheel()) {
            file.coreMetadata().ifPresent(metadata -> {
                String value = metadata.sha256().map(Digest::toString).orElse("true");
                attribute("data-core-metadata", value);
                attribute("data-dist-info-metadata", value);
            });
        }
        if (signatures) {
            attribute("data-gpg-sig", String.valueOf(file.gpgSignature().orElseThrow()));
        }
        if (file.provenance().isPresent()) {
            attribute("data-provenance", links.provenance(file));
        }
        html.append('>').append(HtmlText.escape(file.filename())).append("</a><br>\n");
    }

    private void attribute(String name, String value) {
        html.append(' ')
                .append(name)
                .append("=\"")
                .append(HtmlText.escape(value))
                .append('"');
    }
}
