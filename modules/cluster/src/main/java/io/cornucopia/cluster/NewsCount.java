package io.cornucopia.cluster;

import java.util.HashSet;
import java.util.Set;

/** Which of the numbered news this node has heard. News overtake one another, so a gap counts when it stays. */
final class NewsCount {
    private static final long UNKNOWN = -1;

    private final Set<Long> ahead = new HashSet<>();
    // All up to this one were heard, or were before our time.
    private long heard = UNKNOWN;
    private long missingBefore = UNKNOWN;
    private int seenMissing;

    synchronized void heard(long number) {
        if (number <= 0 || number <= heard) {
            return;
        }
        ahead.add(number);
        advance();
    }

    private void advance() {
        while (heard != UNKNOWN && ahead.remove(heard + 1)) {
            heard++;
        }
    }

    /**
     * Compares with how many there were.
     *
     * @return whether some were missed, which is told once
     */
    synchronized boolean missing(long count) {
        if (heard == UNKNOWN) {
            begin(count);
            return false;
        }
        if (count < heard) {
            // Everybody who knew the number is gone, or this is another cluster than before.
            begin(count);
            return true;
        }
        if (count == heard) {
            seenMissing = 0;
            return false;
        }
        long first = heard + 1;
        seenMissing = first == missingBefore ? seenMissing + 1 : 1;
        missingBefore = first;
        // It may still be on its way: the third look at the same gap is two seconds after the first.
        if (seenMissing < 3) {
            return false;
        }
        begin(count);
        return true;
    }

    /** Takes the next count that it is told for the beginning. */
    synchronized void startAfresh() {
        heard = UNKNOWN;
    }

    private void begin(long count) {
        heard = count;
        seenMissing = 0;
        ahead.removeIf(number -> number <= count);
        advance();
    }
}
