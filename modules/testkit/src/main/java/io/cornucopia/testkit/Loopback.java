package io.cornucopia.testkit;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** All nodes on one address. */
final class Loopback implements Network {
    static final String HOST = "127.0.0.1";

    @Override
    public void expect(int node, NodePorts ports, Supplier<OptionalLong> pid) {
        // Nothing lies in between.
    }

    @Override
    public String clientHost(int node) {
        return HOST;
    }

    @Override
    public Map<String, String> settings(int node) {
        return Map.of();
    }

    @Override
    public String nodeHost(int node) {
        return HOST;
    }

    @Override
    public List<String> before(int node) {
        return List.of();
    }

    @Override
    public String upstreamHost() {
        return HOST;
    }

    @Override
    public void part(int one, int other) {
        throw new UnsupportedOperationException("nothing lies between these nodes");
    }

    @Override
    public void heal() {
        // Nothing was broken.
    }

    @Override
    public void close() {
        // Nothing was made.
    }
}
