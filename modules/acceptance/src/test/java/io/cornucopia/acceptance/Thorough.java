package io.cornucopia.acceptance;

/**
 * Whether what chance decides is repeated as often as was promised, with as many clients and as large files, and the real PyPI is asked ({@code -Pthorough}), or so
 * little of it that all tests together end within half an hour.
 */
final class Thorough {
    private static final boolean ASKED_FOR = Boolean.getBoolean("cornucopia.thorough");

    private Thorough() {}

    static boolean isAskedFor() {
        return ASKED_FOR;
    }

    /** How many: what the system property says, or else {@code promised} or {@code usual}. */
    static int number(String property, int promised, int usual) {
        return Integer.getInteger(property, ASKED_FOR ? promised : usual);
    }
}
