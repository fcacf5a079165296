package io.cornucopia.testkit;

import java.util.List;

/**
 * The ports of a node of a cluster.
 *
 * @param client where clients reach it
 * @param hazelcast {@code cluster.port}
 * @param bus {@code cluster.bus_port}
 * @param internal {@code cluster.internal_port}
 */
public record NodePorts(int client, int hazelcast, int bus, int internal) {
    /** Free ones. */
    public static NodePorts take() {
        List<Integer> ports = FreePorts.take(4);
        return new NodePorts(ports.get(0), ports.get(1), ports.get(2), ports.get(3));
    }

    int of(FaultProxy.Line line) {
        return switch (line) {
            case HAZELCAST -> hazelcast;
            case BUS -> bus;
            case INTERNAL -> internal;
        };
    }
}
