package io.cornucopia.http;

import io.cornucopia.access.Permission;
import io.cornucopia.access.Principal;
import io.cornucopia.core.DistributionFilename;
import io.cornucopia.core.ProjectName;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Who wants to see pages and files.
 *
 * @param principal the token that the request came with; empty where none is needed
 */
record Reader(Optional<Principal> principal) {
    /** Somebody, of whom nothing is asked. */
    static final Reader ANYBODY = new Reader(Optional.empty());

    private static final String EVERYTHING = "*";

    boolean mayReadSomething() {
        return principal.isEmpty() || principal.get().may(Permission.READ);
    }

    boolean mayReadEverything() {
        return principal.isEmpty()
                || principal.get().allowed().getOrDefault(Permission.READ, List.of()).stream()
                        .anyMatch(pattern -> pattern.text().equals(EVERYTHING));
    }

    boolean mayRead(ProjectName project) {
        return principal.isEmpty() || principal.get().may(Permission.READ, project);
    }

    /** Whether it may read every project whose file that may be, by its name alone: nothing is looked up for it. */
    boolean mayReadFile(String filename) {
        if (mayReadEverything()) {
            return true;
        }
        Set<ProjectName> projects =
                DistributionFilename.projects(DistributionFilename.withoutCompanionSuffix(filename));
        return !projects.isEmpty() && projects.stream().allMatch(this::mayRead);
    }
}
