package io.cornucopia.storage;

import io.cornucopia.core.ProjectName;
import io.cornucopia.core.ProjectStatus;
import io.cornucopia.core.UploadedFile;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What was uploaded to a project.
 *
 * @param project the project
 * @param status its status, if one was ever set here
 * @param everUploaded whether a file was ever uploaded to it, also one that was deleted since
 * @param files its files, by upload time and then name
 */
public record ProjectUploads(
        ProjectName project, Optional<ProjectStatus> status, boolean everUploaded, List<UploadedFile> files) {
    public ProjectUploads {
        Objects.requireNonNull(project, "project");
        Objects.requireNonNull(status, "status");
        files = List.copyOf(files);
    }
}
