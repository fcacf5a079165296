package io.cornucopia.core;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.Charset;
import java.util.Optional;
import java.util.OptionalLong;
import org.jsoup.nodes.Element;

/**
 * Reads the list of an index's projects as it arrives, with memory that does not grow with it.
 *
 * <p>Names that are not valid are passed over (A1). What a sink got before a reader failed is part of a list that cannot
 * be trusted: throw it away.
 */
public final class SimpleRootReader {
    private SimpleRootReader() {}

    /**
     * Reads the list in JSON (PEP 691); the stream is left open.
     *
     * @throws IOException if the stream fails
     * @throws MalformedPageException if it is not one whole JSON object with a list of projects, or declares an
     *     api-version other than 1.x
     */
    public static void readJson(InputStream body, RootSink sink) throws IOException, MalformedPageException {
        boolean listed = JsonInput.read(body, input -> {
            boolean[] found = {false};
            input.object(key -> {
                if (key.equals("meta")) {
                    ApiVersion.readMeta(input);
                } else if (key.equals("projects")) {
                    found[0] = input.array(() -> readProject(input, sink));
                }
            });
            return found[0];
        });
        if (!listed) {
            throw new MalformedPageException("no list of projects");
        }
    }

    /**
     * Reads the list in HTML (PEP 503) or a plain directory listing; the stream is left open. An anchor's text is the
     * name; if that is none, the last component of its path.
     *
     * @param charset what the Content-Type said, or null to go by the page itself
     * @param pageUrl where the list was had from, absolute
     * @throws IOException if the stream fails
     * @throws MalformedPageException if it is not HTML, declares an api-version other than 1.x, or is a form without any
     *     project
     */
    public static void readHtml(InputStream body, Charset charset, URI pageUrl, RootSink sink)
            throws IOException, MalformedPageException {
        boolean[] found = {false};
        HtmlIndex index = HtmlIndex.read(
                body,
                charset,
                pageUrl,
                (anchor, base) -> name(anchor).ifPresent(name -> {
                    found[0] = true;
                    sink.project(name, OptionalLong.empty());
                }));
        index.requireIndex(found[0]);
    }

    private static void readProject(JsonInput input, RootSink sink) throws IOException, MalformedPageException {
        Project project = new Project();
        input.object(key -> {
            if (key.equals("name")) {
                project.name = input.string();
            } else if (key.equals("_last-serial")) {
                project.serial = input.countOrString();
            }
        });
        project.name.filter(SimpleRootReader::isName).ifPresent(name -> sink.project(name, project.serial));
    }

    private static Optional<String> name(Element anchor) {
        String component = lastComponent(anchor.attr("href").strip());
        if (component.isEmpty() || component.equals(".") || component.equals("..")) {
            // Navigation: a sort link, the way up, the index itself.
            return Optional.empty();
        }
        return Optional.of(withoutSlash(anchor.text()))
                .filter(SimpleRootReader::isName)
                .or(() -> UrlPath.decodeSegment(component).filter(SimpleRootReader::isName));
    }

    private static String lastComponent(String href) {
        int authority = href.indexOf("//");
        boolean absolute = authority == 0 || (authority > 0 && href.charAt(authority - 1) == ':');
        int start = absolute ? href.indexOf('/', authority + 2) : 0;
        int end = start;
        while (end >= 0 && end < href.length() && href.charAt(end) != '?' && href.charAt(end) != '#') {
            end++;
        }
        String path = withoutSlash(start < 0 ? "" : href.substring(start, end));
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private static String withoutSlash(String text) {
        return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    }

    private static boolean isName(String text) {
        return ProjectName.parse(text).isPresent();
    }

    private static final class Project {
        private Optional<String> name = Optional.empty();
        private OptionalLong serial = OptionalLong.empty();
    }
}
