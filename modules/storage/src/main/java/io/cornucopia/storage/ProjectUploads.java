package io.cornucopia.storage;

import io.cornucopia.core.ProjectName;
import io.cornucopia.core.ProjectStatus;
import io.cornucopia.core.UploadedFile;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What was uploaded to a project.
 *
 * @param project the project
 * @param status its status, if one was ever set here
 * @param everUploaded whether a file was ever uploaded to it, also one that was deleted since
 * @param files its files, by upload time and then name
 * @param burned the names of the files that were deleted: nobody else may have them
 */
public record ProjectUploads(
        ProjectName project,
        Optional<ProjectStatus> status,
        boolean everUploaded,
        List<UploadedFile> files,
        Set<String> burned) {
    private static final Comparator<UploadedFile> BY_TIME_AND_NAME =
            Comparator.comparing(UploadedFile::uploadTime).thenComparing(UploadedFile::filename);

    /** Takes the files in any order. */
    public ProjectUploads {
        Objects.requireNonNull(project, "project");
        Objects.requireNonNull(status, "status");
        files = files.stream().sorted(BY_TIME_AND_NAME).toList();
        burned = Set.copyOf(burned);
    }

    /** Of a project of which nothing was deleted. */
    public ProjectUploads(
            ProjectName project, Optional<ProjectStatus> status, boolean everUploaded, List<UploadedFile> files) {
        this(project, status, everUploaded, files, Set.of());
    }
}
