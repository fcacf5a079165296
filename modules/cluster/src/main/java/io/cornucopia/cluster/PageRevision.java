package io.cornucopia.cluster;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * What is known of a project's page; never the page.
 *
 * @param revision of the page; empty if upstream has no such project
 * @param checkedAt when upstream said so, by the clock of the node that asked
 * @param member the id of that node, which has the page
 */
public record PageRevision(Optional<String> revision, Instant checkedAt, String member) {
    private static final String FORMAT = "1";
    private static final String ABSENT = "-";

    public PageRevision {
        Objects.requireNonNull(revision, "revision");
        Objects.requireNonNull(checkedAt, "checkedAt");
        Objects.requireNonNull(member, "member");
        if (revision.isPresent() && (revision.get().isEmpty() || revision.get().indexOf(' ') >= 0)) {
            throw new IllegalArgumentException("'" + revision.get() + "' is no revision");
        }
    }

    String text() {
        return FORMAT + " " + checkedAt.toEpochMilli() + " " + member + " "
                + revision.map(known -> "=" + known).orElse(ABSENT);
    }

    /** Empty if a node of another version wrote it in another way: then it counts for nothing. */
    static Optional<PageRevision> parse(String text) {
        String[] parts = text.split(" ", -1);
        if (parts.length < 4 || !parts[0].equals(FORMAT)) {
            return Optional.empty();
        }
        try {
            Optional<String> revision =
                    parts[3].startsWith("=") ? Optional.of(parts[3].substring(1)) : Optional.empty();
            return Optional.of(new PageRevision(revision, Instant.ofEpochMilli(Long.parseLong(parts[1])), parts[2]));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
