package io.cornucopia.intake;

import io.cornucopia.bus.Addresses;
import io.cornucopia.bus.ProjectChanged;
import io.cornucopia.core.ProjectName;
import io.vertx.core.Future;
import io.vertx.core.Vertx;

/** Tells everybody that a project is no longer what it was. */
final class Announcements {
    private final Vertx vertx;

    Announcements(Vertx vertx) {
        this.vertx = vertx;
    }

    /** Completes once everybody has heard it: those who know the project first, then those who keep what they were told. */
    Future<Void> changed(ProjectName project) {
        ProjectChanged news = new ProjectChanged(project);
        return Addresses.UPLOADS_CHANGED
                .publish(vertx, news)
                .compose(heard -> Addresses.PROJECT_CHANGED.publish(vertx, news));
    }
}
