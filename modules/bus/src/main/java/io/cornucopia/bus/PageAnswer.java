package io.cornucopia.bus;

import io.cornucopia.core.ProjectPage;
import java.time.Instant;
import java.util.Objects;

/**
 * A project's page, and how fresh it is.
 *
 * @param page what is known of the project; file URLs are upstream's, and lead nowhere for files of ours
 * @param revision changes whenever {@code page} does, and is the same on every node for the same content
 * @param checkedAt when upstream last confirmed it: what {@code Age} counts from
 * @param freshUntil until when it may be served without asking again
 * @param origin whose files they are
 */
public record PageAnswer(ProjectPage page, String revision, Instant checkedAt, Instant freshUntil, Origin origin) {
    public PageAnswer {
        Objects.requireNonNull(page, "page");
        Objects.requireNonNull(revision, "revision");
        Objects.requireNonNull(checkedAt, "checkedAt");
        Objects.requireNonNull(freshUntil, "freshUntil");
        Objects.requireNonNull(origin, "origin");
    }

    /** Whose files a page lists; decides how long others may keep it. */
    public enum Origin {
        /** Mirrored. */
        UPSTREAM,
        /** At least one file is our own, or was until it was deleted. */
        OWN
    }
}
