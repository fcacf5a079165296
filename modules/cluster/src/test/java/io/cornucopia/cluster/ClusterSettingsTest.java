package io.cornucopia.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClusterSettingsTest {
    private static final List<HostPort> MEMBERS = List.of(new HostPort("a", 5701));

    private static ClusterSettings settings(String secret, String host, List<HostPort> members, Optional<String> dns) {
        return new ClusterSettings(
                "name", secret, host, 5701, 5702, 5703, members, dns, Duration.ofSeconds(10), Duration.ofSeconds(2));
    }

    @Test
    void whatCannotWorkIsRefusedByItsKey() {
        assertThatThrownBy(() -> settings("short", "127.0.0.1", MEMBERS, Optional.empty()))
                .hasMessageContaining("cluster.secret")
                .hasMessageNotContaining("short");
        assertThatThrownBy(() -> settings(TestNode.SECRET, "0.0.0.0", MEMBERS, Optional.empty()))
                .hasMessageContaining("cluster.host");
        assertThatThrownBy(() -> settings(TestNode.SECRET, "127.0.0.1", List.of(), Optional.empty()))
                .hasMessageContaining("cluster.members");
        assertThatThrownBy(() -> settings(TestNode.SECRET, "127.0.0.1", MEMBERS, Optional.of("nodes")))
                .hasMessageContaining("cluster.dns");
    }

    @Test
    void theSecretIsNotToldOn() {
        assertThat(settings(TestNode.SECRET, "127.0.0.1", MEMBERS, Optional.empty())
                        .toString())
                .doesNotContain(TestNode.SECRET)
                .contains("127.0.0.1:5701");
    }

    @Test
    void hostsAndPortsAreReadAsTheyAreWritten() {
        for (String text : List.of("node-1:5701", "10.0.0.1:1", "[::1]:65535")) {
            assertThat(HostPort.parse(text)).hasToString(text);
        }
        for (String text : List.of("node-1", "node-1:", "node-1:0", "::1:5701", ":5701", "a b:1", "node-1:70000")) {
            assertThatThrownBy(() -> HostPort.parse(text)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void recordsOfOtherVersionsCountForNothing() {
        assertThat(LeaseRecord.parse(new LeaseRecord("node", 7).text())).contains(new LeaseRecord("node", 7));
        assertThat(LeaseRecord.parse("2 node 7")).isEmpty();
        assertThat(LeaseRecord.parse("1 node x")).isEmpty();
        assertThat(PageRevision.parse("2 a b c d")).isEmpty();
        assertThat(PageRevision.parse("1 x node -")).isEmpty();
        assertThat(PageRevision.parse("")).isEmpty();
    }
}
