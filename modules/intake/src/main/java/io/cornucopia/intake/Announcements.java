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

    /** Completes once every node has heard it. */
    Future<Void> changed(ProjectName project) {
        return Addresses.ANNOUNCE.ask(vertx, new ProjectChanged(project));
    }
}
