package io.cornucopia.core;

import static io.cornucopia.core.Samples.DEMO;
import static io.cornucopia.core.Samples.MD5;
import static io.cornucopia.core.Samples.OTHER_SHA;
import static io.cornucopia.core.Samples.SHA;
import static io.cornucopia.core.Samples.sha256;
import static io.cornucopia.core.Samples.stream;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SimpleHtmlReaderTest {
    @Test
    @DisplayName("C5 the attributes of a link are read")
    void attributes() throws Exception {
        ProjectPage page = read("""
                <!DOCTYPE html><html><head><meta name="pypi:repository-version" content="1.4">
                <meta name="pypi:project-status" content="quarantined">
                <meta name="pypi:project-status-reason" content="it &amp; them"></head><body><h1>Links for demo</h1>
                <a href="https://files.example/p/demo-1.0%%2Bcu1-py3-none-any.whl?t=1#sha256=%1$s&egg=demo"
                   data-requires-python="&gt;=3.8" data-yanked="no &lt;good&gt;"
                   data-core-metadata="sha256=%2$s" data-dist-info-metadata="true"
                   data-gpg-sig="false" data-provenance="/prov">demo</a><br/>
                <a href="demo-1.0.zip#md5=%3$s" data-yanked data-dist-info-metadata="true">x</a>
                </body></html>""".formatted(SHA, OTHER_SHA, MD5));
        assertThat(page.status())
                .isEqualTo(new ProjectStatus(ProjectStatus.Marker.QUARANTINED, Optional.of("it & them")));
        assertThat(page.versions()).containsExactly("1.0", "1.0+cu1");
        assertThat(page.files().get(0))
                .isEqualTo(new DistributionFile(
                        "demo-1.0+cu1-py3-none-any.whl",
                        "https://files.example/p/demo-1.0%2Bcu1-py3-none-any.whl?t=1",
                        List.of(sha256(SHA)),
                        OptionalLong.empty(),
                        Optional.of(">=3.8"),
                        Optional.empty(),
                        Optional.of(new Yank("no <good>")),
                        Optional.of(new CoreMetadata(Optional.of(sha256(OTHER_SHA)))),
                        Optional.of("https://index.example/prov"),
                        Optional.of(false)));
        DistributionFile second = page.files().get(1);
        assertThat(second.yank()).contains(new Yank(""));
        assertThat(second.digests()).containsExactly(new Digest(HashAlgorithm.MD5, MD5));
        assertThat(second.coreMetadata()).contains(new CoreMetadata(Optional.empty()));
    }

    @Test
    void reads_a_page_without_hashes() throws Exception {
        ProjectPage page = read("<html><body><a href='demo-1.0.tar.gz'>demo-1.0.tar.gz</a></body></html>");
        assertThat(page.files())
                .extracting(DistributionFile::url)
                .containsExactly("https://index.example/simple/demo/demo-1.0.tar.gz");
        assertThat(page.files().get(0).digests()).isEmpty();
    }

    @Test
    void reads_a_directory_listing() throws Exception {
        ProjectPage page = read("""
                <!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">
                <html><head><title>Index of /demo</title></head><body><h1>Index of /demo</h1>
                <table><tr><th><a href="?C=N;O=D">Name</a></th><th><a href="?C=M;O=A">Last modified</a></th></tr>
                <tr><td><a href="/">Parent Directory</a></td></tr><tr><td><a href="../">..</a></td></tr>
                <tr><td><a href="demo-1.0.tar.gz">demo-1.0..&gt;</a></td><td>2020-01-01</td></tr>
                <tr><td><a href="Demo-1.1.tar.gz">Demo-1.1.tar.gz</a></td></tr>
                <tr><td><a href="demo-1.1.tar.gz.asc">sig</a></td></tr>
                <tr><td><a href="other-1.0.tar.gz">other-1.0.tar.gz</a></td></tr>
                <tr><td><a href="demo-extra-1.0.tar.gz">demo-extra-1.0.tar.gz</a></td></tr>
                <tr><td><a>demo-3.0.tar.gz</a><a href="javascript:demo-3.0.tar.gz">x</a></td></tr>
                </table></body></html>""");
        assertThat(page.files())
                .extracting(DistributionFile::filename)
                .containsExactly("demo-1.0.tar.gz", "Demo-1.1.tar.gz");
    }

    @Test
    void the_first_base_is_honoured() throws Exception {
        ProjectPage page = read("<head><base href='https://cdn.example/x/'><base href='https://no.example/'></head>"
                + "<a href='demo-1.0.zip'>d</a>");
        assertThat(page.files())
                .extracting(DistributionFile::url)
                .containsExactly("https://cdn.example/x/demo-1.0.zip");
    }

    @Test
    @DisplayName("A4 a path is percent-decoded once")
    void decodesOnce() throws Exception {
        assertThat(read("<a href='demo-1.0%252B1.zip'>d</a><a href='x%2Fdemo-1.0.zip'>d</a><a href='demo-1.0%ff.zip'>")
                        .files())
                .isEmpty();
    }

    @Test
    void unclosed_anchors_and_markup_inside_them_are_read() throws Exception {
        ProjectPage page =
                read("<html><a href=demo-1.0.zip><b>d<a href=demo-1.1.zip><i>x</i><p>y<a href=demo-1.2.zip>");
        assertThat(page.files())
                .extracting(DistributionFile::filename)
                .containsExactly("demo-1.0.zip", "demo-1.1.zip", "demo-1.2.zip");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<html><body></body></html>",
                "<!DOCTYPE html><meta name=pypi:repository-version content=1.0><form></form>",
                "\ufeff  <html><body><h1>Links for demo</h1></body></html>",
                "<html><body><form><a href=demo-1.0.zip>d</a></form></body></html>"
            })
    void is_an_index(String html) throws Exception {
        assertThat(read(html).name()).isEqualTo(DEMO);
    }

    @ParameterizedTest
    @DisplayName("I a login page, another type or another version of the API is refused")
    @ValueSource(
            strings = {
                "",
                "OK",
                "{\"files\":[]}",
                "<html><body><form action=/login><input type=password></form></body></html>",
                "<html><body><a href=/help>Help</a><form action=/login><input></form></body></html>",
                "<meta name='pypi:repository-version' content='2.0'><a href=demo-1.0.zip>d</a>",
                "<meta name='pypi:repository-version' content=''><a href=demo-1.0.zip>d</a>"
            })
    void refused(String html) {
        assertThatThrownBy(() -> read(html)).isInstanceOf(MalformedPageException.class);
    }

    @Test
    void the_charset_is_the_declared_one() throws Exception {
        String head = "<html><meta charset=iso-8859-1>";
        String body = "<a href=demo-1.0.zip data-yanked='é'>d</a>";
        assertThat(yank((head + body).getBytes(StandardCharsets.ISO_8859_1))).isEqualTo("é");
        assertThat(yank(body.getBytes(StandardCharsets.UTF_8))).isEqualTo("é");
        assertThat(yank(("\ufeff" + body).getBytes(StandardCharsets.UTF_16LE))).isEqualTo("é");
        assertThat(yank(("<html><meta charset=nonsense>" + body).getBytes(StandardCharsets.UTF_8)))
                .isEqualTo("é");
        assertThat(SimpleHtmlReader.read(
                                new ByteArrayInputStream(body.getBytes(StandardCharsets.ISO_8859_1)),
                                StandardCharsets.ISO_8859_1,
                                Samples.URL,
                                DEMO)
                        .files()
                        .get(0)
                        .yank())
                .contains(new Yank("é"));
    }

    @Test
    @DisplayName("I deeply nested HTML leaves it standing")
    void deep() throws Exception {
        String html = "<div>".repeat(50_000) + "<a href=demo-1.0.zip>d</a>" + "<b><table>".repeat(2_000);
        assertThat(read(html).name()).isEqualTo(DEMO);
    }

    @Property(tries = 500)
    void no_mixture_of_tags_breaks_it(@ForAll @Size(max = 40) List<Tag> tags) throws Exception {
        StringBuilder html = new StringBuilder("<html>");
        tags.forEach(tag -> html.append(tag.text));
        try {
            read(html.toString());
        } catch (MalformedPageException e) {
            assertThat(html).contains("<form>");
        }
    }

    enum Tag {
        A("<a href=demo-1.0.zip>"),
        A_END("</a>"),
        B("<b>"),
        B_END("</b>"),
        P("<p>"),
        TABLE("<table>"),
        TABLE_END("</table>"),
        TR("<tr>"),
        TD("<td>"),
        FORM("<form>"),
        FORM_END("</form>"),
        BODY_END("</body>"),
        TEMPLATE("<template>"),
        TEMPLATE_END("</template>"),
        SELECT("<select>"),
        FRAMESET("<frameset>"),
        SVG("<svg>"),
        TITLE("<title>"),
        DIV("<div>"),
        DIV_END("</div>"),
        TEXT("text"),
        BR("<br>"),
        COMMENT("<!-- c -->");

        private final String text;

        Tag(String text) {
            this.text = text;
        }
    }

    private static String yank(byte[] html) throws Exception {
        return SimpleHtmlReader.read(new ByteArrayInputStream(html), null, Samples.URL, DEMO)
                .files()
                .get(0)
                .yank()
                .orElseThrow()
                .reason();
    }

    private static ProjectPage read(String html) throws Exception {
        return SimpleHtmlReader.read(stream(html), null, Samples.URL, DEMO);
    }
}
