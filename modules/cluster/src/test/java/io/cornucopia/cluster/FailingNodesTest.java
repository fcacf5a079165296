package io.cornucopia.cluster;

import static io.cornucopia.cluster.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.impl.HazelcastInstanceProxy;
import com.hazelcast.instance.impl.Node;
import com.hazelcast.map.EntryProcessor;
import io.cornucopia.cluster.Announcements.Change;
import io.cornucopia.cluster.Announcements.Kind;
import io.cornucopia.cluster.Holders.Holding;
import io.cornucopia.cluster.Holders.State;
import io.cornucopia.cluster.Leases.Claim;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is left when nodes die, leave, hang, or are parted. */
class FailingNodesTest {
    private List<TestNode> nodes;

    @BeforeEach
    void start() {
        nodes = TestNode.start(3);
        await().untilAsserted(() ->
                assertThat(nodes).allMatch(node -> node.cluster.members().all().size() == 3));
    }

    @AfterEach
    void stop() {
        Stuck.LATCH.countDown();
        nodes.forEach(TestNode::close);
    }

    @Test
    void whatADeadNodeHeldIsFreeAtOnceAndWhatItHadIsNoMore() {
        // The one whose death is hardest on the others, since it decides who is a member.
        TestNode dying = byAge().get(0);
        TestNode living = byAge().get(1);
        TestNode third = byAge().get(2);
        dying.cluster
                .holders()
                .answer(filename -> Future.succeededFuture(Optional.of(new Holding(State.WHOLE, Optional.empty(), 1))));
        await().untilAsserted(() ->
                assertThat(await(living.cluster.holders().of("a.whl"))).hasSize(1));
        for (int i = 0; i < 30; i++) {
            await(dying.cluster.leases().claim("lease-" + i));
        }
        Promise<Void> never = Promise.promise();
        dying.cluster.announcements().listen(new Deaf(never.future()));
        Future<Void> told = living.cluster.announcements().announce(new Change(Kind.UPLOADS, "ours"));

        dying.die();

        await().atMost(Duration.ofSeconds(5))
                .untilAsserted(() -> assertThat(living.cluster.members().all()).hasSize(2));
        await().atMost(Duration.ofSeconds(5))
                .untilAsserted(() -> assertThat(third.cluster.members().all()).hasSize(2));
        assertThat(await(living.cluster.holders().of("a.whl"))).isEmpty();
        // It is not waited for any longer.
        await().atMost(Duration.ofSeconds(2))
                .untilAsserted(() -> assertThat(told.isComplete()).isTrue());
        for (int i = 0; i < 30; i++) {
            assertThat(await(living.cluster.leases().acquire("lease-" + i))).isPresent();
        }
        for (int i = 0; i < 30; i++) {
            assertThat(await(third.cluster.leases().acquire("lease-" + i))).isEmpty();
        }
    }

    @Test
    void whoSaysGoodbyeIsGoneBeforeItIs() {
        TestNode leaving = nodes.get(2);
        await(leaving.cluster.leases().claim("given-back"));
        AtomicInteger left = new AtomicInteger();
        nodes.get(0).cluster.members().listen(new Members.Listener() {
            @Override
            public void left(Member member) {
                left.incrementAndGet();
            }
        });
        await(leaving.cluster.leave());
        assertThat(nodes.get(0).cluster.members().find(leaving.id())).isEmpty();
        assertThat(await(nodes.get(0).cluster.leases().acquire("given-back"))).isPresent();
        await(leaving.vertx.close());
        leaving.die();
        await().untilAsserted(() -> assertThat(
                        nodes.get(0).member.hazelcast().getCluster().getMembers())
                .hasSize(2));
        assertThat(left).hasValue(1);
    }

    @Test
    void aClusterThatDoesNotAnswerIsDoneWithout() {
        TestNode owner = nodes.get(0);
        String key = keyOf(owner);
        owner.member.hazelcast().<String, String>getMap(HazelcastConfig.LEASES).submitToKey(key, new Stuck());
        TestNode asking = nodes.get(1);
        long before = System.nanoTime();
        Optional<Leases.Lease> lease = await(asking.cluster.leases().acquire(key));
        assertThat(lease).isPresent();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));

        Stuck.LATCH.countDown();
        // What was granted for want of an answer is known to the others as soon as there is one.
        await().untilAsserted(() -> assertThat(
                        await(nodes.get(2).cluster.leases().claim(key)))
                .isInstanceOfSatisfying(
                        Claim.Held.class, held -> assertThat(held.member()).isEqualTo(asking.id())));
        lease.get().release();
        await().untilAsserted(() ->
                assertThat(await(nodes.get(2).cluster.leases().acquire(key))).isPresent());
    }

    @Test
    void aNodeThatDoesNotHearIsNotWaitedForForEver() {
        Promise<Void> never = Promise.promise();
        nodes.get(2).cluster.announcements().listen(new Deaf(never.future()));
        long before = System.nanoTime();
        await(nodes.get(0).cluster.announcements().announce(new Change(Kind.UPLOADS, "ours")));
        Duration first = Duration.ofNanos(System.nanoTime() - before);
        assertThat(first).isGreaterThan(Duration.ofSeconds(4));
        before = System.nanoTime();
        await(nodes.get(0).cluster.announcements().announce(new Change(Kind.UPLOADS, "ours")));
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(first);
        never.complete();
    }

    @Test
    void whoAnswersLateIsBusyAndNotSilent() {
        TestNode busy = nodes.get(2);
        TestNode asking = nodes.get(0);
        Member member = asking.cluster.members().find(busy.id()).orElseThrow();
        CountDownLatch released = new CountDownLatch(1);
        busy.cluster.pages().answer(project -> {
            try {
                // As long as nobody answers anything there.
                assertThat(released.await(20, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return Future.succeededFuture(Optional.empty());
        });
        Future<PageRevisions.Progress> progress = asking.cluster.pages().progress(member, "numpy");
        // Longer than a node may be silent, which is two seconds.
        asking.vertx.setTimer(2_500, fired -> released.countDown());
        assertThat(await(progress.map(true).otherwise(false)))
                .as("whether a node that was busy counts as one that answers")
                .isTrue();
    }

    @Test
    void hazelcastItselfMayBeGone() {
        nodes.get(0).die();
        Cluster alone = nodes.get(0).cluster;
        assertThat(await(alone.leases().acquire("anything"))).isPresent();
        assertThat(await(alone.leases().claim("anything else")))
                .isInstanceOfSatisfying(
                        Claim.Granted.class,
                        granted -> assertThat(granted.certain()).isFalse());
        assertThat(await(alone.pages().of("numpy"))).isEmpty();
        Member dead = new Member(
                "gone", nodes.get(1).settings.address(), nodes.get(1).settings.internal(), "1", false);
        assertThat(await(alone.pages().progress(dead, "numpy").map(true).otherwise(false)))
                .as("whether a node that is not there answers")
                .isFalse();
        assertThat(await(alone.holders().of("a.whl"))).isEmpty();
        await(alone.announcements().announce(new Change(Kind.PAGE, "numpy")));
        assertThat(alone.members().all()).containsExactly(alone.members().self());
    }

    @Test
    void whoLeavesStopsTellingWhatWasNotHeard() {
        Promise<Void> never = Promise.promise();
        nodes.get(2).cluster.announcements().listen(new Deaf(never.future()));
        Future<Void> told = nodes.get(0).cluster.announcements().announce(new Change(Kind.UPLOADS, "ours"));
        await(nodes.get(0).cluster.leave());
        // Sooner than who does not answer would be given up.
        await().atMost(Duration.ofMillis(3_500))
                .untilAsserted(() -> assertThat(told.isComplete()).isTrue());
    }

    @Test
    void whoWasPartedDropsWhatItKeptWhenItIsWholeAgain() {
        AtomicInteger[] missed = {new AtomicInteger(), new AtomicInteger(), new AtomicInteger()};
        for (int i = 0; i < 3; i++) {
            AtomicInteger count = missed[i];
            nodes.get(i).cluster.announcements().listen(new Announcements.Listener() {
                @Override
                public Future<Void> changed(Change change) {
                    return Future.succeededFuture();
                }

                @Override
                public Future<Void> missed() {
                    count.incrementAndGet();
                    return Future.succeededFuture();
                }
            });
        }
        // The oldest one decides who is a member: a part without it parts from it, not the other way round.
        List<TestNode> byAge = byAge();
        TestNode oldest = byAge.get(0);
        TestNode other = byAge.get(1);
        TestNode parted = byAge.get(2);
        suspect(parted, oldest);
        suspect(parted, other);
        suspect(oldest, parted);
        suspect(other, parted);
        await().untilAsserted(() -> {
            assertThat(oldest.cluster.members().all()).hasSize(2);
            assertThat(other.cluster.members().all()).hasSize(2);
            assertThat(parted.cluster.members().all()).hasSize(1);
        });
        // Both halves go on.
        assertThat(await(oldest.cluster.leases().acquire("both"))).isPresent();
        assertThat(await(parted.cluster.leases().acquire("both"))).isPresent();
        assertThat(await(other.cluster.leases().acquire("both"))).isEmpty();

        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            for (TestNode node : nodes) {
                assertThat(node.cluster.members().all()).hasSize(3);
            }
            for (AtomicInteger count : missed) {
                assertThat(count).hasPositiveValue();
            }
        });
        await().untilAsserted(() ->
                assertThat(nodes).allMatch(node -> node.cluster.announcements().current()));
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            Future<Void> told = parted.cluster.announcements().announce(new Change(Kind.PAGE, "numpy"));
            assertThat(await(told.timeout(3, TimeUnit.SECONDS).map(true))).isTrue();
        });
        // One of the two holds it still.
        assertThat(await(other.cluster.leases().claim("both"))).isInstanceOf(Claim.Held.class);
    }

    private List<TestNode> byAge() {
        return nodes.get(0).cluster.members().all().stream()
                .map(Member::id)
                .map(id -> nodes.stream()
                        .filter(node -> node.id().equals(id))
                        .findFirst()
                        .orElseThrow())
                .toList();
    }

    private static void suspect(TestNode one, TestNode other) {
        Node node = ((HazelcastInstanceProxy) one.member.hazelcast()).getOriginal().node;
        String id = other.id();
        node.getClusterService().getMembers().stream()
                .filter(member -> id.equals(member.getAttribute(HazelcastConfig.NODE_ID)))
                .forEach(member -> node.getClusterService().suspectMember(member, "a test", true));
    }

    private static String keyOf(TestNode owner) {
        HazelcastInstance hazelcast = owner.member.hazelcast();
        for (int i = 0; ; i++) {
            if (hazelcast
                    .getPartitionService()
                    .getPartition("key-" + i)
                    .getOwner()
                    .localMember()) {
                return "key-" + i;
            }
        }
    }

    /** Never gets its part done. */
    private record Deaf(Future<Void> part) implements Announcements.Listener {
        @Override
        public Future<Void> changed(Change change) {
            return part;
        }

        @Override
        public Future<Void> missed() {
            return Future.succeededFuture();
        }
    }

    /** Holds up whoever needs the same part of the map. */
    private static final class Stuck implements EntryProcessor<String, String, String> {
        private static final long serialVersionUID = 1;
        static final CountDownLatch LATCH = new CountDownLatch(1);

        @Override
        public String process(Map.Entry<String, String> entry) {
            try {
                LATCH.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return null;
        }

        @Override
        public EntryProcessor<String, String, String> getBackupProcessor() {
            return null;
        }
    }
}
