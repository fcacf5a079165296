package io.cornucopia.bus;

import io.cornucopia.core.OriginRules;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.ProjectStatus;
import java.util.List;
import java.util.Objects;

/**
 * The projects to which something was ever uploaded.
 *
 * @param projects sorted by name
 */
public record OwnProjectsAnswer(List<OwnProject> projects) {
    public OwnProjectsAnswer {
        projects = List.copyOf(projects);
    }

    /**
     * One of them.
     *
     * @param name its name
     * @param origin whose files its page lists
     * @param byRule whether the settings say so; false: by its first upload
     * @param hidesUpstream whether upstream is known to have a project of that name, none of whose files are listed now
     * @param status its status
     * @param files how many files of ours it has
     */
    public record OwnProject(
            ProjectName name,
            OriginRules.Origin origin,
            boolean byRule,
            boolean hidesUpstream,
            ProjectStatus status,
            int files) {
        public OwnProject {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(origin, "origin");
            Objects.requireNonNull(status, "status");
        }
    }
}
