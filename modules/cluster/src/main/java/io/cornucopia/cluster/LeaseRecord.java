package io.cornucopia.cluster;

import java.util.Optional;

/**
 * What stands in the shared map for a lease.
 *
 * @param member who holds it
 * @param epoch which of its leases, so that it is released and renewed by none but its holder
 */
record LeaseRecord(String member, long epoch) {
    private static final String FORMAT = "1";

    String text() {
        return FORMAT + " " + member + " " + epoch;
    }

    /** Empty if a node of another version wrote it in another way. */
    static Optional<LeaseRecord> parse(String text) {
        String[] parts = text.split(" ", -1);
        try {
            return parts.length >= 3 && parts[0].equals(FORMAT)
                    ? Optional.of(new LeaseRecord(parts[1], Long.parseLong(parts[2])))
                    : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
