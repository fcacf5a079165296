package io.cornucopia.cluster;

import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A node that talks to itself. */
final class AnnouncementsAlone implements Announcements {
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();

    @Override
    public Future<Void> announce(Change change) {
        return Heard.by(listeners, listener -> listener.changed(change));
    }

    @Override
    public void listen(Listener listener) {
        listeners.add(listener);
    }

    @Override
    public boolean current() {
        return true;
    }

    @Override
    public Future<Void> caughtUp() {
        return Future.succeededFuture();
    }
}
