package io.cornucopia.core;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.function.BiConsumer;

/**
 * An immutable set of project names in their order, some with the serial of their last change.
 *
 * <p>Made for all of PyPI: a project takes the bytes of its name and twelve more.
 */
public final class ProjectList {
    private static final long NO_SERIAL = Long.MIN_VALUE;

    /** The names one after the other in ASCII. */
    private final byte[] names;
    /** Where each name starts, and where the last one ends. */
    private final int[] starts;

    private final long[] serials;

    private ProjectList(byte[] names, int[] starts, long[] serials) {
        this.names = names;
        this.starts = starts;
        this.serials = serials;
    }

    /** An empty builder. */
    public static Builder builder() {
        return new Builder();
    }

    /** How many projects there are. */
    public int size() {
        return serials.length;
    }

    /** Hands out each normalised name with its serial, in the order of the names. */
    public void forEach(BiConsumer<String, OptionalLong> action) {
        for (int i = 0; i < size(); i++) {
            action.accept(
                    new String(names, starts[i], starts[i + 1] - starts[i], StandardCharsets.US_ASCII), serial(i));
        }
    }

    private OptionalLong serial(int index) {
        return serials[index] == NO_SERIAL ? OptionalLong.empty() : OptionalLong.of(serials[index]);
    }

    /** Whether a project is in it. */
    public boolean contains(ProjectName project) {
        byte[] name = project.value().getBytes(StandardCharsets.US_ASCII);
        int low = 0;
        int high = size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = Arrays.compare(names, starts[middle], starts[middle + 1], name, 0, name.length);
            if (order == 0) {
                return true;
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return false;
    }

    /** The projects of both, with the higher serial of those that are in both. */
    public ProjectList merge(ProjectList other) {
        Builder merged = new Builder();
        int mine = 0;
        int theirs = 0;
        // In order, so that there is nothing left to sort.
        while (mine < size() || theirs < other.size()) {
            boolean takeMine = theirs == other.size()
                    || (mine < size()
                            && Arrays.compare(
                                            names,
                                            starts[mine],
                                            starts[mine + 1],
                                            other.names,
                                            other.starts[theirs],
                                            other.starts[theirs + 1])
                                    <= 0);
            if (takeMine) {
                merged.add(names, starts[mine], starts[mine + 1], serials[mine]);
                mine++;
            } else {
                merged.add(other.names, other.starts[theirs], other.starts[theirs + 1], other.serials[theirs]);
                theirs++;
            }
        }
        return merged.build();
    }

    /** Gathers projects in any order. For one thread. */
    public static final class Builder {
        private byte[] names = new byte[1024];
        private int[] starts = new int[64];
        private long[] serials = new long[64];
        private int size;

        private Builder() {}

        /**
         * Takes a project; of one that comes several times the highest serial is kept.
         *
         * @throws IllegalStateException if the names take more than an array can hold
         */
        public Builder add(ProjectName project, OptionalLong serial) {
            byte[] name = project.value().getBytes(StandardCharsets.US_ASCII);
            add(name, 0, name.length, serial.orElse(NO_SERIAL));
            return this;
        }

        private void add(byte[] from, int start, int end, long serial) {
            int at = starts[size];
            int length = end - start;
            if (length > names.length - at) {
                names = Arrays.copyOf(names, grown(names.length, length));
            }
            if (size + 1 == starts.length) {
                int capacity = grown(starts.length, 1);
                starts = Arrays.copyOf(starts, capacity);
                serials = Arrays.copyOf(serials, capacity);
            }
            System.arraycopy(from, start, names, at, length);
            serials[size] = serial;
            size++;
            starts[size] = at + length;
        }

        private static int grown(int capacity, int atLeast) {
            long wanted = (long) capacity + Math.max(atLeast, capacity >> 1);
            if (wanted > Integer.MAX_VALUE - 8) {
                throw new IllegalStateException("too many project names");
            }
            return (int) wanted;
        }

        /** The list of what was taken so far. */
        public ProjectList build() {
            int[] order = sorted();
            byte[] sortedNames = new byte[starts[size]];
            int[] sortedStarts = new int[size + 1];
            long[] sortedSerials = new long[size];
            int count = 0;
            int end = 0;
            for (int i = 0; i < size; i++) {
                int index = order[i];
                if (i > 0 && compare(order[i - 1], index) == 0) {
                    sortedSerials[count - 1] = Math.max(sortedSerials[count - 1], serials[index]);
                    continue;
                }
                int length = starts[index + 1] - starts[index];
                System.arraycopy(names, starts[index], sortedNames, end, length);
                sortedSerials[count] = serials[index];
                count++;
                end += length;
                sortedStarts[count] = end;
            }
            return count == size
                    ? new ProjectList(sortedNames, sortedStarts, sortedSerials)
                    : new ProjectList(
                            Arrays.copyOf(sortedNames, end),
                            Arrays.copyOf(sortedStarts, count + 1),
                            Arrays.copyOf(sortedSerials, count));
        }

        private int compare(int one, int other) {
            return Arrays.compare(names, starts[one], starts[one + 1], names, starts[other], starts[other + 1]);
        }

        /** Merge sort of the indexes from the bottom up: no boxing, and next to nothing to do when already in order. */
        private int[] sorted() {
            int[] from = new int[size];
            boolean inOrder = true;
            for (int i = 0; i < size; i++) {
                from[i] = i;
                inOrder &= i == 0 || compare(i - 1, i) <= 0;
            }
            if (inOrder) {
                return from;
            }
            int[] to = new int[size];
            for (long width = 1; width < size; width *= 2) {
                for (long start = 0; start < size; start += 2 * width) {
                    int middle = (int) Math.min(start + width, size);
                    merge(from, to, (int) start, middle, (int) Math.min(start + 2 * width, size));
                }
                int[] swap = from;
                from = to;
                to = swap;
            }
            return from;
        }

        private void merge(int[] from, int[] to, int start, int middle, int end) {
            int left = start;
            int right = middle;
            for (int i = start; i < end; i++) {
                if (left < middle && (right == end || compare(from[left], from[right]) <= 0)) {
                    to[i] = from[left];
                    left++;
                } else {
                    to[i] = from[right];
                    right++;
                }
            }
        }
    }
}
