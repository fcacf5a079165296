package io.cornucopia.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.cornucopia.testkit.ClientTools;
import io.cornucopia.testkit.Crowd;
import io.cornucopia.testkit.GoldenFile;
import io.cornucopia.testkit.GoldenWheel;
import io.cornucopia.testkit.Node;
import io.cornucopia.testkit.S3Server;
import io.cornucopia.testkit.TestCluster;
import io.cornucopia.testkit.UploadForm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three nodes that share nothing but a bucket, by the configuration of {@code k8s/overlays/s3} and an environment as Kubernetes gives
 * it; one of them has no key but a web identity. The S3 server is moto.
 */
class ClusterBucketTest {
    private static final int NODES = 3;
    private static final int EACH = 12;
    private static final String BUCKET = "acme-packages";
    private static final Duration WITHIN = Duration.ofSeconds(60);
    private static final Path CONFIGURATION = Path.of("..", "..", "k8s", "overlays", "s3", "cornucopia.yaml");

    @TempDir
    static Path directory;

    private static S3Server bucket;
    private static TestCluster cluster;
    private static List<OwnedNode> nodes;

    @BeforeAll
    static void start() throws IOException {
        ClientTools.Preparation preparation = ClientTools.prepareServers(Path.of("..", "testkit", "target", "servers"));
        if (preparation instanceof ClientTools.Unavailable unavailable) {
            abort("moto, the S3 server of this test, cannot be had here: " + unavailable.reason());
        }
        bucket = S3Server.moto(((ClientTools.Prepared) preparation).tools(), directory.resolve("moto"));
        bucket.makeBucket(BUCKET);
        Path token = Files.writeString(directory.resolve("token"), "a token that the cluster would have made");
        cluster = TestCluster.builder()
                .directory(directory)
                .set("upstream.url", "http://127.0.0.1:9/simple/")
                .set("upstream.offline", "true")
                .set("projects.acme-*.origin", "private")
                .unset("upload.store_shared")
                .jvm("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
                .each((node, number) -> environment(node, number, token))
                .start();
        nodes = OwnedNode.of(cluster);
    }

    private static void environment(Node.Builder node, int number, Path token) {
        node.conf(CONFIGURATION)
                // What belongs to the place where it runs.
                .set("cluster.dns", "")
                .set("access.token_file", "")
                .set("log.format", "text")
                .unset("upload.store")
                .env("CORNUCOPIA_UPLOAD_STORE", "s3://" + BUCKET + "/cornucopia")
                .env("CORNUCOPIA_UPLOAD_S3_ENDPOINT", bucket.url())
                .env("CORNUCOPIA_UPLOAD_S3_REGION", "us-east-1")
                .env("CORNUCOPIA_UPLOAD_S3_PATH_STYLE", "true");
        if (number == NODES - 1) {
            node.env("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/cornucopia")
                    .env("AWS_WEB_IDENTITY_TOKEN_FILE", token.toAbsolutePath().toString())
                    .env("AWS_ENDPOINT_URL_STS", bucket.url())
                    .env("AWS_REGION", "us-east-1");
        } else {
            node.env("AWS_ACCESS_KEY_ID", S3Server.ACCESS_KEY).env("AWS_SECRET_ACCESS_KEY", S3Server.SECRET_KEY);
        }
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.close();
        }
        if (bucket != null) {
            bucket.close();
        }
    }

    @Test
    @DisplayName("what twine uploads through one node, pip installs through another, with web identity as with a key")
    void clients() throws IOException {
        ClientTools tools = Clients.tools();
        for (int number = 0; number < NODES; number++) {
            OwnedNode one = nodes.get(number);
            OwnedNode other = nodes.get((number + 1) % NODES);
            GoldenFile wheel = GoldenWheel.of("acme-tool-" + number, "1.0")
                    .payload(200_000)
                    .build();
            Path work = Files.createDirectories(directory.resolve("clients-" + number));
            Path file = Files.write(work.resolve(wheel.filename()), wheel.bytes());
            ClientTools.Outcome uploaded = tools.run(
                    work,
                    Map.of(),
                    WITHIN,
                    "twine",
                    "upload",
                    "--non-interactive",
                    "--disable-progress-bar",
                    "--repository-url",
                    one.legacy().toString(),
                    "-u",
                    "__token__",
                    "-p",
                    TestCluster.TOKEN,
                    file.toString());
            assertThat(uploaded.ok()).as(uploaded.output()).isTrue();
            ClientTools.Outcome installed = Installer.PIP.install(
                    tools, work.resolve("install"), other.node().simpleUrl(), List.of(wheel.project()), Map.of());
            assertThat(installed.ok()).as(installed.output()).isTrue();
            nodes.forEach(node -> node.assertServed(wheel));
        }
        assertThat(cluster.store()).as("nothing lies in a directory").doesNotExist();
        assertThat(directory.resolve("moto/s3-server.log"))
                .as("the web identity was shown to STS, which is asked at /")
                .content()
                .contains("\"POST / HTTP/1.1\" 200");
    }

    @Test
    @DisplayName("uploads through all nodes while the one is killed -9: what got 200 is listed on all, and whole")
    void killed() {
        String project = "acme-killed";
        Map<String, GoldenFile> sent = new HashMap<>();
        List<String> acknowledged = new ArrayList<>();
        int unanswered = 0;
        int victim = 0;
        try (Crowd crowd = new Crowd()) {
            List<GoldenFile> files = new ArrayList<>();
            List<CompletableFuture<Crowd.Reply>> replies = new ArrayList<>();
            List<CompletableFuture<Crowd.Reply>> ofVictim = new ArrayList<>();
            for (int number = 0; number < NODES; number++) {
                List<GoldenFile> its = new ArrayList<>();
                for (int i = 0; i < EACH; i++) {
                    its.add(GoldenWheel.of(project, "1." + number + "." + i)
                            .payload(50_000 + i)
                            .build());
                }
                List<CompletableFuture<Crowd.Reply>> answers = crowd.post(
                        nodes.get(number).legacy(),
                        TestCluster.TOKEN,
                        its.stream().map(UploadForm::of).toList());
                files.addAll(its);
                replies.addAll(answers);
                if (number == victim) {
                    ofVictim.addAll(answers);
                }
            }
            files.forEach(file -> sent.put(file.filename(), file));
            // It has said 200 to one, and is in the middle of others.
            CompletableFuture.anyOf(ofVictim.toArray(CompletableFuture[]::new))
                    .orTimeout(WITHIN.toSeconds(), TimeUnit.SECONDS)
                    .join();
            cluster.node(victim).kill9();
            for (int i = 0; i < files.size(); i++) {
                Crowd.Reply reply = replies.get(i)
                        .handle((got, failure) -> failure == null ? got : new Crowd.Reply(0, ""))
                        .orTimeout(WITHIN.toSeconds(), TimeUnit.SECONDS)
                        .join();
                if (reply.status() == 200) {
                    acknowledged.add(files.get(i).filename());
                } else {
                    assertThat(reply.status()).as(reply.text()).isZero();
                    unanswered++;
                }
            }
        }
        cluster.node(victim).awaitExit(WITHIN);
        for (int number = 1; number < NODES; number++) {
            assertThat(nodes.get(number).digests(project).keySet())
                    .as("on the nodes that live, at once")
                    .containsAll(acknowledged);
        }
        cluster.node(victim).restart();
        cluster.awaitAllMembers();
        Map<String, String> listed = nodes.get(0).digests(project);
        System.out.printf(
                "BUCKET one of %d nodes killed: %d acknowledged, %d unanswered, %d of those listed%n",
                NODES, acknowledged.size(), unanswered, listed.size() - acknowledged.size());
        assertThat(acknowledged).hasSizeGreaterThan((NODES - 1) * EACH);
        assertThat(listed.keySet()).containsAll(acknowledged);
        for (OwnedNode node : nodes) {
            assertThat(node.digests(project)).isEqualTo(listed);
            listed.keySet().forEach(filename -> node.assertServed(sent.get(filename)));
        }
        // Whatever else holds up an event loop while nodes start on a busy machine, the bucket does not.
        assertThat(cluster.blockedThreads())
                .noneMatch(trace -> trace.contains("io.cornucopia.storage") || trace.contains("software.amazon"));
    }
}
