package io.cornucopia.core;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.Charset;
import java.util.Iterator;
import java.util.Optional;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.parser.Parser;
import org.jsoup.parser.StreamParser;

/**
 * What the HTML pages of an index have in common: anchors one after the other, a base, and what the head declares.
 *
 * <p>Elements are thrown away as soon as they are read, so that memory does not grow with the page.
 */
final class HtmlIndex {
    private final Anchors anchors;
    private URI base;
    private boolean baseSeen;
    private boolean declared;
    private boolean form;
    private Optional<String> statusMarker = Optional.empty();
    private Optional<String> statusReason = Optional.empty();

    private HtmlIndex(URI pageUrl, Anchors anchors) {
        this.base = pageUrl;
        this.anchors = anchors;
    }

    /** Takes each anchor that has an href, in the order of the page. */
    interface Anchors {
        void anchor(Element anchor, URI base);
    }

    /** @throws MalformedPageException if it does not begin as HTML does, or declares another version than 1.x */
    static HtmlIndex read(InputStream body, Charset charset, URI pageUrl, Anchors anchors)
            throws IOException, MalformedPageException {
        HtmlSource source = HtmlSource.open(body, charset);
        if (!source.beginsWithMarkup()) {
            throw new MalformedPageException("not HTML");
        }
        HtmlIndex index = new HtmlIndex(pageUrl, anchors);
        try (StreamParser parser = new StreamParser(Parser.htmlParser())) {
            parser.parse(source.reader(), pageUrl.toString());
            Iterator<Element> elements = parser.iterator();
            while (elements.hasNext()) {
                Element element = elements.next();
                index.element(element);
                discard(element);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return index;
    }

    /** @throws MalformedPageException if nothing was found in it and it looks like a form to log in rather than an index */
    void requireIndex(boolean foundAny) throws MalformedPageException {
        if (!foundAny && !declared && form) {
            throw new MalformedPageException("a form instead of an index");
        }
    }

    ProjectStatus status() {
        return PageCollector.status(statusMarker, statusReason);
    }

    private void element(Element element) throws MalformedPageException {
        switch (element.normalName()) {
            case "a" -> {
                if (element.hasAttr("href")) {
                    anchors.anchor(element, base);
                }
            }
            case "base" -> readBase(element);
            case "meta" -> readMeta(element);
            case "form" -> form = true;
            default -> {
                // Of no meaning here.
            }
        }
    }

    private void readBase(Element element) {
        if (!baseSeen && element.hasAttr("href")) {
            baseSeen = true;
            base = Link.resolve(base, element.attr("href")).map(Link::target).orElse(base);
        }
    }

    private void readMeta(Element element) throws MalformedPageException {
        String content = element.attr("content");
        switch (element.attr("name")) {
            case "pypi:repository-version" -> {
                ApiVersion.check(content);
                declared = true;
            }
            case "pypi:project-status" -> statusMarker = Optional.of(content);
            case "pypi:project-status-reason" -> statusReason = Optional.of(content);
            default -> {
                // Of no meaning here.
            }
        }
    }

    /** Removes an element and what stands before it, unless it is part of an anchor that is still to come. */
    private static void discard(Element element) {
        if (element.parent() == null || isStructure(element)) {
            return;
        }
        for (Element above = element.parent(); above != null; above = above.parent()) {
            if (above.nameIs("a")) {
                return;
            }
        }
        Node before = element.previousSibling();
        while (before != null) {
            Node earlier = before.previousSibling();
            if (!(before instanceof Element kept && isStructure(kept))) {
                before.remove();
            }
            before = earlier;
        }
        element.remove();
    }

    private static boolean isStructure(Element element) {
        return element.nameIs("html") || element.nameIs("head") || element.nameIs("body") || element.nameIs("form");
    }
}
