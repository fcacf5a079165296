package io.cornucopia.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cornucopia.testkit.FakeUpstream;
import io.cornucopia.testkit.FreePorts;
import io.cornucopia.testkit.Node;
import io.cornucopia.testkit.TestCluster;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The packaged program on the command line: what operators' scripts rely on. */
class ProgramTest {
    private static final Path LAUNCHER = Path.of("..", "..", "bin", "cornucopia");
    private static final Path JAR = Path.of("..", "server", "target", "cornucopia.jar");

    @TempDir
    Path directory;

    private record Ended(int exit, List<String> out, List<String> err) {}

    private Ended run(Map<String, String> env, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                JAR.toAbsolutePath().toString()));
        command.addAll(List.of(arguments));
        return run(env, command);
    }

    private Ended run(Map<String, String> env, List<String> command) throws IOException, InterruptedException {
        Path out = directory.resolve("out.txt");
        Path err = directory.resolve("err.txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().putAll(env);
        Process process = builder.start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS))
                    .as("it ends by itself")
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Ended(process.exitValue(), Files.readAllLines(out), Files.readAllLines(err));
    }

    @Test
    @DisplayName("--version and --help print and end with 0")
    void versionAndHelp() throws Exception {
        Ended version = run(Map.of(), "--version");
        assertThat(version.exit()).isZero();
        assertThat(version.out()).singleElement().asString().matches("cornucopia \\d+\\.\\d+\\.\\d+.*");
        Ended help = run(Map.of(), "--help");
        assertThat(help.exit()).isZero();
        assertThat(String.join("\n", help.out())).contains("--conf", "--set", "--check", "--version");
        assertThat(version.err()).isEmpty();
        assertThat(help.err()).isEmpty();
    }

    @Test
    @DisplayName(
            "bin/cornucopia starts from the recorded classes, --until-ready ends once it is ready, and nobody complains")
    void launcher() throws Exception {
        Map<String, String> env = Map.of(
                "JAVA_HOME",
                System.getProperty("java.home"),
                // What it says goes to stdout, where the rest of the output is looked at.
                "JDK_JAVA_OPTIONS",
                "-Xlog:class+load:file=" + directory.resolve("classes.txt"));
        Ended started = run(
                env,
                List.of(
                        LAUNCHER.toAbsolutePath().toString(),
                        "--until-ready",
                        "--set=server.host=127.0.0.1",
                        "--set=server.port=0",
                        "--set=cache.dir=" + directory.resolve("cache"),
                        "--set=upload.store=" + directory.resolve("data"),
                        "--set=log.audit=" + directory.resolve("audit.jsonl")));
        assertThat(started.exit()).as(String.join("\n", started.err())).isZero();
        assertThat(String.join("\n", started.out())).contains("listening on  127.0.0.1:");
        assertThat(started.err())
                .allMatch(line -> line.startsWith("NOTE: Picked up JDK_JAVA_OPTIONS") || line.contains(" INFO "));
        assertThat(Files.readAllLines(directory.resolve("classes.txt")))
                .as("Vert.x comes from the record, and not from the jar")
                .anyMatch(line -> line.contains("io.vertx.core.Vertx ") && line.contains("shared objects file (top)"));
    }

    @Test
    @DisplayName("bin/cornucopia without its jar says where it looked and how to build it")
    void launcherAlone() throws Exception {
        Path alone = Files.createDirectories(directory.resolve("bin")).resolve("cornucopia");
        Files.copy(LAUNCHER, alone, StandardCopyOption.COPY_ATTRIBUTES);
        Ended ended = run(Map.of(), List.of(alone.toString()));
        assertThat(ended.exit()).isEqualTo(1);
        assertThat(ended.err())
                .singleElement()
                .asString()
                .contains("no cornucopia.jar", alone.toString(), "./mvnw -DskipTests package");
    }

    @Test
    @DisplayName("--set beats environment beats file, and --check shows what holds, without secrets")
    void precedence() throws Exception {
        Files.writeString(directory.resolve("my.yaml"), """
                server:
                  port: 1111
                  host: 127.0.0.1
                upstream:
                  password: hunter2
                  username: me
                cache:
                  metadata_ttl: 1m
                  negative_ttl: 2m
                """);
        Ended check = run(
                Map.of(
                        "CORNUCOPIA_CACHE_METADATA_TTL", "5m",
                        "CORNUCOPIA_SERVER_PORT", "2222",
                        "CORNUCOPIA_UPSTREAM_FILE_HOSTS", "a.example,b.example:8443"),
                "--conf",
                "my.yaml",
                "--set",
                "server.port=3333",
                "--check");
        assertThat(check.exit()).as(String.join("\n", check.err())).isZero();
        assertThat(String.join("\n", check.out()))
                .contains("port: \"3333\"", "metadata_ttl: \"5m\"", "negative_ttl: \"2m\"")
                .contains("a.example", "b.example:8443")
                .doesNotContain("hunter2", "1111", "2222");
    }

    @Test
    @DisplayName("bad configuration is one clear line a mistake and exit code 2, before a port is opened")
    void misconfigured() throws Exception {
        for (List<String> mistake : List.of(
                List.of("server.prot=1", "server.port"),
                List.of("cache.metadata_ttl=10", "10"),
                List.of("cache.max_size=5 parsecs", "parsecs"),
                List.of("upstream.url=ftp://x/", "ftp://x/"),
                List.of("index.root=everything", "known"))) {
            Ended ended = run(Map.of(), "--set", mistake.get(0));
            assertThat(ended.exit()).as(mistake.get(0)).isEqualTo(2);
            assertThat(ended.err()).singleElement().asString().contains(mistake.get(1));
            assertThat(ended.out()).isEmpty();
        }
        Files.writeString(directory.resolve("bad.yaml"), "server:\n  port: [\n");
        Ended ended = run(Map.of(), "--conf", "bad.yaml");
        assertThat(ended.exit()).isEqualTo(2);
        assertThat(String.join("\n", ended.err())).contains("bad.yaml").doesNotContain("\tat ");
    }

    @Test
    @DisplayName("a port that is taken is one clear line and exit code 1")
    void portTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Ended ended =
                    run(Map.of(), "--set", "server.host=127.0.0.1", "--set", "server.port=" + taken.getLocalPort());
            assertThat(ended.exit()).isEqualTo(1);
            assertThat(ended.err()).singleElement().asString().contains(String.valueOf(taken.getLocalPort()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cluster.bus_port", "cluster.internal_port"})
    @DisplayName("a port for other nodes that is taken is told by its key, with exit code 1")
    void clusterPortTaken(String key) throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            List<Integer> free = FreePorts.take(3);
            Ended ended = run(
                    Map.of("CORNUCOPIA_CLUSTER_SECRET", TestCluster.SECRET),
                    "--set=server.port=0",
                    "--set=upload.enabled=false",
                    "--set=cluster.enabled=true",
                    "--set=cluster.host=127.0.0.1",
                    "--set=cluster.join_timeout=1s",
                    "--set=cluster.members=127.0.0.1:" + free.get(0),
                    "--set=cluster.port=" + free.get(0),
                    "--set=cluster.bus_port=" + free.get(1),
                    "--set=cluster.internal_port=" + free.get(2),
                    "--set=" + key + "=" + taken.getLocalPort());
            assertThat(ended.exit()).isEqualTo(1);
            assertThat(ended.err())
                    .last()
                    .asString()
                    .startsWith(
                            "cornucopia: " + key + ": 127.0.0.1:" + taken.getLocalPort() + " cannot be listened on");
            assertThat(ended.err())
                    .as("it says that it found nobody")
                    .anyMatch(line -> key.equals("cluster.bus_port") || line.contains("this one begins alone"));
        }
    }

    @Test
    @DisplayName(
            "it says where it listens, what upstream is, where the cache lies and what to give to pip, and nothing else")
    void banner() {
        try (FakeUpstream upstream = FakeUpstream.start();
                Mirror mirror = Mirror.over(upstream, directory)) {
            String out = String.join("\n", mirror.node().stdout());
            assertThat(out)
                    .contains("127.0.0.1:" + mirror.node().port())
                    .contains(upstream.url())
                    .contains(mirror.cacheDirectory().toString())
                    .contains("pip install --index-url " + mirror.simpleUrl());
            assertThat(mirror.node().stderr()).isEmpty();
        }
    }

    @Test
    @DisplayName("on JDK 25 it starts as quietly and serves as well")
    void onJdk25() throws IOException {
        Optional<Path> jdk = jdk25();
        assumeTrue(jdk.isPresent(), "there is no JDK 25 in JDK25_HOME or /usr/lib/jvm: not tried on it here");
        try (FakeUpstream upstream = FakeUpstream.start();
                Node node = Node.builder()
                        .java(jdk.get())
                        .workDir(directory)
                        .set("upstream.url", upstream.url())
                        .set("cache.dir", directory.resolve("cache").toString())
                        .start()) {
            assertThat(node.probe().get("/simple/").status()).isEqualTo(200);
            assertThat(node.probe().get("/metrics").status()).isEqualTo(200);
            assertThat(node.stderr()).isEmpty();
        }
    }

    /** Where a JDK 25 is; empty if none is here. */
    static Optional<Path> jdk25() throws IOException {
        Optional<Path> told = Optional.ofNullable(System.getenv("JDK25_HOME")).map(Path::of);
        Path installed = Path.of("/usr/lib/jvm");
        if (told.isPresent() || !Files.isDirectory(installed)) {
            return told;
        }
        try (Stream<Path> homes = Files.list(installed)) {
            return homes.filter(ProgramTest::isJdk25).findFirst();
        }
    }

    private static boolean isJdk25(Path home) {
        try {
            return Files.readString(home.resolve("release"), StandardCharsets.UTF_8)
                    .contains("JAVA_VERSION=\"25");
        } catch (IOException e) {
            return false;
        }
    }
}
