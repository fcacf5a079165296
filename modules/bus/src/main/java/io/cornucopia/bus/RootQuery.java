package io.cornucopia.bus;

import io.cornucopia.core.Representation;
import java.util.Objects;

/**
 * Asks for the root list, rendered: with upstream's names it is tens of megabytes, so it lies ready as a file.
 *
 * @param representation {@link Representation#HTML} and {@link Representation#TEXT_HTML} have the same bytes
 * @param gzip whether in the coding gzip
 */
public record RootQuery(Representation representation, boolean gzip) {
    public RootQuery {
        Objects.requireNonNull(representation, "representation");
    }
}
