package io.cornucopia.benchmarks;

import java.util.Locale;

/** How numbers are written. Nothing is rounded in our favour: what falls short is not shown as reached. */
final class Figures {
    private Figures() {}

    static String plain(double value) {
        return value == Math.rint(value)
                ? String.format(Locale.ROOT, "%,.0f", value)
                : String.format(Locale.ROOT, "%s", value);
    }

    /** Three digits behind the point, cut and not rounded. */
    static String ratio(double value) {
        return String.format(Locale.ROOT, "%.3f", Math.floor(value * 1000) / 1000);
    }

    static String of(double value) {
        double size = Math.abs(value);
        return String.format(Locale.ROOT, size >= 1000 ? "%,.0f" : size >= 10 ? "%.1f" : "%.2f", value);
    }

    static String megabytes(double bytes) {
        return String.format(Locale.ROOT, "%.0f", Math.ceil(bytes / 1_000_000));
    }
}
