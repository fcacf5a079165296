package io.cornucopia.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/**
 * A network of Linux itself: each node in a namespace of its own, all on one bridge, on which this machine stands too. Two of them
 * are parted by telling each a wrong hardware address for the other, so that what they send is lost without a word. The bridge
 * has a namespace of its own as well: in that of the machine, the rules of a firewall, such as those that a container engine
 * makes, may forbid what goes over it.
 *
 * <p>Needs root and iproute2.
 */
public final class NetworkNamespaces implements Network {
    private static final String BRIDGE = "bridge";
    private static final String NOBODY = "02:00:00:00:00:01";

    private final int number = ThreadLocalRandom.current().nextInt(1, 120);
    private final String prefix = "198.18." + number + ".";
    private final String bridge = "cornu" + number;
    private final Set<Integer> nodes = new TreeSet<>();
    private final Thread sweeper = new Thread(this::sweep, "namespaces-sweeper");

    private NetworkNamespaces() {
        Runtime.getRuntime().addShutdownHook(sweeper);
        ip("netns add " + bridge);
        ip("-n " + bridge + " link add " + BRIDGE + " type bridge");
        ip("-n " + bridge + " link set " + BRIDGE + " up");
        ip("link add " + bridge + " type veth peer name machine netns " + bridge);
        ip("-n " + bridge + " link set machine master " + BRIDGE + " up");
        ip("addr add " + prefix + "1/24 dev " + bridge);
        ip("link set " + bridge + " up");
    }

    /** Makes one for up to that many nodes. */
    public static NetworkNamespaces of(int count) {
        NetworkNamespaces made = new NetworkNamespaces();
        try {
            for (int node = 0; node < count; node++) {
                made.add(node);
            }
            return made;
        } catch (RuntimeException e) {
            made.close();
            throw e;
        }
    }

    /** Why there can be none here; empty if there can. */
    public static String missing() {
        String name = "cornutry" + ThreadLocalRandom.current().nextInt(1_000_000);
        try {
            String refused = tryIp("netns add " + name);
            if (refused.isEmpty()) {
                refused = tryIp("link add " + name.substring(4) + " type bridge");
                tryIp("link del " + name.substring(4));
                tryIp("netns del " + name);
            }
            return refused.isEmpty() ? "" : "network namespaces and bridges need root and more: " + refused;
        } catch (UncheckedIOException e) {
            return "there is no iproute2, which makes network namespaces";
        }
    }

    private void add(int node) {
        String space = space(node);
        nodes.add(node);
        ip("netns add " + space);
        ip("-n " + bridge + " link add node" + node + " type veth peer name eth0 netns " + space);
        ip("-n " + bridge + " link set node" + node + " master " + BRIDGE + " up");
        ip("-n " + space + " addr add " + nodeHost(node) + "/24 dev eth0");
        ip("-n " + space + " link set eth0 up");
        ip("-n " + space + " link set lo up");
    }

    private String space(int node) {
        return bridge + "-" + node;
    }

    @Override
    public void expect(int node, NodePorts ports, Supplier<OptionalLong> pid) {
        if (!nodes.contains(node)) {
            throw new IllegalArgumentException("this network was made for " + nodes.size() + " nodes");
        }
    }

    @Override
    public String clientHost(int node) {
        return nodeHost(node);
    }

    @Override
    public Map<String, String> settings(int node) {
        return Map.of();
    }

    @Override
    public String nodeHost(int node) {
        return prefix + (node + 2);
    }

    @Override
    public List<String> before(int node) {
        return List.of("ip", "netns", "exec", space(node));
    }

    @Override
    public String upstreamHost() {
        return prefix + "1";
    }

    @Override
    public void part(int one, int other) {
        mislead(one, other);
        mislead(other, one);
    }

    private void mislead(int one, int other) {
        ip("-n " + space(one) + " neigh replace " + nodeHost(other) + " lladdr " + NOBODY + " nud permanent dev eth0");
    }

    @Override
    public void heal() {
        for (int node : nodes) {
            ip("-n " + space(node) + " neigh flush nud permanent dev eth0");
        }
    }

    @Override
    public void close() {
        sweep();
        try {
            Runtime.getRuntime().removeShutdownHook(sweeper);
        } catch (IllegalStateException e) {
            // The JVM is going down already: the hook is about to run, or has.
        }
    }

    private void sweep() {
        for (int node : nodes) {
            tryIp("netns del " + space(node));
        }
        tryIp("link del " + bridge);
        tryIp("netns del " + bridge);
    }

    private static void ip(String words) {
        String refused = tryIp(words);
        if (!refused.isEmpty()) {
            throw new IllegalStateException("ip " + words + ": " + refused);
        }
    }

    /** @return what it complained of; empty if it did what it was told */
    private static String tryIp(String words) {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(words.split(" ")));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return process.waitFor() == 0 ? "" : said.isEmpty() ? "it ended with " + process.exitValue() : said;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
