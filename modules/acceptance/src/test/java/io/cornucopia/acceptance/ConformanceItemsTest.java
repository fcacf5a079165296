package io.cornucopia.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What clients rely on is numbered (CONTRIBUTING.md), and each number is in the name of a test somewhere. */
@DisplayName("the items of the conformance list")
class ConformanceItemsTest {
    private static final Pattern NAMED =
            Pattern.compile("(?:DisplayName|ParameterizedTest)\\([^;]*?\\)\\s|void [a-z][0-9]+[A-Za-z0-9_]*\\(");
    private static final String NAMES = namesOfTests();

    @ParameterizedTest(name = "{0}1 to {0}{1}: each has a test that names it")
    @CsvSource({"A, 7", "B, 10", "C, 15", "D, 5", "E, 7", "F, 3", "G, 13"})
    void named(String section, int last) {
        for (int i = 1; i <= last; i++) {
            String item = section + i;
            boolean found = Pattern.compile("\\b" + item + "\\b|\\b" + item.toLowerCase(Locale.ROOT) + "_")
                    .matcher(NAMES)
                    .find();
            assertThat(found).as("a test that names " + item).isTrue();
        }
    }

    private static String namesOfTests() {
        try (Stream<Path> files = Files.walk(Path.of(".."))) {
            return files.filter(path -> path.toString().contains("src/test/java")
                            && path.toString().endsWith("Test.java"))
                    .flatMap(path -> NAMED.matcher(read(path)).results().map(match -> match.group()))
                    .collect(Collectors.joining("\n"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
