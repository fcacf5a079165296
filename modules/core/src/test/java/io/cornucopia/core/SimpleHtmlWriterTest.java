package io.cornucopia.core;

import static io.cornucopia.core.Samples.LINKS;
import static io.cornucopia.core.Samples.OTHER_SHA;
import static io.cornucopia.core.Samples.SHA;
import static io.cornucopia.core.Samples.bare;
import static io.cornucopia.core.Samples.full;
import static io.cornucopia.core.Samples.page;
import static io.cornucopia.core.Samples.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Element;
import org.jsoup.parser.Parser;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SimpleHtmlWriterTest {
    private static final String WHEEL = "demo-1!1.0+cu1-py3-none-any.whl";

    @Test
    @DisplayName("C1 it is HTML5 that declares its version, and its status when not active")
    void head() {
        Parser parser = Parser.htmlParser().setTrackErrors(10);
        String html = write(page(full(WHEEL), bare("demo-1.0.tar.gz")));
        assertThat(Jsoup.parse(html, parser)
                        .select("head meta[name=pypi:repository-version]")
                        .attr("content"))
                .isEqualTo("1.4");
        assertThat(parser.getErrors()).isEmpty();
        assertThat(html).startsWith("<!DOCTYPE html>\n").doesNotContain("project-status");
        String archived =
                write(page(new ProjectStatus(ProjectStatus.Marker.ARCHIVED, Optional.of("<\"gone\" & 'done'>"))));
        assertThat(archived)
                .contains("<meta name=\"pypi:project-status\" content=\"archived\">")
                .contains("<meta name=\"pypi:project-status-reason\" content=\"&lt;&quot;gone&quot; &amp;"
                        + " &#39;done&#39;&gt;\">");
    }

    @Test
    @DisplayName("C2 anchor text, filename and last path component are the same")
    void anchor() {
        Element anchor = Jsoup.parse(write(page(full(WHEEL)))).expectFirst("a");
        assertThat(anchor.text()).isEqualTo(WHEEL);
        assertThat(anchor.attr("href")).isEqualTo("/packages/demo-1%211.0%2Bcu1-py3-none-any.whl#sha256=" + SHA);
    }

    @Test
    @DisplayName("C3 nothing of upstream's breaks out of its attribute")
    void escaped() {
        String html = write(page(full(WHEEL)));
        assertThat(html)
                .contains("data-yanked=\"broken &lt;&quot;&amp;&#39;&gt; build\"")
                .contains("data-requires-python=\"&gt;=3.8,&lt;4\"");
        assertThat(HtmlText.escape("a\0b\rc\u0085\ud800d\n")).isEqualTo("a\ufffdb&#13;c\ufffd\ufffdd\n");
    }

    @Test
    @DisplayName("C4 without a known hash there is no fragment")
    void noHash() {
        assertThat(write(page(bare(WHEEL)))).doesNotContain("#");
        assertThat(write(page(full(WHEEL)))).doesNotContain("md5");
    }

    @Test
    @DisplayName("C5 a link has every attribute")
    void attributes() {
        Element anchor = Jsoup.parse(write(page(full(WHEEL)))).expectFirst("a");
        assertThat(anchor.attr("data-requires-python")).isEqualTo(">=3.8,<4");
        assertThat(anchor.attr("data-yanked")).isEqualTo("broken <\"&'> build");
        assertThat(anchor.attr("data-core-metadata")).isEqualTo("sha256=" + OTHER_SHA);
        assertThat(anchor.attr("data-dist-info-metadata")).isEqualTo("sha256=" + OTHER_SHA);
        assertThat(anchor.attr("data-gpg-sig")).isEqualTo("true");
        assertThat(anchor.attr("data-provenance")).startsWith("https://here.example/integrity/");
    }

    @Test
    @DisplayName("C5 data-yanked has a value, data-gpg-sig is on all links or none")
    void yankedAndSigned() {
        DistributionFile yanked = new DistributionFile(
                WHEEL,
                "https://files.example/x",
                List.of(),
                OptionalLong.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(new Yank("")),
                Optional.of(new CoreMetadata(Optional.empty())),
                Optional.empty(),
                Optional.empty());
        assertThat(write(page(yanked, full("demo-1.0.tar.gz"))))
                .contains("data-yanked=\"\"")
                .contains("data-core-metadata=\"true\" data-dist-info-metadata=\"true\"")
                .doesNotContain("gpg-sig");
        assertThat(write(page(full("demo-1.0.tar.gz"))))
                .doesNotContain("metadata")
                .contains("data-gpg-sig");
    }

    @Test
    @DisplayName("C15 no URL of upstream is left")
    void rewritten() {
        assertThat(write(page(full(WHEEL), bare("demo-1.0.tar.gz")))).doesNotContain("files.example");
    }

    @Test
    @DisplayName("A6 a quarantined project has no files")
    void quarantined() {
        assertThat(write(page(new ProjectStatus(ProjectStatus.Marker.QUARANTINED, Optional.empty()), full(WHEEL))))
                .doesNotContain("<a")
                .contains("content=\"quarantined\"");
    }

    @Test
    void what_was_written_is_read_again() throws Exception {
        byte[] html = SimpleHtmlWriter.write(page(full(WHEEL)), LINKS);
        assertThat(html).isEqualTo(SimpleHtmlWriter.write(page(full(WHEEL)), LINKS));
        DistributionFile read = SimpleHtmlReader.read(new ByteArrayInputStream(html), null, Samples.URL, Samples.DEMO)
                .files()
                .get(0);
        assertThat(read.filename()).isEqualTo(WHEEL);
        assertThat(read.yank()).isEqualTo(full(WHEEL).yank());
        assertThat(read.coreMetadata()).isEqualTo(full(WHEEL).coreMetadata());
        assertThat(read.gpgSignature()).contains(true);
    }

    private static String write(ProjectPage page) {
        return text(SimpleHtmlWriter.write(page, LINKS));
    }
}
