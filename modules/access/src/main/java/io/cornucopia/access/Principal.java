package io.cornucopia.access;

import io.cornucopia.core.ProjectName;
import io.cornucopia.core.ProjectPattern;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Who sent a request: the token that it came with.
 *
 * @param name the token's name, as it stands in logs
 * @param allowed for which projects it allows what
 * @param publisher who stands behind its uploads, for provenance (PEP 740), as JSON; empty if the settings name nobody
 */
public record Principal(
        String name, Map<Permission, List<ProjectPattern>> allowed, Optional<Map<String, String>> publisher) {
    public Principal {
        Objects.requireNonNull(name, "name");
        allowed = Map.copyOf(allowed);
        publisher = publisher.map(Map::copyOf);
    }

    /** Whether it may do that to that project. */
    public boolean may(Permission permission, ProjectName project) {
        return allowed.getOrDefault(permission, List.of()).stream().anyMatch(pattern -> pattern.matches(project));
    }

    /** Whether it may do that to any project at all. */
    public boolean may(Permission permission) {
        return !allowed.getOrDefault(permission, List.of()).isEmpty();
    }
}
