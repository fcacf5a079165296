package io.cornucopia.bus;

import io.cornucopia.core.ProjectName;
import java.util.Objects;

/** Asks, for another node, for the mirrored page of a project as this node keeps it. Nothing is fetched for it. */
public record PeerPageQuery(ProjectName project) {
    public PeerPageQuery {
        Objects.requireNonNull(project, "project");
    }
}
