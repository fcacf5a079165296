package io.cornucopia.benchmarks;

import java.util.Arrays;
import java.util.List;

/** The middle of some figures, and how far apart they are. None is left out. */
record Spread(double median, double least, double most) {

    static Spread of(List<Double> figures) {
        return of(figures.stream().mapToDouble(Double::doubleValue).toArray());
    }

    static Spread of(double... figures) {
        if (figures.length == 0) {
            throw new IllegalArgumentException("there is no middle of nothing");
        }
        double[] sorted = figures.clone();
        Arrays.sort(sorted);
        int half = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
        return new Spread(median, sorted[0], sorted[sorted.length - 1]);
    }

    /** The smallest figure that a share of all does not exceed, such as 0.99 of them; {@code sorted} is in order. */
    static long percentile(long[] sorted, double share) {
        if (sorted.length == 0) {
            throw new IllegalArgumentException("there is no percentile of nothing");
        }
        int rank = (int) Math.ceil(share * sorted.length);
        return sorted[Math.min(sorted.length, Math.max(1, rank)) - 1];
    }
}
