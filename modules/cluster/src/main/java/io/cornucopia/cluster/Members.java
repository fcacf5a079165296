package io.cornucopia.cluster;

import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntSupplier;

/** Who is here. What is asked for in memory never blocks; all of it may be called from any thread. */
public interface Members {
    /** This node. */
    Member self();

    /** Everybody who is here, this node among them, the longest here first. Whoever is about to leave is gone already. */
    List<Member> all();

    /** The member of that id, if it is here. */
    default Optional<Member> find(String id) {
        return all().stream().filter(member -> member.id().equals(id)).findFirst();
    }

    /** Everybody but this node. */
    default List<Member> others() {
        return all().stream().filter(member -> !member.self()).toList();
    }

    /** Tells {@code listener} of what changes from now on, until the node leaves. It must not block. */
    void listen(Listener listener);

    /** What this node says when it is asked how much it is doing. */
    void reportInFlight(IntSupplier inFlight);

    /** How much everybody is doing, by id; whoever does not answer within a second is missing. Never fails. */
    Future<Map<String, Integer>> inFlight();

    /** Is told, on a thread of the cluster's, what changes. */
    interface Listener {
        default void joined(Member member) {}

        default void left(Member member) {}

        /** The network was parted and is whole again: whatever was heard of others meanwhile may be old. */
        default void healed() {}
    }

    /** For a node that is alone. */
    static Members alone(Member self) {
        return new MembersAlone(self);
    }
}
