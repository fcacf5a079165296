package io.cornucopia.intake;

import io.cornucopia.core.OriginRules;
import java.util.Objects;

/**
 * What the intake goes by.
 *
 * @param origins whose projects are whose
 * @param identical what becomes of an upload that is here already, byte for byte ({@code upload.identical})
 */
public record IntakeSettings(OriginRules origins, Identical identical) {
    public IntakeSettings {
        Objects.requireNonNull(origins, "origins");
        Objects.requireNonNull(identical, "identical");
    }

    /** What becomes of an upload that is here already, byte for byte. */
    public enum Identical {
        /** It is refused like any other of that filename. */
        CONFLICT,
        /** It is accepted, and changes nothing. */
        ACCEPT
    }
}
