package io.cornucopia.testkit;

import java.util.ArrayList;
import java.util.List;

/** Writes index pages as HTML, in the dialect of each style. */
final class HtmlPages {

    private static final String DIRECTORY_TAIL = "</table>\n</body></html>\n";

    private final FakeIndex index;
    private final Style style;

    HtmlPages(FakeIndex index, Style style) {
        this.index = index;
        this.style = style;
    }

    Content project(FakeProject project) {
        if (style == Style.DIRECTORY) {
            return Content.ofText(directoryHead("/simple/" + project.name())
                    + project.listed().stream()
                            .map(file -> row(file.filename()))
                            .reduce("", String::concat)
                    + DIRECTORY_TAIL);
        }
        StringBuilder page = new StringBuilder("<!DOCTYPE html>\n<html>\n<head>\n");
        if (style == Style.JSON) {
            page.append("<meta name=\"pypi:repository-version\" content=\"1.4\">\n");
            if (!project.status().active()) {
                page.append(meta("pypi:project-status", project.status().marker()));
                project.status().reason().ifPresent(reason -> page.append(meta("pypi:project-status-reason", reason)));
            }
        }
        page.append("<title>Links for ").append(project.name()).append("</title>\n</head>\n<body>\n<h1>Links for ");
        page.append(project.name()).append("</h1>\n");
        project.listed().forEach(file -> page.append(link(project, file)));
        return Content.ofText(page.append("</body>\n</html>\n").toString());
    }

    Content root() {
        List<String> names = new ArrayList<>();
        index.all().forEach(project -> names.add(project.name()));
        if (style == Style.DIRECTORY) {
            String rows = names.stream().map(name -> row(name + "/")).reduce("", String::concat);
            return ExtraProjects.between(
                    directoryHead("/simple") + rows, "", row("%s/"), "", DIRECTORY_TAIL, index.extraProjects());
        }
        StringBuilder head = new StringBuilder("<!DOCTYPE html>\n<html>\n<head>\n");
        if (style == Style.JSON) {
            head.append("<meta name=\"pypi:repository-version\" content=\"1.4\">\n");
        }
        head.append("<title>Simple index</title>\n</head>\n<body>\n");
        String template = "<a href=\"/simple/%s/\">%s</a><br>\n";
        names.forEach(name -> head.append(template.replace("%s", name)));
        return ExtraProjects.between(head.toString(), "", template, "", "</body>\n</html>\n", index.extraProjects());
    }

    private String link(FakeProject project, GoldenFile file) {
        String fragment = style.hashes() ? "#sha256=" + file.sha256() : "";
        StringBuilder link = new StringBuilder("<a");
        link.append(attribute("href", index.urlOf(file) + fragment));
        file.requiresPython().ifPresent(python -> link.append(attribute("data-requires-python", python)));
        file.yanked().ifPresent(reason -> link.append(attribute("data-yanked", reason)));
        if (style == Style.JSON) {
            file.metadata()
                    .map(bytes -> "sha256=" + Sha256.hex(bytes))
                    .ifPresent(hash -> link.append(attribute("data-dist-info-metadata", hash))
                            .append(attribute("data-core-metadata", hash)));
            project.provenanceOf(file.filename())
                    .ifPresent(present -> link.append(attribute("data-provenance", index.provenanceUrlOf(file))));
            project.signatureOf(file.filename()).ifPresent(present -> link.append(attribute("data-gpg-sig", "true")));
        }
        return link.append('>')
                .append(escaped(file.filename()))
                .append("</a><br />\n")
                .toString();
    }

    private static String meta(String name, String content) {
        return "<meta" + attribute("name", name) + attribute("content", content) + ">\n";
    }

    private static String attribute(String name, String value) {
        return " " + name + "=\"" + escaped(value) + "\"";
    }

    private static String directoryHead(String path) {
        return """
                <!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">
                <html>
                 <head>
                  <title>Index of PATH</title>
                 </head>
                 <body>
                <h1>Index of PATH</h1>
                <table>
                <tr><th><a href="?C=N;O=D">Name</a></th><th><a href="?C=M;O=A">Last modified</a></th></tr>
                <tr><td><a href="../">Parent Directory</a></td><td>&nbsp;</td></tr>
                """.replace("PATH", path);
    }

    private static String row(String name) {
        return "<tr><td><a href=\"" + escaped(name).replace("+", "%2B") + "\">" + escaped(name)
                + "</a></td><td>2024-01-02 03:04</td></tr>\n";
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#x27;");
    }
}
