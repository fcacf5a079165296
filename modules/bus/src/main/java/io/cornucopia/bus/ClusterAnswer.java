package io.cornucopia.bus;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The nodes that are one mirror.
 *
 * @param name of the cluster
 * @param nodes the longest here first; this node is among them
 */
public record ClusterAnswer(String name, List<Node> nodes) {
    public ClusterAnswer {
        Objects.requireNonNull(name, "name");
        nodes = List.copyOf(nodes);
    }

    /**
     * One of them.
     *
     * @param address where others reach it to join, as {@code host:port}; empty for a node that is alone by its settings
     * @param internal where others reach it by HTTP, the same
     * @param version of the program
     * @param self whether it is the one that was asked
     * @param inFlight how many files are arriving there now; empty if it did not say so in time
     */
    public record Node(
            Optional<String> address, Optional<String> internal, String version, boolean self, OptionalInt inFlight) {
        public Node {
            Objects.requireNonNull(address, "address");
            Objects.requireNonNull(internal, "internal");
            Objects.requireNonNull(version, "version");
            Objects.requireNonNull(inFlight, "inFlight");
        }
    }
}
