package io.cornucopia.acceptance;

import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.ContainerNetwork;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.Ports;
import com.github.dockerjava.api.model.Volume;
import io.cornucopia.testkit.HttpProbe;
import io.cornucopia.testkit.TestCluster;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/**
 * A node in a container of its own, with a cache that is its own. It is on two networks: by one clients and upstream are reached, by
 * the other the nodes reach one another, under names, and that one can be pulled out. Starting it again keeps its cache and its
 * addresses among the nodes; clients then find it on another port.
 */
final class ClusterNode extends GenericContainer<ClusterNode> {
    /** A name whose addresses are those of all nodes, as that of a headless service is. */
    private static final String ALL = "nodes";

    private static final int PORT = 8080;
    private static final String STORE = "/store";

    private final Network nodes;
    private final String name;
    private final String address;

    /**
     * @param nodes the network of the nodes alone
     * @param address the one that this node has there
     * @param store a directory of this machine for the uploads of all nodes
     */
    ClusterNode(
            String image, Network clients, Network nodes, String name, String address, Path store, String upstream) {
        super(DockerImageName.parse(image));
        this.nodes = nodes;
        this.name = name;
        this.address = address;
        withNetwork(clients);
        withExposedPorts(PORT);
        withCreateContainerCmdModifier(
                command -> command.getHostConfig().withBinds(new Bind(store.toString(), new Volume(STORE))));
        withEnv("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
        withEnv("CORNUCOPIA_CLUSTER_ENABLED", "true");
        withEnv("CORNUCOPIA_CLUSTER_SECRET", TestCluster.SECRET);
        withEnv("CORNUCOPIA_CLUSTER_HOST", name);
        withEnv("CORNUCOPIA_CLUSTER_DNS", ALL);
        withEnv("CORNUCOPIA_CLUSTER_JOIN_TIMEOUT", "60s");
        withEnv("CORNUCOPIA_UPSTREAM_URL", upstream);
        withEnv("CORNUCOPIA_UPLOAD_TOKEN", TestCluster.TOKEN);
        withEnv("CORNUCOPIA_UPLOAD_STORE", STORE);
        withEnv("CORNUCOPIA_UPLOAD_STORE_SHARED", "true");
        withEnv("CORNUCOPIA_LOG_AUDIT", "stdout");
        waitingFor(Wait.forHttp("/health/ready").forPort(PORT).withStartupTimeout(Duration.ofMinutes(3)));
    }

    @Override
    protected void containerIsCreated(String containerId) {
        plugIn();
    }

    /** Puts it on the network of the nodes. */
    void plugIn() {
        dockerClient
                .connectToNetworkCmd()
                .withContainerId(getContainerId())
                .withNetworkId(nodes.getId())
                .withContainerNetwork(new ContainerNetwork()
                        .withAliases(name, ALL)
                        .withIpamConfig(new ContainerNetwork.Ipam().withIpv4Address(address)))
                .exec();
    }

    /** Pulls it out of the network of the nodes; clients and upstream are reached as before. */
    void pullOut() {
        dockerClient
                .disconnectFromNetworkCmd()
                .withContainerId(getContainerId())
                .withNetworkId(nodes.getId())
                .exec();
    }

    /** Ends it without asking. */
    void kill9() {
        dockerClient.killContainerCmd(getContainerId()).withSignal("KILL").exec();
        dockerClient.waitContainerCmd(getContainerId()).start().awaitStatusCode();
    }

    /** Starts one that has ended. */
    void startAgain() {
        dockerClient.startContainerCmd(getContainerId()).exec();
    }

    /** Freezes it. */
    void pause() {
        dockerClient.pauseContainerCmd(getContainerId()).exec();
    }

    /** Lets a frozen one go on. */
    void unpause() {
        dockerClient.unpauseContainerCmd(getContainerId()).exec();
    }

    /** Where clients reach it now. */
    URI uri(String path) {
        Ports.Binding[] bindings = dockerClient
                .inspectContainerCmd(getContainerId())
                .exec()
                .getNetworkSettings()
                .getPorts()
                .getBindings()
                .get(ExposedPort.tcp(PORT));
        return URI.create("http://" + getHost() + ":" + bindings[0].getHostPortSpec() + path);
    }

    /** A probe with the token that may do everything. */
    HttpProbe probe() {
        return HttpProbe.at(uri("/"))
                .timeout(Duration.ofSeconds(10))
                .header("Authorization", "Bearer " + TestCluster.TOKEN);
    }

    /** How many members it sees; 0 if it is not ready or says nothing. */
    int members() {
        try {
            if (probe().get("/health/ready").status() != 200) {
                return 0;
            }
            JsonArray members = new JsonObject(probe().get("/api/cluster").text()).getJsonArray("members");
            return members == null ? 0 : members.size();
        } catch (UncheckedIOException e) {
            return 0;
        }
    }

    /** What it counts under that name of a metric, labels and all; empty if it does not say. */
    OptionalLong counted(String metric) {
        try {
            return probe().get("/metrics")
                    .text()
                    .lines()
                    .filter(line -> line.startsWith(metric + " "))
                    .mapToLong(line -> (long) Double.parseDouble(line.substring(metric.length() + 1)))
                    .findFirst();
        } catch (UncheckedIOException e) {
            return OptionalLong.empty();
        }
    }
}
