package io.cornucopia.benchmarks;

/** Does nothing, so that one sees how long a JVM takes to do that. */
final class EmptyProgram {
    private EmptyProgram() {}

    public static void main(String[] arguments) {}
}
