package io.cornucopia.acceptance;

import static io.cornucopia.testkit.Conditions.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.dockerjava.api.model.Network.Ipam;
import io.cornucopia.testkit.Crowd;
import io.cornucopia.testkit.FakeUpstream;
import io.cornucopia.testkit.Fault;
import io.cornucopia.testkit.GoldenFile;
import io.cornucopia.testkit.GoldenWheel;
import io.cornucopia.testkit.HttpProbe;
import io.cornucopia.testkit.Seen;
import io.cornucopia.testkit.UploadForm;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.Network;
import org.testcontainers.lifecycle.Startables;

/**
 * Three nodes that are one mirror, each in a container of its own, on a network where they find one another by a name that all of them
 * have. The image is made on the spot, by {@code src/test/containers/image.sh}. Upstream is in this process.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClusterContainersTest {
    private static final Duration WITHIN = Duration.ofSeconds(120);
    private static final int NODES = 3;
    private static final int FIRST_ADDRESS = 11;
    private static final long FILE_SIZE = 20_000_000;
    private static final long HELD_UP_AFTER = 8_000_000;
    private static final String FROM_PEERS = "cornucopia_files_received_bytes_total{source=\"peer\"}";

    @TempDir
    static Path store;

    private static final List<ClusterNode> CLUSTER = new ArrayList<>();
    private static String missing = "";
    private static Network clients;
    private static Network between;
    private static FakeUpstream upstream;
    private static Crowd crowd;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        missing = missingEngine();
        if (!missing.isEmpty()) {
            return;
        }
        clients = Network.newNetwork();
        String here = gateway(clients);
        if (NetworkInterface.getByInetAddress(InetAddress.getByName(here)) == null) {
            missing = "the container engine runs on another machine, where nodes cannot reach upstream in this process";
            return;
        }
        String image = image();
        // Beside what engines give out by themselves, and of no use on the internet.
        String prefix = "198.19." + ThreadLocalRandom.current().nextInt(256) + ".";
        between = Network.builder()
                .createNetworkCmdModifier(command -> command.withInternal(true)
                        .withIpam(new Ipam().withConfig(new Ipam.Config().withSubnet(prefix + "0/24"))))
                .build();
        upstream = FakeUpstream.startOn(here);
        crowd = new Crowd();
        for (int number = 0; number < NODES; number++) {
            CLUSTER.add(new ClusterNode(
                    image,
                    clients,
                    between,
                    "node-" + number,
                    prefix + (FIRST_ADDRESS + number),
                    store,
                    upstream.url()));
        }
        Startables.deepStart(CLUSTER).join();
        awaitAllMembers();
    }

    /** Not for all at once, since tests that never begin would be in no report. */
    @BeforeEach
    void needsAnEngine() {
        assumeTrue(missing.isEmpty(), missing);
    }

    /** Why there can be no containers here; empty if there can. */
    private static String missingEngine() throws InterruptedException {
        try {
            Process asked = new ProcessBuilder("docker", "version", "--format", "{{.Server.Version}}")
                    .redirectErrorStream(true)
                    .start();
            if (!asked.waitFor(20, TimeUnit.SECONDS)) {
                asked.destroyForcibly();
                return "the container engine does not answer";
            }
            String said = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return asked.exitValue() == 0 ? "" : "there is no container engine: " + said;
        } catch (IOException e) {
            return "there is no container engine: " + e.getMessage();
        }
    }

    private static String image() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("bash", "src/test/containers/image.sh"));
        String jar = System.getProperty("cornucopia.jar", "");
        if (!jar.isEmpty()) {
            command.add(jar);
        }
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process making = builder.start();
        String name = new String(making.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(making.waitFor()).as("exit code of image.sh").isZero();
        return name;
    }

    private static String gateway(Network network) {
        return DockerClientFactory.lazyClient()
                .inspectNetworkCmd()
                .withNetworkId(network.getId())
                .exec()
                .getIpam()
                .getConfig()
                .get(0)
                .getGateway();
    }

    @AfterAll
    static void stop() throws IOException {
        Path logs = Files.createDirectories(Path.of("target", "cluster-containers"));
        for (int number = 0; number < CLUSTER.size(); number++) {
            if (CLUSTER.get(number).getContainerId() != null) {
                Files.writeString(
                        logs.resolve("node-" + number + ".log"),
                        CLUSTER.get(number).getLogs());
            }
        }
        CLUSTER.forEach(ClusterNode::stop);
        CLUSTER.clear();
        Stream.of(between, clients, crowd, upstream).filter(Objects::nonNull).forEach(ClusterContainersTest::close);
    }

    private static void close(AutoCloseable each) {
        try {
            each.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    // First, since for some seconds after a pause a node may go on alone, and ask upstream for what another one asks
    // for.
    @Test
    @Order(1)
    @DisplayName("a cold file, asked for through all three: upstream is asked once, and all digests are right")
    void coldFile() {
        GoldenFile file = put("cold");
        List<URI> addresses = new ArrayList<>();
        CLUSTER.forEach(node -> addresses.addAll(Collections.nCopies(10, node.uri("/packages/" + file.filename()))));
        crowd.get(addresses).forEach(answer -> assertWhole(file, answer));
        assertThat(upstream.bytesRequests(file.filename())).isEqualTo(1);
        assertThat(upstream.count("^/simple/cold/$")).isEqualTo(1);
    }

    @Test
    @DisplayName("an upload through any node is listed and served by all of them once it has its 200")
    void uploads() {
        List<GoldenFile> files = new ArrayList<>();
        for (int number = 0; number < NODES; number++) {
            // All have been asked for the page before, so that each has something older to remember.
            files.add(upload(number, "acme-shared", number + ".0"));
            files.forEach(ClusterContainersTest::assertServedByAll);
        }
    }

    @Test
    @DisplayName("the container that fetches a file is killed with -9: clients of the others get it whole")
    void killed() {
        GoldenFile file = put("killed");
        List<CompletableFuture<Crowd.Answer>> answers = askWhileTheFirstFetches(file);
        CLUSTER.get(0).kill9();
        answers.subList(1, NODES).forEach(answer -> assertWhole(file, answer));
        assertGoneOnWith(file);
        assertThat(answers.get(0)).failsWithin(WITHIN);
        CLUSTER.get(0).startAgain();
        awaitAllMembers();
        assertWhole(file, ask(0, file));
        assertThat(upstream.bytesRequests(file.filename())).isEqualTo(2);
    }

    @Test
    @DisplayName(
            "the container that fetches a file is paused: clients of the others get it whole, and its own once it wakes")
    void paused() {
        GoldenFile file = put("paused");
        List<CompletableFuture<Crowd.Answer>> answers = askWhileTheFirstFetches(file);
        CLUSTER.get(0).pause();
        try {
            answers.subList(1, NODES).forEach(answer -> assertWhole(file, answer));
            assertGoneOnWith(file);
        } finally {
            CLUSTER.get(0).unpause();
        }
        upstream.releaseStalls();
        assertWhole(file, answers.get(0));
        awaitAllMembers();
    }

    @Test
    @DisplayName(
            "a node is pulled out of the network of the nodes: both sides serve and take uploads; plugged in, all are one again")
    void pulledOut() {
        int alone = NODES - 1;
        CLUSTER.get(alone).pullOut();
        await("both sides know that they are parted", WITHIN, () -> members().equals(List.of(2, 2, 1)));
        GoldenFile apart = put("apart");
        IntStream.range(0, NODES).forEach(number -> assertWhole(apart, ask(number, apart)));
        assertThat(upstream.bytesRequests(apart.filename())).isEqualTo(2);
        GoldenFile here = upload(0, "acme-here", "1.0");
        GoldenFile there = upload(alone, "acme-there", "1.0");
        CLUSTER.get(alone).plugIn();
        awaitAllMembers();
        assertServedByAll(here);
        assertServedByAll(there);
        GoldenFile together = put("together");
        IntStream.range(0, NODES)
                .mapToObj(number -> ask(number, together))
                .toList()
                .forEach(answer -> assertWhole(together, answer));
        assertThat(upstream.bytesRequests(together.filename())).isEqualTo(1);
    }

    private static GoldenFile put(String project) {
        GoldenFile file = GoldenFile.blob(project, project + "-1.0-py3-none-any.whl", FILE_SIZE, project.hashCode());
        upstream.put(file);
        return file;
    }

    private static CompletableFuture<Crowd.Answer> ask(int number, GoldenFile file) {
        return crowd.get(List.of(CLUSTER.get(number).uri("/packages/" + file.filename())))
                .get(0);
    }

    private static void assertWhole(GoldenFile file, CompletableFuture<Crowd.Answer> answer) {
        assertThat(answer).succeedsWithin(WITHIN).isEqualTo(new Crowd.Answer(200, file.size(), file.sha256()));
    }

    /**
     * Asks every node for a file that the first one fetches; upstream stops in the middle of it, the first time that it is asked.
     *
     * @return what each client will get, once the others have from the first what it has
     */
    private static List<CompletableFuture<Crowd.Answer>> askWhileTheFirstFetches(GoldenFile file) {
        List<Long> before =
                CLUSTER.stream().map(node -> node.counted(FROM_PEERS).orElse(0)).toList();
        upstream.fault(file.filename(), new Fault.Times(1, new Fault.Stall(HELD_UP_AFTER)));
        List<CompletableFuture<Crowd.Answer>> answers = new ArrayList<>(List.of(ask(0, file)));
        await("upstream is asked", WITHIN, () -> upstream.bytesRequests(file.filename()) == 1);
        for (int number = 1; number < NODES; number++) {
            answers.add(ask(number, file));
        }
        for (int number = 1; number < NODES; number++) {
            ClusterNode node = CLUSTER.get(number);
            long enough = before.get(number) + HELD_UP_AFTER / 2;
            await(
                    "a node follows the first",
                    WITHIN,
                    () -> node.counted(FROM_PEERS).orElse(0) > enough);
        }
        assertThat(upstream.bytesRequests(file.filename())).isEqualTo(1);
        return answers;
    }

    /** One of the others asked upstream for what was missing, and for no more than that. */
    private static void assertGoneOnWith(GoldenFile file) {
        List<Seen> asked = upstream.requests().stream()
                .filter(seen -> seen.method().equals("GET") && seen.path().endsWith("/" + file.filename()))
                .toList();
        assertThat(asked).hasSize(2);
        assertThat(asked.get(1).rangeHeader())
                .hasValueSatisfying(range -> assertThat(Long.parseLong(range.replaceAll("^bytes=(\\d+)-$", "$1")))
                        .isBetween(HELD_UP_AFTER / 2, HELD_UP_AFTER));
    }

    private static GoldenFile upload(int number, String project, String version) {
        GoldenFile file = GoldenWheel.of(project, version).payload(200_000).build();
        UploadForm form = UploadForm.of(file);
        HttpProbe.Response answer = CLUSTER.get(number)
                .probe()
                .header("Content-Type", form.contentType())
                .send("POST", "/legacy/", form.body());
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return file;
    }

    private static void assertServedByAll(GoldenFile file) {
        for (ClusterNode node : CLUSTER) {
            HttpProbe.Response page =
                    node.probe().header("Accept", PrivateIndex.JSON).get("/simple/" + file.project() + "/");
            assertThat(page.status()).as(page.text()).isEqualTo(200);
            assertThat(page.text()).contains(file.filename()).contains(file.sha256());
            assertThat(node.probe().digest("/packages/" + file.filename()).sha256())
                    .isEqualTo(file.sha256());
        }
    }

    private static List<Integer> members() {
        return CLUSTER.stream().map(ClusterNode::members).toList();
    }

    private static void awaitAllMembers() {
        await("all see " + NODES + " members", WITHIN, () -> members().stream().allMatch(seen -> seen == NODES));
    }
}
