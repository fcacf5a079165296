package io.cornucopia.server;

import io.cornucopia.access.Token;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** The file of tokens ({@code access.token_file}). Reading it blocks. */
final class TokenFile {
    private final Path file;
    private final List<Token> beside;

    /**
     * @param beside the tokens of the configuration, with which it must not clash
     */
    TokenFile(Path file, List<Token> beside) {
        this.file = Objects.requireNonNull(file, "file");
        this.beside = List.copyOf(beside);
    }

    /**
     * The tokens in it.
     *
     * @throws SettingsException with every mistake in it
     */
    List<Token> read() throws SettingsException {
        return parse(text());
    }

    /** @throws SettingsException if it cannot be read */
    String text() throws SettingsException {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new SettingsException(
                    List.of(Keys.ACCESS_TOKEN_FILE.name() + ": " + file + ": there is no such file"));
        } catch (IOException e) {
            throw new SettingsException(
                    List.of(Keys.ACCESS_TOKEN_FILE.name() + ": " + file + ": cannot be read (" + e + ")"));
        }
    }

    /**
     * The tokens in what was read from it.
     *
     * @throws SettingsException with every mistake in it
     */
    List<Token> parse(String text) throws SettingsException {
        List<String> problems = new ArrayList<>();
        TokenKeys keys = new TokenKeys("");
        ConfigurationFile.parse(file, text).forEach((name, value) -> keys.say(file.toString(), name, value, problems));
        List<Token> tokens = keys.parse(problems);
        if (problems.isEmpty()) {
            TokenKeys.clashes(Stream.concat(beside.stream(), tokens.stream()).toList())
                    .forEach(clash -> problems.add(file + ": " + clash));
        }
        if (!problems.isEmpty()) {
            throw new SettingsException(problems);
        }
        return tokens;
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
