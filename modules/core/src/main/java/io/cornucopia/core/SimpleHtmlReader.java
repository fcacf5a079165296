package io.cornucopia.core;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jsoup.nodes.Element;

/**
 * Reads a project's simple page in HTML (PEP 503, 592, 629, 658, 714, 740, 792), or a plain directory listing.
 *
 * <p>An anchor counts when the last component of its path is the name of one of the project's distribution files;
 * navigation, sort links and other projects' files are left out.
 */
public final class SimpleHtmlReader {
    private final ProjectName expected;
    private final PageCollector collector;

    private SimpleHtmlReader(ProjectName expected) {
        this.expected = expected;
        this.collector = new PageCollector(expected);
    }

    /**
     * Reads a page from front to end; the stream is left open. How much it may send is for the caller to bound; memory
     * grows with the files on the page only.
     *
     * @param charset what the Content-Type said, or null to go by the page itself (UTF-8 if it says nothing)
     * @param pageUrl where the page was had from, absolute: what its links are relative to unless it has a base
     * @param expected whose page it is
     * @throws IOException if the stream fails
     * @throws MalformedPageException if it is not HTML, declares an api-version other than 1.x, or is a form (such as a
     *     login page) without any of the project's files
     */
    public static ProjectPage read(InputStream body, Charset charset, URI pageUrl, ProjectName expected)
            throws IOException, MalformedPageException {
        SimpleHtmlReader reader = new SimpleHtmlReader(expected);
        HtmlIndex index = HtmlIndex.read(body, charset, pageUrl, reader::anchor);
        index.requireIndex(reader.collector.hasFiles());
        return reader.collector.page(index.status(), OptionalLong.empty());
    }

    private void anchor(Element anchor, URI base) {
        Link.resolve(base, anchor.attr("href"))
                .ifPresent(link -> link.filename()
                        .filter(filename ->
                                DistributionFilename.parse(filename, expected).isPresent())
                        .ifPresent(filename -> collector.file(file(filename, link, anchor, base))));
    }

    private static DistributionFile file(String filename, Link link, Element anchor, URI base) {
        return new DistributionFile(
                filename,
                link.target().toString(),
                List.copyOf(link.digests().values()),
                OptionalLong.empty(),
                attribute(anchor, "data-requires-python").filter(text -> !text.isBlank()),
                Optional.empty(),
                attribute(anchor, "data-yanked").map(Yank::new),
                coreMetadata(anchor),
                attribute(anchor, "data-provenance")
                        .flatMap(reference -> Link.resolve(base, reference))
                        .map(provenance -> provenance.target().toString()),
                attribute(anchor, "data-gpg-sig").flatMap(SimpleHtmlReader::flag));
    }

    private static Optional<CoreMetadata> coreMetadata(Element anchor) {
        Optional<String> value = attribute(anchor, "data-core-metadata");
        return value.or(() -> attribute(anchor, "data-dist-info-metadata")).flatMap(SimpleHtmlReader::coreMetadata);
    }

    /** {@code true} or {@code sha256=…}; of an algorithm that is not known only that there is metadata. */
    private static Optional<CoreMetadata> coreMetadata(String value) {
        int equals = value.indexOf('=');
        if (equals < 0) {
            return value.equals("true") ? Optional.of(new CoreMetadata(Optional.empty())) : Optional.empty();
        }
        return Optional.of(new CoreMetadata(HashAlgorithm.ofWireName(value.substring(0, equals))
                .flatMap(algorithm -> Digest.parse(algorithm, value.substring(equals + 1)))));
    }

    private static Optional<Boolean> flag(String value) {
        return switch (value) {
            case "true" -> Optional.of(true);
            case "false" -> Optional.of(false);
            default -> Optional.empty();
        };
    }

    /** The attribute, {@code ""} if it has no value; empty if it is not there. */
    private static Optional<String> attribute(Element element, String name) {
        return element.hasAttr(name) ? Optional.of(WellFormed.text(element.attr(name))) : Optional.empty();
    }
}
