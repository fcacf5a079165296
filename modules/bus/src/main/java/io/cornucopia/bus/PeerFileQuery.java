package io.cornucopia.bus;

import io.cornucopia.core.ProjectName;
import java.util.Objects;

/**
 * Asks, for another node, for a file that is on this node's disk or arriving here from upstream. Nothing is fetched for it.
 *
 * @param project whose file it is
 * @param name the name it has on disk, with the suffix of what lies beside a distribution file
 */
public record PeerFileQuery(ProjectName project, String name) {
    public PeerFileQuery {
        Objects.requireNonNull(project, "project");
        Objects.requireNonNull(name, "name");
    }
}
