package io.cornucopia.metadata;

import io.cornucopia.core.OriginRules;
import io.cornucopia.core.OriginRules.Origin;
import io.cornucopia.core.ProjectName;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Projects of upstream's that nobody sees any more since one of ours has their name. Told about, counted and listed, so that
 * it does not happen unnoticed. Upstream is not asked, since that would tell it our names: what counts is what it said before.
 * To be used on its context only.
 */
final class HiddenProjects {
    private static final Logger LOG = LoggerFactory.getLogger(HiddenProjects.class);

    private final OriginRules rules;
    private final OwnPages own;
    private final KnownProjects known;
    private final Optional<UpstreamRoot> upstream;
    private final Set<ProjectName> told = new HashSet<>();
    private volatile int withoutRule;

    HiddenProjects(
            OriginRules rules,
            OwnPages own,
            KnownProjects known,
            Optional<UpstreamRoot> upstream,
            MeterRegistry metrics) {
        this.rules = rules;
        this.own = own;
        this.known = known;
        this.upstream = upstream;
        Gauge.builder("cornucopia.projects.hidden", this, hidden -> hidden.withoutRule)
                .description("Projects of upstream's that an upload here hides without a rule in projects that says so")
                .strongReference(true)
                .register(metrics);
    }

    /** Whether upstream is known to have that project, which is ours alone. */
    boolean isHidden(ProjectName project) {
        return rules.of(project, own.mayHave(project)) == Origin.PRIVATE
                && (known.has(project)
                        || upstream.filter(root -> root.isKnownToList(project)).isPresent());
    }

    /** Looks at the disk for what upstream said, and then as {@link #count()}. */
    Future<Void> look() {
        return known.upToDate().onSuccess(looked -> count()).mapEmpty();
    }

    /** Counts, and tells of those that were not told about before. */
    void count() {
        int count = 0;
        for (ProjectName project : own.projects()) {
            if (rules.rule(project).isEmpty() && isHidden(project)) {
                count++;
                if (told.add(project)) {
                    LOG.warn(
                            "{} was uploaded here and hides upstream's project of that name: none of upstream's files are"
                                    + " listed or served. Set projects.{}.origin to private if that is meant, to merged to"
                                    + " list both, or to upstream to list upstream's alone (said once)",
                            project,
                            project);
                }
            }
        }
        withoutRule = count;
    }
}
