package io.cornucopia.testkit;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.ObjIntConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Several nodes that are one mirror, each a process with a cache of its own, over one upstream and with one store of uploads.
 * Killing, freezing, stopping and starting again is up to each {@link Node}; the {@link Network} between them may be parted.
 */
public final class TestCluster implements AutoCloseable {
    /** A token that may do everything on every node. */
    public static final String TOKEN = "a-token-that-may-do-everything-in-tests";

    /** What every node knows. */
    public static final String SECRET = "known to the nodes of a test and to nobody else";

    private static final Duration WITHIN = Duration.ofSeconds(60);

    private final Network network;
    private final Path directory;
    private final List<NodePorts> ports;
    private final List<Node> nodes = new ArrayList<>();

    private TestCluster(Network network, Path directory, List<NodePorts> ports) {
        this.network = network;
        this.directory = directory;
        this.ports = ports;
    }

    /** Starts the description of a cluster. */
    public static Builder builder() {
        return new Builder();
    }

    /** All nodes, whatever has become of them. */
    public List<Node> nodes() {
        return List.copyOf(nodes);
    }

    /** The node of that number, from 0 on. */
    public Node node(int number) {
        return nodes.get(number);
    }

    /** The ports of that node. */
    public NodePorts ports(int number) {
        return ports.get(number);
    }

    /** Where others find that node: {@code cluster.host} and {@code cluster.port}. */
    public String address(int number) {
        return network.nodeHost(number) + ":" + ports.get(number).hazelcast();
    }

    /** Where other nodes take files from that node. */
    public String internal(int number) {
        return network.nodeHost(number) + ":" + ports.get(number).internal();
    }

    /** What lies between them. */
    public Network network() {
        return network;
    }

    /** The cache of that node. */
    public Path cache(int number) {
        return directory.resolve("node-" + number).resolve("cache");
    }

    /** Where all nodes keep uploads. */
    public Path store() {
        return directory.resolve("store");
    }

    /** What that node says of the cluster; empty if it says nothing. */
    public Optional<JsonObject> seenBy(int number) {
        try {
            HttpProbe.Response response = node(number)
                    .probe()
                    .timeout(Duration.ofSeconds(5))
                    .header("Authorization", "Bearer " + TOKEN)
                    .get("/api/cluster");
            return response.status() == 200 ? Optional.of(new JsonObject(response.text())) : Optional.empty();
        } catch (UncheckedIOException e) {
            return Optional.empty();
        }
    }

    /** The addresses of the members that this node knows, the longest here first. */
    public List<String> membersSeenBy(int number) {
        return seenBy(number)
                .map(told -> told.getJsonArray("members"))
                .map(TestCluster::addresses)
                .orElse(List.of());
    }

    private static List<String> addresses(JsonArray members) {
        return members.stream()
                .map(member -> ((JsonObject) member).getString("address"))
                .toList();
    }

    /** The node that is here longest as the others see it: whose death is the hardest on them. */
    public int oldest() {
        int witness = IntStream.range(0, nodes.size())
                .filter(number -> node(number).isRunning())
                .findFirst()
                .orElseThrow();
        String address = membersSeenBy(witness).get(0);
        return IntStream.range(0, nodes.size())
                .filter(number -> address(number).equals(address))
                .findFirst()
                .orElseThrow();
    }

    /**
     * Which node asked upstream that; empty if its connection is closed by now.
     *
     * @param upstreamPort where upstream listens
     */
    public OptionalInt whoAsked(Seen request, int upstreamPort) {
        return IntStream.range(0, nodes.size())
                .filter(number -> node(number).isRunning()
                        && ProcessSockets.has(node(number).pid(), request.fromPort(), upstreamPort))
                .findFirst();
    }

    /** Waits until each of these nodes sees exactly these as members. */
    public void awaitMembers(int... numbers) {
        List<String> expected =
                IntStream.of(numbers).mapToObj(this::address).sorted().toList();
        try {
            Conditions.await(
                    "that the nodes see one another as members: " + expected,
                    WITHIN,
                    () -> IntStream.of(numbers)
                            .allMatch(number -> membersSeenBy(number).stream()
                                    .sorted()
                                    .toList()
                                    .equals(expected)));
        } catch (AssertionError e) {
            String seen = IntStream.of(numbers)
                    .mapToObj(number -> address(number) + " sees " + membersSeenBy(number))
                    .collect(Collectors.joining("\n"));
            throw new AssertionError(e.getMessage() + "\n" + seen + "\n" + lastWords(), e);
        }
    }

    /** Waits until all nodes see one another as members. */
    public void awaitAllMembers() {
        awaitMembers(IntStream.range(0, nodes.size()).toArray());
    }

    private String lastWords() {
        return nodes.stream()
                .map(node -> node.workDir().getFileName() + ":\n"
                        + String.join(
                                "\n",
                                node.stderr()
                                        .subList(
                                                Math.max(0, node.stderr().size() - 40),
                                                node.stderr().size())))
                .collect(Collectors.joining("\n"));
    }

    /** Parts that node from all others. */
    public void isolate(int number) {
        for (int other = 0; other < nodes.size(); other++) {
            if (other != number) {
                network.part(number, other);
            }
        }
    }

    /** What Vert.x of any node complains of blocked threads. */
    public List<String> blockedThreads() {
        return nodes.stream().flatMap(node -> node.blockedThreads().stream()).toList();
    }

    @Override
    public void close() {
        nodes.forEach(Node::close);
        network.close();
    }

    /** Says what the cluster is like. */
    public static final class Builder {
        private final Map<String, String> settings = new LinkedHashMap<>();
        private final List<String> jvm = new ArrayList<>();
        private int count = 3;
        private Network network = Network.loopback();
        private Optional<FakeUpstream> upstream = Optional.empty();
        private Optional<Path> directory = Optional.empty();
        private Optional<Path> java = Optional.empty();
        private ObjIntConsumer<Node.Builder> each = (node, number) -> {};

        private Builder() {
            settings.put("cluster.enabled", "true");
            settings.put("cluster.secret", SECRET);
            settings.put("cluster.join_timeout", "60s");
            settings.put("upload.token", TOKEN);
            settings.put("upload.store_shared", "true");
            settings.put("log.audit", "stdout");
            settings.put("upstream.connect_timeout", "2s");
            settings.put("server.blocked_thread_warning", "100ms");
        }

        /** How many nodes; without this, three. */
        public Builder nodes(int number) {
            count = number;
            return this;
        }

        /** What is mirrored. */
        public Builder over(FakeUpstream index) {
            upstream = Optional.of(index);
            return this;
        }

        /** The directory for all of it; without this, a new temporary one. */
        public Builder directory(Path path) {
            directory = Optional.of(path);
            return this;
        }

        /** What lies between the nodes; without this, nothing but loopback. Closed with the cluster. */
        public Builder network(Network between) {
            network = between;
            return this;
        }

        /** Passes {@code --set key=value} to each node. */
        public Builder set(String key, String value) {
            settings.put(key, value);
            return this;
        }

        /** Passes no such key. */
        public Builder unset(String key) {
            settings.remove(key);
            return this;
        }

        /** Adds options of the JVM. */
        public Builder jvm(String... options) {
            jvm.addAll(List.of(options));
            return this;
        }

        /** The JDK that runs them; without this, the one that runs the test. */
        public Builder java(Path home) {
            java = Optional.of(home);
            return this;
        }

        /** Adds to the description of each node, by its number. */
        public Builder each(ObjIntConsumer<Node.Builder> more) {
            ObjIntConsumer<Node.Builder> before = each;
            each = (node, number) -> {
                before.accept(node, number);
                more.accept(node, number);
            };
            return this;
        }

        /** Starts all nodes at once, and waits until they are one cluster. */
        public TestCluster start() {
            TestCluster cluster = launch();
            try {
                cluster.nodes.forEach(Node::awaitReady);
                cluster.awaitAllMembers();
                return cluster;
            } catch (RuntimeException | Error e) {
                cluster.close();
                throw e;
            }
        }

        /** Starts all nodes at once. */
        public TestCluster launch() {
            TestCluster cluster = new TestCluster(
                    network,
                    directory.orElseGet(Builder::temporary),
                    IntStream.range(0, count)
                            .mapToObj(number -> NodePorts.take())
                            .toList());
            try {
                for (int number = 0; number < count; number++) {
                    cluster.nodes.add(launch(cluster, number));
                }
                return cluster;
            } catch (RuntimeException | Error e) {
                cluster.close();
                throw e;
            }
        }

        private Node launch(TestCluster cluster, int number) {
            NodePorts ports = cluster.ports(number);
            network.expect(
                    number,
                    ports,
                    () -> number < cluster.nodes.size()
                            ? OptionalLong.of(cluster.node(number).pid())
                            : OptionalLong.empty());
            Node.Builder node = Node.builder().workDir(cluster.directory.resolve("node-" + number));
            node.before(network.before(number))
                    .set("server.host", network.clientHost(number))
                    .set("server.port", Integer.toString(ports.client()))
                    .set("cache.dir", cluster.cache(number).toString())
                    .set("upload.store", cluster.store().toString())
                    .set("cluster.host", network.nodeHost(number))
                    .set("cluster.port", Integer.toString(ports.hazelcast()))
                    .set("cluster.bus_port", Integer.toString(ports.bus()))
                    .set("cluster.internal_port", Integer.toString(ports.internal()))
                    .set(
                            "cluster.members",
                            IntStream.range(0, count).mapToObj(cluster::address).collect(Collectors.joining(",")));
            upstream.ifPresent(index -> node.set("upstream.url", index.url()));
            settings.forEach(node::set);
            network.settings(number).forEach(node::set);
            node.jvm(jvm.toArray(String[]::new));
            java.ifPresent(node::java);
            each.accept(node, number);
            return node.launch();
        }

        private static Path temporary() {
            try {
                return Files.createTempDirectory("cornucopia-cluster");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
