package io.cornucopia.access;

import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The tokens there are: those of the configuration, and those of a file that may change. Thread-safe. */
public final class TokenList implements Supplier<List<Token>> {
    private final List<Token> configured;
    private volatile List<Token> all;

    /**
     * @param configured those that stay as long as the process lives
     * @param ofFile those of the file at first
     */
    public TokenList(List<Token> configured, List<Token> ofFile) {
        this.configured = List.copyOf(configured);
        replace(ofFile);
    }

    /** From now on these are the tokens of the file. */
    public void replace(List<Token> ofFile) {
        all = Stream.concat(configured.stream(), ofFile.stream())
                .map(Objects::requireNonNull)
                .toList();
    }

    @Override
    public List<Token> get() {
        return all;
    }
}
