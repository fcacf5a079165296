package io.cornucopia.storage;

import io.cornucopia.core.ProjectName;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where things lie in the directory of uploads.
 *
 * @param root the directory, absolute
 */
record DirectoryPaths(Path root) {
    private static final String DESCRIPTION_SUFFIX = ".json";
    /** No file has such a name: a safe one does not begin with a dot. */
    private static final String STATUS = ".status.json";

    private static final String LOCK = ".lock";

    Path incoming() {
        return root.resolve("incoming");
    }

    /** Below it a directory for each project, with the descriptions of its files. */
    Path descriptions() {
        return root.resolve("meta");
    }

    Path descriptions(ProjectName project) {
        return descriptions().resolve(project.value());
    }

    Path description(ProjectName project, String filename) {
        return descriptions(project).resolve(filename + DESCRIPTION_SUFFIX);
    }

    /** The filename that a name in a directory of descriptions is for; empty if it is no description. */
    static Optional<String> described(String name) {
        return name.endsWith(DESCRIPTION_SUFFIX) && !name.startsWith(".")
                ? Optional.of(name.substring(0, name.length() - DESCRIPTION_SUFFIX.length()))
                : Optional.empty();
    }

    Path status(ProjectName project) {
        return descriptions(project).resolve(STATUS);
    }

    /** The file of the project's {@link ProjectLock}. */
    Path lock(ProjectName project) {
        return descriptions(project).resolve(LOCK);
    }

    Path files(ProjectName project) {
        return root.resolve("packages").resolve(project.value());
    }

    Path file(ProjectName project, String filename) {
        return files(project).resolve(filename);
    }

    Path beside(ProjectName project, String filename, Companion companion) {
        return files(project).resolve(filename + companion.suffix());
    }
}
