package io.cornucopia.metadata;

import io.cornucopia.core.OriginRules;
import io.cornucopia.core.OriginRules.Origin;
import io.cornucopia.core.ProjectName;
import io.cornucopia.storage.UploadStore;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** Whose projects are whose: by the settings' rules, and by what was uploaded. To be used on its context only. */
final class Origins {
    private final OriginRules rules;
    private final UploadStore uploads;
    private final Map<ProjectName, Long> changes = new HashMap<>();
    private Set<ProjectName> uploaded = new HashSet<>();
    private long version;

    Origins(OriginRules rules, UploadStore uploads) {
        this.rules = rules;
        this.uploads = uploads;
    }

    /** Learns what was uploaded before. */
    Future<Void> open() {
        return uploads.projects()
                .onSuccess(projects -> uploaded = new HashSet<>(projects))
                .mapEmpty();
    }

    Origin of(ProjectName project) {
        return rules.of(project, uploaded.contains(project));
    }

    /** Whether the settings say so, and not the uploads alone. */
    boolean isByRule(ProjectName project) {
        return rules.rule(project).isPresent();
    }

    /** Whether there may be any such project as {@link #isReserved}. May be asked on any thread. */
    boolean reserveNames() {
        return rules.reserveNames();
    }

    /** Whether a rule makes that project private, whatever was uploaded. May be asked on any thread. */
    boolean isReserved(ProjectName project) {
        return rules.rule(project).filter(origin -> origin == Origin.PRIVATE).isPresent();
    }

    /** The projects to which something was uploaded. */
    Set<ProjectName> uploaded() {
        return Set.copyOf(uploaded);
    }

    /** Grows with every piece of news. */
    long version() {
        return version;
    }

    /** Hears that something was uploaded to that project or was changed there. */
    void changed(ProjectName project) {
        uploaded.add(project);
        changes.merge(project, 1L, Long::sum);
        version++;
    }

    /**
     * Asks again if news of one of the projects came while the answer was being found: nobody may get an answer that was true
     * before them only.
     */
    <T> Future<T> steadily(Collection<ProjectName> projects, Supplier<Future<T>> question) {
        List<Long> before = heard(projects);
        return question.get()
                .transform(answer -> heard(projects).equals(before)
                        ? answer.succeeded()
                                ? Future.succeededFuture(answer.result())
                                : Future.failedFuture(answer.cause())
                        : steadily(projects, question));
    }

    private List<Long> heard(Collection<ProjectName> projects) {
        return projects.stream()
                .map(project -> changes.getOrDefault(project, 0L))
                .toList();
    }
}
