package io.cornucopia.core;

import static io.cornucopia.core.Samples.stream;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.IntFunction;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SimpleRootReaderTest {
    private static final URI ROOT = URI.create("https://index.example/simple/");
    private static final int ALL_OF_PYPI = 900_000;

    @Test
    @DisplayName("A1 only valid names are taken from a list in JSON")
    void json() throws Exception {
        assertThat(readJson("""
                        {"meta":{"api-version":"1.4","_last-serial":9},"projects":[
                          {"name":"Django","_last-serial":7},{"_last-serial":"8","name":"a.b","x":[1]},
                          {"name":"-bad"},{"name":"b\\u0131d"},{"name":"x\\n"},{"name":null},{},"text",null,[{}]]}""")).containsExactly("Django 7", "a.b 8");
    }

    @Test
    @DisplayName("A1 only valid names are taken from a list in HTML")
    void html() throws Exception {
        assertThat(readHtml("""
                        <!DOCTYPE html><html><head><meta name="pypi:repository-version" content="1.4"></head><body>
                        <a href="/simple/django/">Django</a><a href="https://index.example/simple/a-b/">a.b</a>
                        <a href="very-long-name/">very-lo..&gt;</a><a href="c/">c/</a><a href="d/?x=/y"><b>d</b></a>
                        <a href="../">Parent</a><a href="?C=N;O=D">Name</a><a href="/">Home</a><a href="#top">top</a>
                        <a href="https://index.example">Site</a><a href="https://index.example/">Site</a>
                        <a href="x%0ay/">x y</a><a href="_z/">_z</a><a>nothing</a>
                        </body></html>""")).containsExactly("Django", "a.b", "very-long-name", "c", "d");
    }

    @ParameterizedTest
    @DisplayName("I what is not a list of projects in JSON is refused")
    @ValueSource(
            strings = {
                "",
                "[]",
                "{}",
                "{\"projects\":{}}",
                "{\"projects\":null}",
                "{\"projects\":[{\"name\":\"a\"}",
                "{\"meta\":{\"api-version\":\"2.0\"},\"projects\":[]}",
                "<html></html>"
            })
    void refusesJson(String json) {
        assertThatThrownBy(() -> readJson(json)).isInstanceOf(MalformedPageException.class);
    }

    @ParameterizedTest
    @DisplayName("I what is not a list of projects in HTML is refused")
    @ValueSource(
            strings = {
                "",
                "busy",
                "{\"projects\":[]}",
                "<form action=/login></form>",
                "<meta name='pypi:repository-version' content='2.1'><a href='a/'>a</a>"
            })
    void refusesHtml(String html) {
        assertThatThrownBy(() -> readHtml(html)).isInstanceOf(MalformedPageException.class);
    }

    @Test
    @DisplayName("A1 900,000 projects in HTML take little more memory than their names")
    void allOfPyPIInHtml() throws Exception {
        InputStream html = new Generated(
                "<!DOCTYPE html><html><body>",
                i -> "\n    <a href=\"/simple/project-number-" + i + "/\">Project.Number_" + i + "</a><br/>",
                ALL_OF_PYPI,
                "</body></html>");
        holdsAll(sink -> SimpleRootReader.readHtml(html, StandardCharsets.UTF_8, ROOT, sink));
    }

    @Test
    @DisplayName("A1 900,000 projects in JSON take little more memory than their names")
    void allOfPyPIInJson() throws Exception {
        InputStream json = new Generated(
                "{\"projects\":[{}",
                i -> ",{\"name\":\"Project.Number_" + i + "\",\"_last-serial\":" + i + "}",
                ALL_OF_PYPI,
                "]}");
        holdsAll(sink -> SimpleRootReader.readJson(json, sink));
    }

    private interface Reading {
        void into(RootSink sink) throws Exception;
    }

    private static void holdsAll(Reading reading) throws Exception {
        ProjectList.Builder builder = ProjectList.builder();
        long before = used();
        int[] count = {0};
        long[] most = {0};
        reading.into((name, serial) -> {
            builder.add(ProjectName.parse(name).orElseThrow(), serial);
            count[0]++;
            if (count[0] % 300_000 == 299_999) {
                most[0] = Math.max(most[0], used() - before);
            }
        });
        assertThat(count[0]).isEqualTo(ALL_OF_PYPI);
        assertThat(most[0]).isLessThan(96L << 20);
        ProjectList list = builder.build();
        assertThat(list.size()).isEqualTo(ALL_OF_PYPI);
        assertThat(list.contains(Samples.name("project-number-899999"))).isTrue();
        assertThat(list.contains(Samples.name("project-number-900000"))).isFalse();
    }

    private static long used() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static List<String> readJson(String json) throws Exception {
        List<String> names = new ArrayList<>();
        SimpleRootReader.readJson(stream(json), (name, serial) -> names.add(name + text(serial)));
        return names;
    }

    private static List<String> readHtml(String html) throws Exception {
        List<String> names = new ArrayList<>();
        SimpleRootReader.readHtml(stream(html), null, ROOT, (name, serial) -> names.add(name + text(serial)));
        return names;
    }

    private static String text(OptionalLong serial) {
        return serial.isPresent() ? " " + serial.getAsLong() : "";
    }

    /** A document that is made while it is read. */
    private static final class Generated extends InputStream {
        private final IntFunction<String> entry;
        private final int count;
        private final String end;
        private byte[] piece;
        private int at;
        private int next;

        Generated(String start, IntFunction<String> entry, int count, String end) {
            this.piece = start.getBytes(StandardCharsets.UTF_8);
            this.entry = entry;
            this.count = count;
            this.end = end;
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] to, int offset, int length) {
            while (at == piece.length) {
                if (next > count) {
                    return -1;
                }
                piece = (next < count ? entry.apply(next) : end).getBytes(StandardCharsets.UTF_8);
                at = 0;
                next++;
            }
            int read = Math.min(length, piece.length - at);
            System.arraycopy(piece, at, to, offset, read);
            at += read;
            return read;
        }
    }
}
