package io.cornucopia.http;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Closes connections that lie idle. The server's own idle timeout cannot tell a client that sends nothing from one that
 * waits for a file upstream is slow to hand out, and would cut off both. Belongs to one event loop.
 */
final class Connections {
    private static final long PERIOD_MILLIS = 5_000;

    private final long limitNanos;
    private final IdentityHashMap<HttpConnection, State> open = new IdentityHashMap<>();

    private static final class State {
        private int inProgress;
        private int awaiting;
        private long idleSince = System.nanoTime();
        private Optional<Repeater> repeater = Optional.empty();
    }

    Connections(Vertx vertx, long limitSeconds) {
        limitNanos = TimeUnit.SECONDS.toNanos(limitSeconds);
        vertx.setPeriodic(Math.min(PERIOD_MILLIS, TimeUnit.SECONDS.toMillis(limitSeconds)), id -> sweep());
    }

    void opened(HttpConnection connection) {
        open.put(connection, new State());
        connection.closeHandler(v -> open.remove(connection));
    }

    /** Notes who sits on {@code connection} and answers by itself what it can. */
    void repeater(HttpConnection connection, Optional<Repeater> repeater) {
        open.get(connection).repeater = repeater;
    }

    /** Who sits on {@code connection} and answers by itself what it can. */
    Optional<Repeater> repeater(HttpConnection connection) {
        State state = open.get(connection);
        return state == null ? Optional.empty() : state.repeater;
    }

    void begun(HttpConnection connection) {
        State state = open.get(connection);
        if (state != null) {
            state.inProgress++;
        }
    }

    void ended(HttpConnection connection) {
        State state = open.get(connection);
        if (state != null) {
            state.inProgress--;
            state.idleSince = System.nanoTime();
        }
    }

    /** A request in progress can go no further until its client sends more: while that lasts it counts as idle. */
    void awaits(HttpConnection connection) {
        State state = open.get(connection);
        if (state != null) {
            state.awaiting++;
            state.idleSince = System.nanoTime();
        }
    }

    /** What a request {@link #awaits} has come, or is waited for no more. */
    void heard(HttpConnection connection) {
        State state = open.get(connection);
        if (state != null) {
            state.awaiting--;
            state.idleSince = System.nanoTime();
        }
    }

    private void sweep() {
        long now = System.nanoTime();
        List<HttpConnection> idle = open.entrySet().stream()
                .filter(entry -> entry.getValue().inProgress == entry.getValue().awaiting
                        && now - entry.getValue().idleSince > limitNanos)
                .map(Map.Entry::getKey)
                .toList();
        idle.forEach(HttpConnection::close);
    }
}
