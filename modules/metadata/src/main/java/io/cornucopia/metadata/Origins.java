package io.cornucopia.metadata;

import io.cornucopia.core.OriginRules;
import io.cornucopia.core.OriginRules.Origin;
import io.cornucopia.core.ProjectName;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whose project is whose: by the rules, and where there is none, by whether it has uploads. */
final class Origins {
    private final OriginRules rules;
    private final OwnPages own;

    Origins(OriginRules rules, OwnPages own) {
        this.rules = rules;
        this.own = own;
    }

    /** Whose it is. Fails if that depends on uploads and the store cannot be read. */
    Future<Origin> of(ProjectName project) {
        Optional<Origin> rule = rules.rule(project);
        return rule.isPresent()
                ? Future.succeededFuture(rule.get())
                : own.has(project).map(has -> rules.of(project, has));
    }

    /** The same of several. */
    Future<Map<ProjectName, Origin>> of(Collection<ProjectName> projects) {
        List<Future<Origin>> each = projects.stream().map(this::of).toList();
        return Future.all(each).map(all -> {
            Map<ProjectName, Origin> origins = new HashMap<>();
            int i = 0;
            for (ProjectName project : projects) {
                origins.put(project, each.get(i++).result());
            }
            return origins;
        });
    }

    /** Whether upstream may hear of that project: not of one that is ours alone, or may be. Never waits. */
    boolean mayAskUpstream(ProjectName project) {
        return rules.of(project, own.mayHave(project)) != Origin.PRIVATE;
    }
}
