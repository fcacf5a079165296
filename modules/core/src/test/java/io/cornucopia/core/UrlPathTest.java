package io.cornucopia.core;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.Chars;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class UrlPathTest {
    @Test
    @DisplayName("C13 + is %2B and ! is %21, both spellings are read")
    void encodes() {
        assertThat(UrlPath.encodeSegment("a-1!2.0+cu118_x~.whl")).isEqualTo("a-1%212.0%2Bcu118_x~.whl");
        assertThat(UrlPath.decodeSegment("a-1%212.0%2bcu118")).contains("a-1!2.0+cu118");
        assertThat(UrlPath.decodeSegment("a-1!2.0+cu118")).contains("a-1!2.0+cu118");
    }

    @Test
    @DisplayName("A4 a path is percent-decoded exactly once")
    void decodesOnce() {
        assertThat(UrlPath.decodeSegment("%252e%252e")).contains("%2e%2e");
        assertThat(UrlPath.decodeSegment("%e2%82%ac")).contains("€");
    }

    @Test
    @DisplayName("I broken escapes are refused")
    void refuses() {
        assertThat(UrlPath.decodeSegment("%")).isEmpty();
        assertThat(UrlPath.decodeSegment("a%2")).isEmpty();
        assertThat(UrlPath.decodeSegment("%zz")).isEmpty();
        assertThat(UrlPath.decodeSegment("%ff")).isEmpty();
    }

    @Property
    void reads_what_it_wrote(@ForAll @AlphaChars @Chars({'+', '%', ' ', '/', 'é', '€', '"', '\n'}) String text) {
        assertThat(UrlPath.decodeSegment(UrlPath.encodeSegment(text))).contains(text);
    }
}
