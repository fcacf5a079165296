package io.cornucopia.benchmarks;

/** What a scenario is to show. */
sealed interface Target {

    /** How it is said in the table. */
    String text();

    /** As fast as the other, times this, at least. */
    record RatioAtLeast(double bound) implements Target {
        @Override
        public String text() {
            return "at least " + Figures.plain(bound);
        }
    }

    /** Takes as long as the other, times this, at most. */
    record TimesAtMost(double bound) implements Target {
        @Override
        public String text() {
            return "at most " + Figures.plain(bound) + " times, so a ratio of " + Figures.ratio(1 / bound);
        }
    }

    /** A figure of its own. */
    record ValueAtMost(double bound, String unit) implements Target {
        @Override
        public String text() {
            return "at most " + Figures.plain(bound) + ' ' + unit;
        }
    }

    /** The ratio, more being better, that has to be reached; 0 if this is about no ratio. */
    default double ratio() {
        if (this instanceof RatioAtLeast least) {
            return least.bound();
        } else if (this instanceof TimesAtMost most) {
            return 1 / most.bound();
        }
        return 0;
    }
}
