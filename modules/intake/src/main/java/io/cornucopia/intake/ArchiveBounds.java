package io.cornucopia.intake;

import io.cornucopia.core.ProjectName;
import io.cornucopia.core.Version;
import java.io.IOException;
import java.io.InputStream;

/** What no archive may exceed, and what no name in one may be. */
final class ArchiveBounds {
    /** How many entries. */
    static final int MAX_ENTRIES = 200_000;
    /** How long the core metadata, in bytes. */
    static final int MAX_METADATA = 16 << 20;
    /** Up to here a ratio is not looked at. */
    private static final long ALWAYS_FINE = 64L << 20;
    /** As PyPI has it. */
    private static final long MAX_RATIO = 50;

    private static final int MAX_NAME = 4096;

    private ArchiveBounds() {}

    /** The longest that {@code packed} bytes may unpack to. */
    static long unpacked(long packed) {
        return Math.max(ALWAYS_FINE, packed * MAX_RATIO);
    }

    static void checkName(String name) {
        boolean harmless = !name.isEmpty()
                && name.length() <= MAX_NAME
                && !name.startsWith("/")
                && name.indexOf('\\') < 0
                && name.chars().noneMatch(c -> c < 0x20 || c == 0x7f)
                && !("/" + name + "/").contains("/../")
                && !(name.length() > 1 && name.charAt(1) == ':');
        if (!harmless) {
            throw Refusal.invalid("the archive holds \"" + shown(name) + "\", which leads out of it or is no name");
        }
    }

    /** Whether {@code folder} is {@code {name}-{version}} of that release, in whatever spelling. */
    static boolean isOf(String folder, ProjectName project, Version version) {
        for (int dash = folder.indexOf('-'); dash > 0; dash = folder.indexOf('-', dash + 1)) {
            boolean fits = ProjectName.parse(folder.substring(0, dash))
                            .filter(project::equals)
                            .isPresent()
                    && Version.parse(folder.substring(dash + 1).replace('_', '-'))
                            .or(() -> Version.parse(underscored(folder)))
                            .filter(version::equals)
                            .isPresent();
            if (fits) {
                return true;
            }
        }
        return false;
    }

    // A local version has its separator escaped in a wheel: 1.0+cpu_1.
    private static String underscored(String folder) {
        return folder.substring(folder.lastIndexOf('-') + 1).replace('_', '.');
    }

    /** Reads the whole of an entry that has to be short. */
    static byte[] readMetadata(InputStream entry, String name) throws IOException {
        byte[] bytes = entry.readNBytes(MAX_METADATA + 1);
        if (bytes.length > MAX_METADATA) {
            throw Refusal.invalid(name + " is longer than " + (MAX_METADATA >> 20) + " MiB");
        }
        return bytes;
    }

    static String shown(String name) {
        String plain = name.codePoints()
                .filter(c -> c >= 0x20 && c != 0x7f)
                .limit(120)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return plain.length() < name.length() ? plain + "…" : plain;
    }
}
