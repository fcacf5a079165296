package io.cornucopia.benchmarks;

/** One line of the report. */
interface Scenario {
    /** By which it is chosen. */
    String name();

    /** What it measures, for people. */
    String title();

    /** Measures. Takes its time; fails with a message that says why there are no figures. */
    Outcome run(Stage stage);
}
