package io.cornucopia.core;

import static io.cornucopia.core.Samples.stream;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class StatusDocumentTest {
    @ParameterizedTest
    @EnumSource
    @DisplayName("what was written is read back equal")
    void roundTrip(ProjectStatus.Marker marker) throws Exception {
        for (Optional<String> reason : List.of(Optional.<String>empty(), Optional.of("a \"reason\"\n"))) {
            ProjectStatus status = new ProjectStatus(marker, reason);
            assertThat(StatusDocument.read(new ByteArrayInputStream(StatusDocument.write(status))))
                    .isEqualTo(status);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "{\"project-status\":\"archived\"}",
                "{\"project-status\":{}}",
                "{\"project-status\":{\"status\":\"Archived\"}}",
                "{\"project-status\":{\"status\":\"archived\"}"
            })
    @DisplayName("I a status that is none is refused rather than taken for active")
    void malformed(String document) {
        assertThatThrownBy(() -> StatusDocument.read(stream(document))).isInstanceOf(MalformedPageException.class);
    }
}
