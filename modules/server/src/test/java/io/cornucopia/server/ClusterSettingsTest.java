package io.cornucopia.server;

import static io.cornucopia.server.Given.assertProblem;
import static io.cornucopia.server.Given.cluster;
import static io.cornucopia.server.Given.problems;
import static io.cornucopia.server.Given.set;
import static org.assertj.core.api.Assertions.assertThat;

import io.cornucopia.cluster.ClusterSettings;
import io.cornucopia.cluster.HostPort;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Whether a node is alone, and how it finds the others. */
class ClusterSettingsTest {
    @Test
    @DisplayName("a node is alone unless it is told otherwise, and then it is told how to find the others")
    void clusters() throws SettingsException {
        assertThat(set().cluster()).isEmpty();
        ClusterSettings settings = set(cluster()).cluster().orElseThrow();
        assertThat(settings.name()).isEqualTo("cornucopia");
        assertThat(settings.address()).hasToString("10.0.0.1:5701");
        assertThat(settings.internal()).hasToString("10.0.0.1:5703");
        assertThat(settings.listenHost()).isEqualTo("10.0.0.1");
        assertThat(settings.members()).extracting(HostPort::toString).containsExactly("10.0.0.1:5701", "node-2:5701");
        assertThat(settings.joinTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(settings.peerTimeout()).isEqualTo(Duration.ofSeconds(2));
        ClusterSettings other = set(
                        "cluster.enabled=true",
                        Given.SECRET,
                        "cluster.host=::1",
                        "cluster.bind_host=::",
                        "cluster.dns=nodes.example",
                        "cluster.port=1")
                .cluster()
                .orElseThrow();
        assertThat(other.dns()).contains("nodes.example");
        assertThat(other.listenHost()).isEqualTo("::");
        assertThat(other.address()).hasToString("[::1]:1");
    }

    @Test
    @DisplayName("what could be no cluster is refused, one line a mistake, all at once")
    void noCluster() {
        assertThat(problems("cluster.enabled=true"))
                .hasSize(3)
                .anySatisfy(line -> assertThat(line)
                        .startsWith("cluster.secret: is not set")
                        .contains("openssl"))
                .anySatisfy(line -> assertThat(line).startsWith("cluster.host: is not set"))
                .anySatisfy(line -> assertThat(line).startsWith("cluster.members and cluster.dns: neither"));
        assertProblem(problems(cluster("cluster.secret=hunter2")), "cluster.secret: has 7 characters", "16", "openssl");
        assertThat(problems(cluster("cluster.secret=hunter2")).toString()).doesNotContain("hunter2");
        assertProblem(problems(cluster("cluster.host=0.0.0.0")), "cluster.host: 0.0.0.0", "cluster.bind_host");
        assertProblem(problems(cluster("cluster.name=")), "cluster.name: is empty");
        assertProblem(problems(cluster("cluster.dns=nodes")), "cluster.members and cluster.dns: are both set");
        assertProblem(problems(cluster("cluster.bus_port=5701")), "cluster.port and cluster.bus_port: are both 5701");
        assertProblem(
                problems(cluster("cluster.internal_port=8080")),
                "server.port and cluster.internal_port: are both 8080");
        assertProblem(
                problems(cluster("cluster.members=node-1")),
                "--set: cluster.members: \"node-1\" is not a list of host:port; write node-1:5701");
        assertProblem(problems(cluster("cluster.port=0")), "cluster.port: \"0\" is not a whole number from 1 to 65535");
        assertProblem(problems(cluster("cluster.join_timeout=0s")), "cluster.join_timeout", "1s");
    }

    @Test
    @DisplayName("several nodes take uploads into a store that all of them see, or take none")
    void sharedStore() throws SettingsException {
        String token = "upload.token=" + "t".repeat(40);
        assertProblem(
                problems(cluster(token)),
                "upload.store: " + Path.of("data").toAbsolutePath(),
                "upload.store_shared=true",
                "upload.enabled=false");
        assertThat(set(cluster(token, "upload.enabled=false")).cluster()).isPresent();
        assertThat(set(cluster(token, "upload.store_shared=true", "log.audit=stdout"))
                        .warnings())
                .isEmpty();
        assertThat(set(cluster(token, "upload.store_shared=true")).warnings())
                .singleElement()
                .asString()
                .contains("log.audit");
        assertThat(set(token).warnings()).isEmpty();
    }

    @Test
    @DisplayName("settings of a cluster that is not enabled are a warning, and no secret is shown")
    void clusterNotEnabled() throws SettingsException {
        Settings settings = set("cluster.members=node-1:5701", Given.SECRET);
        assertThat(settings.cluster()).isEmpty();
        assertThat(settings.warnings())
                .hasSize(2)
                .allSatisfy(line -> assertThat(line).contains("cluster.enabled").doesNotContain("nobody else"));
        assertThat(settings.toYaml()).doesNotContain("nobody else").contains("***");
        assertThat(set(cluster()).cluster().orElseThrow().toString()).doesNotContain("nobody else");
    }
}
