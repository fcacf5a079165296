package io.cornucopia.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
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
                .filter(line -> line.matches("\\| `[a-z]+\\.[a-z_]+` \\|.*"))
                .map(line -> line.split("\\|"))
                .collect(Collectors.toMap(
                        cells -> cells[1].strip().replace("`", ""),
                        cells -> cells[2].strip().replace("`", "")));
        Map<String, String> real = Keys.ALL.stream().collect(Collectors.toMap(Key::name, Key::defaultText));
        assertThat(documented).isEqualTo(real);
    }

    @Test
    @DisplayName("conf/cornucopia.yaml shows every key at its default")
    void configurationFile() throws Exception {
        Path file = TOP.resolve("conf/cornucopia.yaml");
        assertThat(ConfigurationFile.read(file)).isEmpty();
        // Uncommented, it sets everything to what holds anyway.
        Path uncommented = Files.createTempFile("cornucopia", ".yaml");
        Files.writeString(
                uncommented,
                Files.readAllLines(file).stream()
                        .filter(line -> line.matches("#( {2})? ?[a-z_]+:.*"))
                        .map(line -> line.substring(2))
                        .collect(Collectors.joining("\n")));
        Map<String, String> shown = ConfigurationFile.read(uncommented);
        Files.delete(uncommented);
        assertThat(shown.keySet())
                .containsExactlyInAnyOrderElementsOf(
                        Keys.ALL.stream().map(Key::name).toList());
        for (Key<?> key : Keys.ALL) {
            assertThat(shown).containsEntry(key.name(), key.defaultText());
        }
    }
}
