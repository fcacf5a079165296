package io.cornucopia.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.cornucopia.acceptance.Downloads.Download;
import io.cornucopia.acceptance.Downloads.Outcome;
import io.cornucopia.testkit.TestCluster;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** One file and the clients that ask for it. */
final class FileRound {
    private static final long MOST_SECONDS = 120;

    private final TestCluster cluster;
    private final Downloads downloads;
    private final String filename;
    private final ByteBuffer expected;
    private final Map<Integer, List<Download>> clients = new HashMap<>();

    FileRound(TestCluster cluster, Downloads downloads, String filename, ByteBuffer expected) {
        this.cluster = cluster;
        this.downloads = downloads;
        this.filename = filename;
        this.expected = expected;
    }

    String filename() {
        return filename;
    }

    int size() {
        return expected.capacity();
    }

    /** That many clients ask each of these nodes, one node after another, so that all nodes are asked at once. */
    void ask(int[] nodes, int clientsEach) {
        for (int i = 0; i < clientsEach; i++) {
            for (int node : nodes) {
                clients.computeIfAbsent(node, none -> new ArrayList<>()).add(start(node));
            }
        }
    }

    /** Another client of that node, which is not counted among them. */
    Download start(int node) {
        URI address = URI.create(cluster.node(node).url());
        return downloads.start(
                new InetSocketAddress(address.getHost(), address.getPort()), "/packages/" + filename, expected);
    }

    /** Waits for what became of the clients of that node. */
    List<Outcome> outcomes(int node) {
        return clients.get(node).stream().map(client -> await(node, client)).toList();
    }

    /** Waits until a client of that node is done. */
    Outcome await(int node, Download client) {
        try {
            return client.outcome()
                    .copy()
                    .orTimeout(MOST_SECONDS, TimeUnit.SECONDS)
                    .join();
        } catch (CompletionException e) {
            throw new AssertionError(
                    "a client of node " + node + " has " + client.received() + " bytes of " + filename + " after "
                            + MOST_SECONDS + " s\n" + told(),
                    e);
        }
    }

    /** All clients of these nodes get all bytes, in one answer each. */
    void assertWhole(int... nodes) {
        for (int node : nodes) {
            for (Outcome outcome : outcomes(node)) {
                assertThat(outcome.problem())
                        .as(() -> "what a client of node " + node + " got of " + filename + "\n" + told())
                        .isEmpty();
            }
        }
    }

    boolean isDone() {
        return clients.values().stream()
                .allMatch(some -> some.stream().allMatch(one -> one.outcome().isDone()));
    }

    /** When the last client was done, by {@link System#nanoTime}. */
    long lastDone() {
        return clients.values().stream()
                .flatMap(List::stream)
                .mapToLong(client -> client.outcome().join().nanos())
                .max()
                .orElseThrow();
    }

    /** What the nodes said of this file. */
    List<String> told(int node) {
        return cluster.node(node).stderr().stream()
                .filter(line -> line.contains(filename))
                .toList();
    }

    private String told() {
        return IntStream.range(0, cluster.nodes().size())
                .mapToObj(node -> "node " + node + ":\n" + String.join("\n", told(node)))
                .reduce("", (one, other) -> one + other + "\n");
    }

    @Override
    public String toString() {
        return filename + "\n" + told();
    }
}
