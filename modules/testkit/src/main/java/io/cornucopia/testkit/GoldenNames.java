package io.cornucopia.testkit;

import java.util.Locale;
import java.util.regex.Pattern;

/** How names are spelt in an index and in filenames. */
final class GoldenNames {

    private static final Pattern SEPARATORS = Pattern.compile("[-_.]+");

    private GoldenNames() {}

    /** As in a URL: lower case, one dash for each run of separators. */
    static String normalised(String name) {
        return SEPARATORS.matcher(name).replaceAll("-").toLowerCase(Locale.ROOT);
    }

    /** As in a filename, and as a package to import. */
    static String escaped(String name) {
        return normalised(name).replace('-', '_');
    }

    /** A version as in a filename. */
    static String escapedVersion(String version) {
        return version.replace('-', '_');
    }
}
