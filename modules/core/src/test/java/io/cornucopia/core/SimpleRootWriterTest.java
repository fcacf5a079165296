package io.cornucopia.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.OptionalLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SimpleRootWriterTest {
    private static final ProjectList LIST = ProjectList.builder()
            .add(Samples.name("requests"), OptionalLong.of(7))
            .add(Samples.name("Django"), OptionalLong.empty())
            .build();

    @Test
    @DisplayName("C6 the list in JSON is of objects")
    void json() throws Exception {
        ByteArrayOutputStream json = new ByteArrayOutputStream();
        SimpleRootWriter.writeJson(LIST, OptionalLong.of(9), json);
        assertThat(Samples.text(json.toByteArray()))
                .isEqualTo("{\"meta\":{\"api-version\":\"1.4\",\"_last-serial\":9},\"projects\":[{\"name\":\"django\"},"
                        + "{\"name\":\"requests\",\"_last-serial\":7}]}");
        json.reset();
        SimpleRootWriter.writeJson(ProjectList.builder().build(), OptionalLong.empty(), json);
        assertThat(Samples.text(json.toByteArray())).isEqualTo("{\"meta\":{\"api-version\":\"1.4\"},\"projects\":[]}");
    }

    @Test
    @DisplayName("A1 C1 the list in HTML has one entry a project and declares its version")
    void html() throws Exception {
        ByteArrayOutputStream html = new ByteArrayOutputStream();
        SimpleRootWriter.writeHtml(LIST, "/\"pre\"/simple/", html);
        assertThat(Samples.text(html.toByteArray()))
                .startsWith("<!DOCTYPE html>\n")
                .contains("<meta name=\"pypi:repository-version\" content=\"1.4\">")
                .contains("<a href=\"/&quot;pre&quot;/simple/django/\">django</a><br>\n")
                .contains("/requests/\">requests</a>");
    }

    @Test
    void a_stream_that_fails_is_reported() {
        OutputStream broken = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("gone");
            }
        };
        assertThatThrownBy(() -> SimpleRootWriter.writeJson(LIST, OptionalLong.empty(), broken))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> SimpleRootWriter.writeHtml(LIST, "/simple/", broken))
                .isInstanceOf(IOException.class);
    }
}
