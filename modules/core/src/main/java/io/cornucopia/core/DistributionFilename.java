package io.cornucopia.core;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What the name of a distribution file says (sections F1 to F3).
 *
 * @param project whose file it is
 * @param version of which version
 * @param kind what sort of file
 */
public record DistributionFilename(ProjectName project, Version version, Kind kind) {
    /** The longest name taken, in bytes: what file systems take for one name. */
    public static final int MAX_LENGTH = 255;

    private static final int MAX_CANDIDATES = 4;
    private static final String WHEEL_SUFFIX = ".whl";
    private static final String EGG_SUFFIX = ".egg";
    private static final List<String> SDIST_SUFFIXES =
            List.of(".tar.gz", ".zip", ".tgz", ".tar", ".tar.bz2", ".tbz", ".tar.xz", ".txz", ".tar.Z");
    private static final List<String> INSTALLER_SUFFIXES = List.of(".exe", ".msi", ".rpm", ".deb", ".dmg");
    private static final List<String> COMPANION_SUFFIXES = List.of(".metadata", ".asc");

    private static final Pattern WHEEL_NAME = Pattern.compile("[A-Za-z0-9_.]+");
    private static final Pattern SEPARATORS = Pattern.compile("[-_.]+");
    private static final Pattern DASH = Pattern.compile("-");
    private static final String SAFE_PUNCTUATION = "-_.+!~@(),= ";

    public DistributionFilename {
        Objects.requireNonNull(project, "project");
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(kind, "kind");
    }

    /** The sorts of distribution files. */
    public enum Kind {
        WHEEL,
        /** A source archive, whatever it was packed with. */
        SDIST,
        EGG,
        /** A package for some other installer: {@code .exe}, {@code .msi}, {@code .rpm}, {@code .deb}, {@code .dmg}. */
        INSTALLER
    }

    /**
     * Every reading of a name whose project is not known, likeliest first, at most four: a wheel has one, an sdist one
     * for each dash from the right that a PEP 440 version follows ({@code a-1-1.tar.gz} is {@code a-1} 1 or {@code a}
     * 1.post1).
     *
     * @return the readings; empty if it is not the name of a distribution file, or not {@linkplain #isSafe safe}
     */
    public static List<DistributionFilename> candidates(String filename) {
        if (!isSafe(filename)) {
            return List.of();
        }
        if (filename.endsWith(WHEEL_SUFFIX)) {
            return wheel(filename).stream().toList();
        }
        Optional<Stem> stem = Stem.of(filename);
        if (stem.isEmpty()) {
            return List.of();
        }
        return stem.get().kind() == Kind.SDIST
                ? sdistCandidates(stem.get())
                : firstDashBeforeDigit(stem.get()).stream().toList();
    }

    /**
     * Every project whose file it may be: all for which {@link #parse} has a reading, likeliest first. A few more than
     * those of the {@linkplain #candidates candidates}, which for an egg or an installer guess at one dash only.
     */
    public static Set<ProjectName> projects(String filename) {
        Set<ProjectName> projects = new LinkedHashSet<>();
        candidates(filename).forEach(reading -> projects.add(reading.project()));
        if (!isSafe(filename)) {
            return Set.of();
        }
        Stem.of(filename).filter(stem -> stem.kind() != Kind.SDIST).ifPresent(stem -> {
            String text = stem.text();
            for (int dash = text.indexOf('-'); dash > 0; dash = text.indexOf('-', dash + 1)) {
                String name = text.substring(0, dash);
                builtVersion(text.substring(dash + 1), stem.kind())
                        .flatMap(version -> ProjectName.parse(name))
                        .ifPresent(projects::add);
            }
        });
        return Collections.unmodifiableSet(projects);
    }

    /**
     * The reading of a name as one of a known project's.
     *
     * @return the reading, or empty if it is not the name of a distribution file of that project
     */
    public static Optional<DistributionFilename> parse(String filename, ProjectName known) {
        if (!isSafe(filename)) {
            return Optional.empty();
        }
        if (filename.endsWith(WHEEL_SUFFIX)) {
            return wheel(filename).filter(reading -> reading.project().equals(known));
        }
        return Stem.of(filename).flatMap(stem -> ofKnownProject(stem, known));
    }

    /**
     * Whether it may be a file's name, on a disk and as the last component of a URL: 1 to {@value #MAX_LENGTH} ASCII
     * letters, digits and {@code - _ . + ! ~ @ ( ) , =} or space (old sdists have some), neither beginning with a dot
     * nor beginning or ending with a space, and without {@code ..} in it.
     */
    public static boolean isSafe(String filename) {
        if (filename.isEmpty() || filename.length() > MAX_LENGTH) {
            return false;
        }
        return filename.charAt(0) != '.'
                && filename.charAt(0) != ' '
                && filename.charAt(filename.length() - 1) != ' '
                && !filename.contains("..")
                && filename.chars().allMatch(DistributionFilename::isSafe);
    }

    private static boolean isSafe(int c) {
        return isAlphanumeric(c) || SAFE_PUNCTUATION.indexOf(c) >= 0;
    }

    /**
     * The name of the file that this one accompanies: without {@code .metadata} or {@code .asc} at its end (F3), or the
     * name itself.
     */
    public static String withoutCompanionSuffix(String filename) {
        for (String suffix : COMPANION_SUFFIXES) {
            if (filename.endsWith(suffix)) {
                return filename.substring(0, filename.length() - suffix.length());
            }
        }
        return filename;
    }

    /**
     * Whether a file that an index lists on a project's page can be taken for that project's: it parses as one, or it
     * has an old name that parses as nobody's and at least begins with the project's.
     */
    static boolean mayBelongTo(ProjectName project, String filename) {
        if (parse(filename, project).isPresent()) {
            return true;
        }
        return isSafe(filename)
                && candidates(filename).isEmpty()
                && SEPARATORS
                        .matcher(filename)
                        .replaceAll("-")
                        .toLowerCase(Locale.ROOT)
                        .startsWith(project.value() + "-");
    }

    private static Optional<DistributionFilename> wheel(String filename) {
        String[] parts = DASH.split(filename.substring(0, filename.length() - WHEEL_SUFFIX.length()), -1);
        if (parts.length != 5 && parts.length != 6) {
            return Optional.empty();
        }
        String name = parts[0];
        if (name.contains("__") || !WHEEL_NAME.matcher(name).matches()) {
            return Optional.empty();
        }
        if (parts.length == 6 && (parts[2].isEmpty() || !isDigit(parts[2].charAt(0)))) {
            return Optional.empty();
        }
        for (int i = parts.length - 3; i < parts.length; i++) {
            if (!WHEEL_NAME.matcher(parts[i]).matches()) {
                return Optional.empty();
            }
        }
        return of(name, parts[1], Kind.WHEEL);
    }

    private static List<DistributionFilename> sdistCandidates(Stem stem) {
        List<DistributionFilename> readings = new ArrayList<>();
        String text = stem.text();
        // Each version is at most Version.MAX_LENGTH long, each stem at most 255: a bounded number of short passes.
        for (int dash = text.lastIndexOf('-'); dash > 0; dash = text.lastIndexOf('-', dash - 1)) {
            of(text.substring(0, dash), text.substring(dash + 1), Kind.SDIST).ifPresent(readings::add);
            if (readings.size() == MAX_CANDIDATES) {
                break;
            }
        }
        return List.copyOf(readings);
    }

    private static Optional<DistributionFilename> firstDashBeforeDigit(Stem stem) {
        String text = stem.text();
        for (int dash = text.indexOf('-'); dash > 0 && dash + 1 < text.length(); dash = text.indexOf('-', dash + 1)) {
            if (isDigit(text.charAt(dash + 1))) {
                String name = text.substring(0, dash);
                return builtVersion(text.substring(dash + 1), stem.kind())
                        .flatMap(version -> ofParsed(name, version, stem.kind()));
            }
        }
        return Optional.empty();
    }

    private static Optional<DistributionFilename> ofKnownProject(Stem stem, ProjectName known) {
        String text = stem.text();
        for (int dash = text.indexOf('-'); dash > 0; dash = text.indexOf('-', dash + 1)) {
            if (ProjectName.parse(text.substring(0, dash)).filter(known::equals).isPresent()) {
                String rest = text.substring(dash + 1);
                Optional<Version> version =
                        stem.kind() == Kind.SDIST ? Version.parse(rest) : builtVersion(rest, stem.kind());
                if (version.isPresent()) {
                    return Optional.of(new DistributionFilename(known, version.get(), stem.kind()));
                }
            }
        }
        return Optional.empty();
    }

    /**
     * The version at the start of what follows the name of something built, such as {@code 1.0-py2.7},
     * {@code 1.0.win-amd64-py2.7} or {@code 1.0-1.noarch}: up to the next dash, for an installer without the platform's
     * dotted part.
     */
    private static Optional<Version> builtVersion(String rest, Kind kind) {
        int dash = rest.indexOf('-');
        String candidate = dash < 0 ? rest : rest.substring(0, dash);
        Optional<Version> version = Version.parse(candidate);
        while (version.isEmpty() && kind == Kind.INSTALLER && candidate.lastIndexOf('.') > 0) {
            candidate = candidate.substring(0, candidate.lastIndexOf('.'));
            version = Version.parse(candidate);
        }
        return version;
    }

    private static Optional<DistributionFilename> of(String name, String version, Kind kind) {
        return Version.parse(version).flatMap(parsed -> ofParsed(name, parsed, kind));
    }

    private static Optional<DistributionFilename> ofParsed(String name, Version version, Kind kind) {
        return ProjectName.parse(name).map(project -> new DistributionFilename(project, version, kind));
    }

    private static boolean isAlphanumeric(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || isDigit(c);
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    /** A filename without its suffix, and what the suffix says. */
    private record Stem(String text, Kind kind) {
        static Optional<Stem> of(String filename) {
            return cut(filename, SDIST_SUFFIXES, Kind.SDIST)
                    .or(() -> cut(filename, List.of(EGG_SUFFIX), Kind.EGG))
                    .or(() -> cut(filename, INSTALLER_SUFFIXES, Kind.INSTALLER));
        }

        private static Optional<Stem> cut(String filename, List<String> suffixes, Kind kind) {
            for (String suffix : suffixes) {
                if (filename.endsWith(suffix)) {
                    return Optional.of(new Stem(filename.substring(0, filename.length() - suffix.length()), kind));
                }
            }
            return Optional.empty();
        }
    }
}
