package io.cornucopia.bus;

import io.cornucopia.core.ProjectName;
import java.util.Objects;

/** Asks for a project's page as fresh as the settings want it. */
public record PageQuery(ProjectName project) {
    public PageQuery {
        Objects.requireNonNull(project, "project");
    }
}
