package io.cornucopia.metadata;

import io.cornucopia.bus.OwnProjectsAnswer;
import io.cornucopia.bus.OwnProjectsAnswer.OwnProject;
import io.cornucopia.bus.OwnProjectsQuery;
import io.cornucopia.core.OriginRules.Origin;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.ProjectStatus;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows which projects of upstream's are hidden by projects of ours, without asking upstream, which would tell it their names.
 * To be used on its context only.
 */
final class HiddenProjects {
    private static final Logger LOG = LoggerFactory.getLogger(HiddenProjects.class);

    private final Origins origins;
    private final OwnPages own;
    private final KnownProjects known;
    private final Optional<UpstreamRoot> upstreamRoot;
    private final Set<ProjectName> hidden = new HashSet<>();
    private final AtomicInteger count = new AtomicInteger();

    HiddenProjects(
            Origins origins,
            OwnPages own,
            KnownProjects known,
            Optional<UpstreamRoot> upstreamRoot,
            MeterRegistry metrics) {
        this.origins = origins;
        this.own = own;
        this.known = known;
        this.upstreamRoot = upstreamRoot;
        Gauge.builder("cornucopia.projects.hidden", count, AtomicInteger::get)
                .description("Projects of upstream's that projects of ours hide")
                .register(metrics);
    }

    /** Looks whether one of these hides a project of upstream's, and says so once if no rule asked for it. */
    Future<Void> look(Set<ProjectName> projects) {
        return known.upToDate().compose(seen -> lists()).map(list -> {
            Set<ProjectName> here = known.projects();
            for (ProjectName project : projects) {
                boolean upstreams = here.contains(project)
                        || list.map(upstream -> upstream.projects().contains(project))
                                .orElse(false);
                if (upstreams && origins.of(project) == Origin.PRIVATE && hidden.add(project)) {
                    tell(project);
                }
            }
            count.set(hidden.size());
            return null;
        });
    }

    private Future<Optional<UpstreamList>> lists() {
        return upstreamRoot.map(UpstreamRoot::list).orElseGet(() -> Future.succeededFuture(Optional.empty()));
    }

    private void tell(ProjectName project) {
        if (!origins.isByRule(project)) {
            LOG.warn(
                    "{} was uploaded to, and so hides upstream's project of that name; set projects.{}.origin to private"
                            + " if that is meant, or to merged to list the files of both",
                    project,
                    project);
        }
    }

    /** Answers a question from the bus. */
    Future<OwnProjectsAnswer> answer(OwnProjectsQuery query) {
        Set<ProjectName> uploaded = new TreeSet<>((one, other) -> one.value().compareTo(other.value()));
        uploaded.addAll(origins.uploaded());
        Future<List<OwnProject>> all = look(uploaded).map(done -> new ArrayList<>());
        for (ProjectName project : uploaded) {
            all = all.compose(list -> own.find(project).map(page -> {
                list.add(new OwnProject(
                        project,
                        origins.of(project),
                        origins.isByRule(project),
                        hidden.contains(project),
                        page.map(present -> present.page().status()).orElse(ProjectStatus.ACTIVE),
                        page.map(present -> present.page().files().size()).orElse(0)));
                return list;
            }));
        }
        return all.map(OwnProjectsAnswer::new);
    }
}
