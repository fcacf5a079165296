package io.cornucopia.bus;

import io.cornucopia.core.DistributionFile;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.ProjectStatus;
import java.util.Objects;

/**
 * A file, and the project whose page lists it.
 *
 * @param project the project
 * @param status its status; whoever hands out bytes refuses them when it is quarantined
 * @param file what the page says about the file; its URL is upstream's, unless it is ours
 * @param origin who has its bytes: upstream, or the store of uploads
 */
public record ListedFile(ProjectName project, ProjectStatus status, DistributionFile file, PageAnswer.Origin origin) {
    public ListedFile {
        Objects.requireNonNull(project, "project");
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(origin, "origin");
    }
}
