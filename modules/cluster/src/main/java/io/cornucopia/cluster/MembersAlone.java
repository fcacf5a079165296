package io.cornucopia.cluster;

import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;

/** A node that knows itself. */
final class MembersAlone implements Members {
    private final Member self;
    private volatile IntSupplier inFlight = () -> 0;

    MembersAlone(Member self) {
        this.self = self;
    }

    @Override
    public Member self() {
        return self;
    }

    @Override
    public List<Member> all() {
        return List.of(self);
    }

    @Override
    public void listen(Listener listener) {
        // Nothing ever changes.
    }

    @Override
    public void reportInFlight(IntSupplier inFlight) {
        this.inFlight = inFlight;
    }

    @Override
    public Future<Map<String, Integer>> inFlight() {
        return Future.succeededFuture(Map.of(self.id(), inFlight.getAsInt()));
    }
}
