package io.cornucopia.core;

import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * A project's status (PEP 792).
 *
 * @param marker what holds
 * @param reason why, if it was said
 */
public record ProjectStatus(Marker marker, Optional<String> reason) {
    /** The status of a project of which nothing else was said. */
    public static final ProjectStatus ACTIVE = new ProjectStatus(Marker.ACTIVE, Optional.empty());

    public ProjectStatus {
        Objects.requireNonNull(marker, "marker");
        Objects.requireNonNull(reason, "reason");
    }

    /** The status markers of the specification. */
    public enum Marker {
        ACTIVE,
        /** No more releases are to be expected: uploads are refused. */
        ARCHIVED,
        /** Unsafe: no files are offered, downloads and uploads are refused. */
        QUARANTINED,
        /** Still there, and better not used any more. */
        DEPRECATED;

        /** The marker as it is written in a page. */
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** The marker of that wire name (exact, lower case), or empty if there is none. */
        public static Optional<Marker> ofWireName(String name) {
            for (Marker marker : values()) {
                if (marker.wireName().equals(name)) {
                    return Optional.of(marker);
                }
            }
            return Optional.empty();
        }
    }
}
