package io.cornucopia.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.cornucopia.testkit.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JoiningTest {
    @Test
    void membersOfAListFindOneAnother() {
        List<TestNode> nodes = TestNode.start(3);
        try {
            for (TestNode node : nodes) {
                await().untilAsserted(
                                () -> assertThat(node.cluster.members().all()).hasSize(3));
                assertThat(node.cluster.members().self().version()).isEqualTo("1.2.3");
                assertThat(node.cluster.members().self().internal()).isEqualTo(node.settings.internal());
                assertThat(node.cluster.members().self().address()).isEqualTo(node.settings.address());
            }
            assertThat(nodes.get(0).cluster.members().find(nodes.get(2).id()))
                    .map(Member::internal)
                    .contains(nodes.get(2).settings.internal());
        } finally {
            nodes.forEach(TestNode::close);
        }
    }

    @Test
    void whoDoesNotKnowTheSecretBeginsAlone() {
        List<Integer> ports = FreePorts.take(2);
        try (TestNode first =
                        TestNode.start(TestNode.settings(ports, ports.get(0), TestNode.SECRET, Duration.ofSeconds(1)));
                TestNode stranger = TestNode.start(
                        TestNode.settings(ports, ports.get(1), "another secret, as long", Duration.ofSeconds(2)))) {
            assertThat(first.cluster.members().all())
                    .containsExactly(first.cluster.members().self());
            assertThat(stranger.cluster.members().all())
                    .containsExactly(stranger.cluster.members().self());
        }
    }

    @Test
    void addressesOfANameFindOneAnother() throws Exception {
        List<Integer> ports = FreePorts.take(3);
        InetAddress[] addresses = {InetAddress.getByName("127.0.0.1"), InetAddress.getByName("127.0.0.2")};
        List<HazelcastMember> members = new ArrayList<>();
        try {
            for (InetAddress address : addresses) {
                ClusterSettings settings = new ClusterSettings(
                        "test",
                        TestNode.SECRET,
                        address.getHostAddress(),
                        ports.get(0),
                        ports.get(1),
                        ports.get(2),
                        List.of(),
                        Optional.of("nodes.example"),
                        // The first one sees nobody yet, and does not wait for ever.
                        Duration.ofSeconds(members.isEmpty() ? 1 : 20),
                        Duration.ofSeconds(2));
                members.add(HazelcastMember.join(settings, "1", name -> {
                    assertThat(name).isEqualTo("nodes.example");
                    return addresses;
                }));
            }
            for (HazelcastMember member : members) {
                await().untilAsserted(() ->
                        assertThat(member.hazelcast().getCluster().getMembers()).hasSize(2));
            }
        } finally {
            members.forEach(HazelcastMember::die);
        }
    }

    @Test
    void aNodeIsCalledByTheNameThatItHas() {
        List<Integer> ports = FreePorts.take(3);
        ClusterSettings settings = new ClusterSettings(
                "test",
                TestNode.SECRET,
                "localhost",
                ports.get(0),
                ports.get(1),
                ports.get(2),
                List.of(new HostPort("localhost", ports.get(0))),
                Optional.empty(),
                Duration.ofSeconds(1),
                Duration.ofSeconds(2));
        try (TestNode node = TestNode.start(settings)) {
            assertThat(node.cluster.members().self().address()).isEqualTo(new HostPort("localhost", ports.get(0)));
            assertThat(node.cluster.members().self().internal()).isEqualTo(new HostPort("localhost", ports.get(2)));
        }
    }

    @Test
    void whereANodeListensMayBeElsewhereThanWhereItIsReached() {
        List<Integer> ports = FreePorts.take(6);
        List<HostPort> reached =
                List.of(new HostPort("127.0.0.2", ports.get(0)), new HostPort("127.0.0.3", ports.get(3)));
        List<TestNode> nodes = new ArrayList<>();
        try {
            for (HostPort one : reached) {
                int first = ports.indexOf(one.port());
                nodes.add(TestNode.start(new ClusterSettings(
                        "test",
                        TestNode.SECRET,
                        one.host(),
                        one.port(),
                        ports.get(first + 1),
                        ports.get(first + 2),
                        reached,
                        Optional.empty(),
                        Duration.ofSeconds(nodes.isEmpty() ? 1 : 20),
                        Duration.ofSeconds(2),
                        Optional.of("0.0.0.0"))));
            }
            for (TestNode node : nodes) {
                await().untilAsserted(() -> assertThat(node.cluster.members().all())
                        .extracting(Member::address)
                        .containsExactlyElementsOf(reached));
            }
            nodes.get(0).cluster.members().reportInFlight(() -> 7);
            await().untilAsserted(() -> assertThat(
                            TestNode.await(nodes.get(1).cluster.members().inFlight()))
                    .containsEntry(nodes.get(0).id(), 7));
        } finally {
            nodes.forEach(TestNode::close);
        }
    }

    @Test
    void aPortThatIsTakenIsNamed() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ClusterSettings settings = TestNode.settings(
                    List.of(taken.getLocalPort()), taken.getLocalPort(), TestNode.SECRET, Duration.ofSeconds(1));
            assertThatThrownBy(() -> HazelcastMember.join(settings, "1"))
                    .isInstanceOf(JoinFailedException.class)
                    .hasMessageContaining("cluster.port")
                    .hasMessageContaining(settings.address().toString());
        }
    }
}
