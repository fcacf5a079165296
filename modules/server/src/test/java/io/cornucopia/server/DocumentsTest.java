package io.cornucopia.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.cornucopia.access.Permission;
import io.cornucopia.core.OriginRules;
import io.cornucopia.core.ProjectName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What the documents say about settings is what the program goes by. */
class DocumentsTest {
    private static final Path TOP = Path.of("..", "..");

    @Test
    @DisplayName("the README's table has every key with its default, and no other")
    void readme() throws IOException {
        Map<String, String> documented = Files.readAllLines(TOP.resolve("README.md")).stream()
                .filter(line -> line.matches("\\| `[a-z]+(\\.[a-z0-9_]+)+` \\|.*"))
                .map(line -> line.split("\\|"))
                .collect(Collectors.toMap(
                        cells -> cells[1].strip().replace("`", ""),
                        cells -> cells[2].strip().replace("`", "")));
        Map<String, String> real = Keys.ALL.stream().collect(Collectors.toMap(Key::name, Key::defaultText));
        assertThat(documented).isEqualTo(real);
    }

    @Test
    @DisplayName("conf/cornucopia.yaml shows every key at its default, and what else there is by examples that hold")
    void configurationFile() throws Exception {
        Path file = TOP.resolve("conf/cornucopia.yaml");
        assertThat(ConfigurationFile.read(file)).isEmpty();
        // Uncommented, it sets everything to what holds anyway.
        Path uncommented = Files.createTempFile("cornucopia", ".yaml");
        Files.writeString(
                uncommented,
                Files.readAllLines(file).stream()
                        .filter(line -> line.matches("# *(\"[^\"]+\"|[a-z0-9_-]+):( [^ ].*)?"))
                        .map(line -> line.substring(2))
                        .collect(Collectors.joining("\n")));
        Map<String, String> shown = new HashMap<>(ConfigurationFile.read(uncommented));
        Settings settings = Settings.of(Optional.of(uncommented), Map.of(), List.of());
        Files.delete(uncommented);
        assertThat(settings.tokens())
                .as("the example of a token")
                .singleElement()
                .satisfies(token ->
                        assertThat(token.principal().may(Permission.UPLOAD)).isTrue());
        assertThat(settings.metadata()
                        .origins()
                        .rule(ProjectName.parse("acme-tools").orElseThrow()))
                .as("the example of a rule")
                .contains(OriginRules.Origin.PRIVATE);
        shown.keySet().removeIf(name -> TokenKeys.covers(name) || OriginKeys.covers(name));
        assertThat(shown.keySet())
                .containsExactlyInAnyOrderElementsOf(
                        Keys.ALL.stream().map(Key::name).toList());
        for (Key<?> key : Keys.ALL) {
            assertThat(shown).containsEntry(key.name(), key.defaultText());
        }
    }
}
