package io.cornucopia.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CoreMetadataDocumentTest {
    private static final String HEAD = "Metadata-Version: 2.1\nName: Acme_Tools\nVersion: 1.0.RC1\n";

    @Test
    @DisplayName("G4 name, version and requires-python are read; the description is not taken for headers")
    void reads() throws Exception {
        CoreMetadataDocument read = read(
                HEAD + "Requires-Python: >=3.9, <4\nSummary: x\n\nName: other\nVersion: 2\nRequires-Python: >=9\n");

        assertThat(read)
                .isEqualTo(
                        new CoreMetadataDocument(new ProjectName("acme-tools"), "1.0.RC1", Optional.of(">=3.9, <4")));
    }

    @Test
    @DisplayName("field names in any case, folded lines, carriage returns, no line end at the end")
    void spellings() throws Exception {
        CoreMetadataDocument read = read("METADATA-VERSION: 2.4\r\nname:acme\r\nLicense: MIT\r\n  Name: no\r\n"
                + "\tVersion: no\r\nVersion: 1\r\nrequires-python:\r\n  >=3.9,\r\n <4");

        assertThat(read.version()).isEqualTo("1");
        assertThat(read.requiresPython()).contains(">=3.9, <4");
    }

    @Test
    @DisplayName("G2 UNKNOWN and empty mean absent")
    void unknown() throws Exception {
        assertThat(read(HEAD + "Requires-Python: UNKNOWN\n").requiresPython()).isEmpty();
        assertThat(read(HEAD + "Requires-Python:\n").requiresPython()).isEmpty();
    }

    @Test
    @DisplayName("G11 a description of a mebibyte passes, in the body or folded into a header")
    void long_descriptions() throws Exception {
        String line = "words and words of the long description\n";
        String description = line.repeat((1 << 20) / line.length());

        assertThat(read(HEAD + "\n" + description).version()).isEqualTo("1.0.RC1");
        assertThat(read(HEAD + "Description: " + description.replace("\n", "\n        ") + "\n")
                        .version())
                .isEqualTo("1.0.RC1");
    }

    @ParameterizedTest
    @DisplayName("I metadata that cannot be right is refused")
    @ValueSource(
            strings = {
                "",
                "\n",
                "Name: a\nVersion: 1\n",
                "Metadata-Version: 3.0\nName: a\nVersion: 1\n",
                "Metadata-Version: 2.1\nVersion: 1\n",
                "Metadata-Version: 2.1\nName: a\n",
                "Metadata-Version: 2.1\nName: a\n\nVersion: 1\n",
                "Metadata-Version: 2.1\nno field\nName: a\nVersion: 1\n",
                "Metadata-Version: 2.1\nName: a b\nVersion: 1\n",
                "Metadata-Version: 2.1\nName: \u00e4\nVersion: 1\n",
                "Metadata-Version: 2.1\nName: a\nVersion: one\n",
                "Metadata-Version: 2.1\nName: a\nName: b\nVersion: 1\n",
                "Metadata-Version: 2.1\nName: a\nVersion: 1\nVersion: 1\n",
                "Metadata-Version: 2.1\nName: a\nVersion: 1\nRequires-Python: \"><script>\n",
                "\ufeffMetadata-Version: 2.1\nName: a\nVersion: 1\n"
            })
    void refused(String text) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(MalformedMetadataException.class);
    }

    @Test
    @DisplayName("I metadata that is not UTF-8 is refused")
    void not_utf_8() {
        byte[] latin1 = (HEAD + "Author: M\u00fcller\n").getBytes(StandardCharsets.ISO_8859_1);

        assertThatThrownBy(() -> CoreMetadataDocument.read(latin1))
                .isInstanceOf(MalformedMetadataException.class)
                .hasMessageContaining("UTF-8");
    }

    private static CoreMetadataDocument read(String text) throws MalformedMetadataException {
        return CoreMetadataDocument.read(text.getBytes(StandardCharsets.UTF_8));
    }
}
