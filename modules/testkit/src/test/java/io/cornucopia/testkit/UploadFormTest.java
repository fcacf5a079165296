package io.cornucopia.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class UploadFormTest {
    private final UploadForm form =
            UploadForm.empty().field("a", "1").field("b", "2").field("b", "3").file("f.whl", Content.ofText("bytes"));

    private static String text(UploadForm form) {
        return new String(form.body().bytes(), StandardCharsets.UTF_8);
    }

    @Test
    @DisplayName("a form is what RFC 7578 says, its parts in order")
    void body() {
        String boundary = form.contentType().substring(form.contentType().indexOf('=') + 1);
        String head = "--" + boundary + "\r\nContent-Disposition: form-data; name=\"";
        assertThat(text(form))
                .isEqualTo(head + "a\"\r\n\r\n1\r\n" + head + "b\"\r\n\r\n2\r\n" + head + "b\"\r\n\r\n3\r\n" + head
                        + "content\"; filename=\"f.whl\"\r\nContent-Type: application/octet-stream\r\n\r\nbytes\r\n--"
                        + boundary + "--\r\n");
    }

    @Test
    @DisplayName("parts can be turned round, replaced and left out")
    void changed() {
        assertThat(text(form.reversed())).containsSubsequence("bytes", "3", "2", "name=\"a\"");
        assertThat(text(form.with("b", "x"))).containsSubsequence("name=\"a\"", "name=\"b\"\r\n\r\nx", "bytes");
        assertThat(text(form.with("b", "x"))).doesNotContain("\r\n2\r\n", "\r\n3\r\n");
        assertThat(text(form.without("content"))).doesNotContain("bytes");
    }
}
