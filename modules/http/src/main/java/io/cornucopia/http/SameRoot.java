package io.cornucopia.http;

import io.cornucopia.bus.RootAnswer;
import java.util.Optional;

/**
 * The root list, for as long as it would be the same if it were asked for.
 *
 * @param root what was answered; its reference was given back
 * @param isKnown whether the client had it already
 */
record SameRoot(RootAnswer root, boolean isKnown) implements Repeatable {
    @Override
    public Optional<Again> again() {
        if (!root.holds().getAsBoolean() || !root.body().retain()) {
            return Optional.empty();
        }
        return Optional.of(new Again.Bytes(
                root.body(), 0, isKnown ? 0 : root.body().size(), Negotiation.ageSeconds(root.checkedAt())));
    }
}
