package io.cornucopia.server;

import io.cornucopia.bus.ClusterAnswer;
import io.cornucopia.bus.ClusterQuery;
import io.cornucopia.cluster.HostPort;
import io.cornucopia.cluster.Member;
import io.cornucopia.cluster.Members;
import io.vertx.core.Future;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Answers who is in the cluster. */
final class Roster {
    private final String name;
    private final Members members;
    private final boolean alone;

    /** @param alone whether this node is alone by its settings, and can be reached by no other */
    Roster(String name, Members members, boolean alone) {
        this.name = name;
        this.members = members;
        this.alone = alone;
    }

    Future<ClusterAnswer> answer(ClusterQuery query) {
        return members.inFlight()
                .map(inFlight -> new ClusterAnswer(
                        name,
                        members.all().stream()
                                .map(member -> node(member, inFlight))
                                .toList()));
    }

    private ClusterAnswer.Node node(Member member, Map<String, Integer> inFlight) {
        Integer count = inFlight.get(member.id());
        return new ClusterAnswer.Node(
                reached(member.address()),
                reached(member.internal()),
                member.version(),
                member.self(),
                count == null ? OptionalInt.empty() : OptionalInt.of(count));
    }

    private Optional<String> reached(HostPort at) {
        return alone ? Optional.empty() : Optional.of(at.toString());
    }
}
