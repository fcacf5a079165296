package io.cornucopia.intake;

import io.cornucopia.bus.Addresses;
import io.cornucopia.bus.ProjectChanged;
import io.cornucopia.core.ProjectName;
import io.vertx.core.Future;
import io.vertx.core.Vertx;

/** Tells everybody that a project's uploads changed. */
final class News {
    private final Vertx vertx;

    News(Vertx vertx) {
        this.vertx = vertx;
    }

    /** Completes when nobody answers in ignorance of it any more. */
    Future<Void> of(ProjectName project) {
        ProjectChanged changed = new ProjectChanged(project);
        // First who makes pages, then who keeps what was made of them: else they might get the old one once more.
        return Addresses.UPLOADS_CHANGED
                .publish(vertx, changed)
                .compose(heard -> Addresses.PROJECT_CHANGED.publish(vertx, changed));
    }
}
