package io.cornucopia.intake;

import io.cornucopia.core.ProjectName;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Does one thing after the other to a project. To be used on one context only. */
final class InTurn {
    private final Map<ProjectName, Future<?>> last = new HashMap<>();

    <T> Future<T> run(ProjectName project, Supplier<Future<T>> act) {
        Future<?> before = last.getOrDefault(project, Future.succeededFuture());
        Future<T> mine = before.transform(done -> act.get());
        last.put(project, mine);
        mine.onComplete(done -> last.remove(project, mine));
        return mine;
    }
}
