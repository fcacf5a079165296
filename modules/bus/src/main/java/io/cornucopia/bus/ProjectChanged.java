package io.cornucopia.bus;

import io.cornucopia.core.ProjectName;
import java.util.Objects;

/** News: a project's page is no longer what it was. Whoever keeps something made from it drops that. */
public record ProjectChanged(ProjectName project) {
    public ProjectChanged {
        Objects.requireNonNull(project, "project");
    }
}
