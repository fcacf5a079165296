package io.cornucopia.intake;

import io.cornucopia.core.DistributionFilename;
import io.cornucopia.core.ProjectName;
import io.cornucopia.storage.UploadStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The name of an uploaded file: a wheel's, or that of a source distribution of a kind that may be uploaded.
 *
 * @param text the name
 * @param type what it says the file is
 * @param candidates every reading of it, likeliest first
 */
record UploadFilename(String text, Type type, List<DistributionFilename> candidates) {
    /** What may be uploaded. */
    enum Type {
        WHEEL(".whl", "bdist_wheel"),
        TAR_GZ(".tar.gz", "sdist"),
        ZIP(".zip", "sdist");

        private final String suffix;
        private final String filetype;

        Type(String suffix, String filetype) {
            this.suffix = suffix;
            this.filetype = filetype;
        }

        /** What a form's {@code filetype} says of it. */
        String filetype() {
            return filetype;
        }
    }

    /** Reads it; fails with an invalid upload if it is none that may be uploaded. */
    static UploadFilename read(String text) {
        if (!DistributionFilename.isSafe(text) || text.length() > UploadStore.LONGEST_FILENAME) {
            throw Refusal.invalid("Invalid filename " + Quoted.text(text)
                    + ": a filename has letters, digits and -_.+! in it, at most " + UploadStore.LONGEST_FILENAME);
        }
        Type type = type(text)
                .orElseThrow(() -> Refusal.invalid("Invalid file extension of " + Quoted.text(text)
                        + ": only wheels (.whl) and source distributions (.tar.gz, .zip) can be uploaded"));
        List<DistributionFilename> candidates = DistributionFilename.candidates(text);
        if (candidates.isEmpty()) {
            throw Refusal.invalid("Invalid filename " + Quoted.text(text)
                    + (type == Type.WHEEL
                            ? ": a wheel is called {name}-{version}[-{build}]-{python}-{abi}-{platform}.whl, with a PEP 440"
                                    + " version"
                            : ": a source distribution is called {name}-{version}" + type.suffix
                                    + ", with a PEP 440 version"));
        }
        return new UploadFilename(text, type, candidates);
    }

    /** Its reading as a file of that project; fails with an invalid upload if it has none. */
    DistributionFilename of(ProjectName project) {
        return DistributionFilename.parse(text, project)
                .orElseThrow(() ->
                        Refusal.invalid("The filename " + Quoted.text(text) + " is not one of the project " + project));
    }

    /** The project, if the name leaves no doubt. */
    Optional<ProjectName> project() {
        return candidates.size() == 1 ? Optional.of(candidates.get(0).project()) : Optional.empty();
    }

    /** Whether that is this file's name in another spelling that means the same. */
    boolean isAlso(String other, ProjectName project) {
        if (other.equals(text)) {
            return true;
        }
        return DistributionFilename.parse(other, project).equals(DistributionFilename.parse(text, project))
                && rest(other).equals(rest(text));
    }

    /** Looks into the file, which must be of this type. Blocks. */
    Inspection inspect(Path file) throws BadArchiveException {
        return switch (type) {
            case WHEEL -> Inspection.ofWheel(file);
            case TAR_GZ -> Inspection.ofTarGzSdist(file);
            case ZIP -> Inspection.ofZipSdist(file);
        };
    }

    /** What follows name and version: a wheel's build and tags, or the suffix. */
    private static String rest(String filename) {
        String[] parts = filename.split("-", 3);
        return filename.endsWith(Type.WHEEL.suffix) && parts.length == 3
                ? parts[2].toLowerCase(Locale.ROOT)
                : type(filename).map(found -> found.suffix).orElse("");
    }

    private static Optional<Type> type(String filename) {
        for (Type type : Type.values()) {
            if (filename.endsWith(type.suffix)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }
}
