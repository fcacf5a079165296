package io.cornucopia.metadata;

import io.cornucopia.bus.OwnProjectsAnswer;
import io.cornucopia.bus.OwnProjectsAnswer.OwnProject;
import io.cornucopia.bus.OwnProjectsQuery;
import io.cornucopia.core.OriginRules;
import io.cornucopia.core.ProjectName;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;

/** Answers with the list of the projects that are ours. */
final class OwnProjects {
    /** How many are read from the store at a time: others want its workers, too. */
    private static final int AT_ONCE = 8;

    private final Context context;
    private final OriginRules rules;
    private final OwnPages own;
    private final HiddenProjects hidden;

    OwnProjects(Context context, OriginRules rules, OwnPages own, HiddenProjects hidden) {
        this.context = context;
        this.rules = rules;
        this.own = own;
        this.hidden = hidden;
    }

    /** Answers a question from the bus. */
    Future<OwnProjectsAnswer> answer(OwnProjectsQuery query) {
        return own.settle().compose(settled -> hidden.look()).compose(looked -> {
            Promise<OwnProjectsAnswer> answer = Promise.promise();
            describe(own.projects().stream().sorted().toList(), new ArrayList<>(), answer);
            return answer.future();
        });
    }

    private void describe(List<ProjectName> left, List<OwnProject> described, Promise<OwnProjectsAnswer> answer) {
        if (left.isEmpty()) {
            answer.complete(new OwnProjectsAnswer(described));
            return;
        }
        int count = Math.min(AT_ONCE, left.size());
        List<Future<OwnPage>> some =
                left.subList(0, count).stream().map(own::page).toList();
        Future.all(some).onComplete(read -> {
            if (read.failed()) {
                answer.fail(read.cause());
                return;
            }
            some.forEach(page -> described.add(describe(page.result())));
            // Not at once, or a long list that is in memory would be a deep stack.
            context.runOnContext(next -> describe(left.subList(count, left.size()), described, answer));
        });
    }

    private OwnProject describe(OwnPage page) {
        ProjectName project = page.page().name();
        return new OwnProject(
                project,
                rules.of(project, page.everUploaded()),
                rules.rule(project).isPresent(),
                hidden.isHidden(project),
                page.page().status(),
                page.page().files().size());
    }
}
