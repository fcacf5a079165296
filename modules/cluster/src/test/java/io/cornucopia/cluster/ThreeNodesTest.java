package io.cornucopia.cluster;

import static io.cornucopia.cluster.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.cornucopia.bus.Addresses;
import io.cornucopia.bus.AsIsCodec;
import io.cornucopia.bus.OwnProjectsAnswer;
import io.cornucopia.bus.OwnProjectsQuery;
import io.cornucopia.bus.PageQuery;
import io.cornucopia.bus.ProjectChanged;
import io.cornucopia.cluster.Announcements.Change;
import io.cornucopia.cluster.Announcements.Kind;
import io.cornucopia.cluster.Holders.Holding;
import io.cornucopia.cluster.Holders.State;
import io.cornucopia.cluster.Leases.Claim;
import io.cornucopia.core.ProjectName;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What three nodes share while all are well. */
class ThreeNodesTest {
    private static List<TestNode> nodes;

    @BeforeAll
    static void start() {
        nodes = TestNode.start(3);
        nodes.forEach(node -> AsIsCodec.register(node.vertx));
    }

    @AfterAll
    static void stop() {
        nodes.forEach(TestNode::close);
    }

    @Test
    void oneOfAllGetsALease() {
        for (int i = 0; i < 20; i++) {
            String key = "contended-" + i;
            List<Claim> claims = nodes.stream()
                    .map(node -> node.cluster.leases().claim(key))
                    .toList()
                    .stream()
                    .map(TestNode::await)
                    .toList();
            assertThat(claims.stream().filter(Claim.Granted.class::isInstance))
                    .hasSize(1)
                    .allMatch(claim -> ((Claim.Granted) claim).certain());
            int winner = claims.indexOf(claims.stream()
                    .filter(Claim.Granted.class::isInstance)
                    .findFirst()
                    .orElseThrow());
            assertThat(claims.stream().filter(Claim.Held.class::isInstance).map(claim -> ((Claim.Held) claim).member()))
                    .hasSize(2)
                    .containsOnly(nodes.get(winner).id());
        }
    }

    @Test
    void aLeaseThatIsReleasedIsFree() {
        Claim first = await(nodes.get(0).cluster.leases().claim("released"));
        assertThat(await(nodes.get(1).cluster.leases().acquire("released"))).isEmpty();
        ((Claim.Granted) first).lease().release();
        await().untilAsserted(
                        () -> assertThat(await(nodes.get(1).cluster.leases().acquire("released")))
                                .isPresent());
    }

    @Test
    void aNodeDoesNotStandInItsOwnWay() {
        Leases leases = nodes.get(0).cluster.leases();
        Optional<Leases.Lease> first = await(leases.acquire("own"));
        Optional<Leases.Lease> second = await(leases.acquire("own"));
        assertThat(first).isPresent();
        assertThat(second).isPresent();
        second.get().release();
        assertThat(await(nodes.get(1).cluster.leases().acquire("own"))).isEmpty();
    }

    @Test
    void oneTakesOverFromAHolderThatIsSilent() {
        await(nodes.get(0).cluster.leases().claim("silent"));
        Claim.Held one = (Claim.Held) await(nodes.get(1).cluster.leases().claim("silent"));
        Claim.Held two = (Claim.Held) await(nodes.get(2).cluster.leases().claim("silent"));
        assertThat(one).isEqualTo(two);
        assertThat(await(nodes.get(1).cluster.leases().takeOver("silent", one))).isInstanceOf(Claim.Granted.class);
        assertThat(await(nodes.get(2).cluster.leases().takeOver("silent", two)))
                .isInstanceOfSatisfying(
                        Claim.Held.class,
                        held -> assertThat(held.member()).isEqualTo(nodes.get(1).id()));
    }

    @Test
    void aLeaseIsRenewedForAsLongAsItIsHeld() {
        await(nodes.get(0).cluster.leases().claim("renewed"));
        long expires = entryExpiry("renewed");
        await().atMost(SharedLeases.TTL)
                .untilAsserted(() -> assertThat(entryExpiry("renewed")).isGreaterThan(expires));
    }

    private static long entryExpiry(String key) {
        return nodes.get(1)
                .member
                .hazelcast()
                .getMap(HazelcastConfig.LEASES)
                .getEntryView(key)
                .getExpirationTime();
    }

    @Test
    void holdersAreFoundWholeOnesFirst() {
        nodes.get(0)
                .cluster
                .holders()
                .answer(filename -> Future.succeededFuture(
                        filename.equals("a.whl")
                                ? Optional.of(new Holding(State.ARRIVING, Optional.empty(), 17))
                                : Optional.empty()));
        nodes.get(1)
                .cluster
                .holders()
                .answer(filename -> Future.succeededFuture(
                        filename.startsWith("a")
                                ? Optional.of(new Holding(State.WHOLE, Optional.of("abc"), 4711))
                                : Optional.empty()));
        // Who takes long is passed over, and on a busy machine somebody may.
        await().untilAsserted(() -> assertThat(
                        await(nodes.get(2).cluster.holders().of("a.whl")))
                .first()
                .isEqualTo(new Holders.Holder(
                        nodes.get(2).cluster.members().find(nodes.get(1).id()).orElseThrow(),
                        new Holding(State.WHOLE, Optional.of("abc"), 4711))));
        assertThat(await(nodes.get(2).cluster.holders().of("b.whl"))).isEmpty();
        // Nobody asks itself.
        assertThat(await(nodes.get(1).cluster.holders().of("a-2.whl"))).isEmpty();
    }

    @Test
    void whatIsKnownOfAPageIsKnownEverywhere() {
        PageRevision told = new PageRevision(
                Optional.of("r-1"),
                Instant.ofEpochMilli(1_700_000_000_000L),
                nodes.get(0).id());
        await(nodes.get(0).cluster.pages().tell("numpy", told));
        assertThat(await(nodes.get(2).cluster.pages().of("numpy"))).contains(told);
        PageRevision absent = new PageRevision(
                Optional.empty(),
                Instant.ofEpochMilli(1_700_000_000_000L),
                nodes.get(1).id());
        await(nodes.get(1).cluster.pages().tell("nothing", absent));
        assertThat(await(nodes.get(0).cluster.pages().of("nothing"))).contains(absent);
        assertThat(await(nodes.get(0).cluster.pages().of("unheard-of"))).isEmpty();
    }

    @Test
    void aQuestionThatIsUnderWayIsWaitedForWhereItIs() {
        PageRevisions asking = nodes.get(0).cluster.pages();
        PageRevisions waiting = nodes.get(1).cluster.pages();
        Member holder = nodes.get(1).cluster.members().find(nodes.get(0).id()).orElseThrow();
        Promise<Optional<PageRevision>> question = Promise.promise();
        asking.answer(
                project -> project.equals("numpy") ? question.future() : Future.succeededFuture(Optional.empty()));

        assertThat(await(waiting.progress(holder, "six")))
                .isEqualTo(new PageRevisions.Progress(true, Optional.empty()));
        assertThat(await(waiting.progress(holder, "numpy")))
                .as("it says that it is alive")
                .isEqualTo(new PageRevisions.Progress(false, Optional.empty()));
        Future<PageRevisions.Progress> progress = waiting.progress(holder, "numpy");
        PageRevision said = new PageRevision(
                Optional.of("r-1"),
                Instant.ofEpochMilli(1_700_000_000_000L),
                nodes.get(0).id());
        question.complete(Optional.of(said));
        PageRevisions.Progress last = await(progress.compose(
                done -> done.over() ? Future.succeededFuture(done) : waiting.progress(holder, "numpy")));
        assertThat(last).isEqualTo(new PageRevisions.Progress(true, Optional.of(said)));
        asking.answer(project -> Future.failedFuture("a test"));
        assertThat(await(waiting.progress(holder, "numpy")))
                .isEqualTo(new PageRevisions.Progress(true, Optional.empty()));
    }

    @Test
    void eachIsAskedForItsNamesAndTellsThemWhenTheyAreOthers() {
        List<Long> askedWith = new CopyOnWriteArrayList<>();
        AtomicReference<KnownNames.Names> names = new AtomicReference<>(new KnownNames.Names(3, Set.of("a", "b")));
        nodes.get(1).cluster.known().answer(version -> {
            askedWith.add(version);
            return Future.succeededFuture(Optional.of(names.get()).filter(now -> now.version() != version));
        });
        nodes.get(2)
                .cluster
                .known()
                .answer(version -> Future.succeededFuture(Optional.of(new KnownNames.Names(0, Set.of()))));
        KnownNames asking = nodes.get(0).cluster.known();
        assertThat(await(asking.ofOthers())).containsExactlyInAnyOrder("a", "b");
        assertThat(await(asking.ofOthers())).containsExactlyInAnyOrder("a", "b");
        names.set(new KnownNames.Names(4, Set.of("c")));
        assertThat(await(asking.ofOthers())).containsExactly("c");
        assertThat(askedWith).containsExactly(-1L, 3L, 3L);
    }

    @Test
    void anAnnouncementIsOverWhenAllHaveDoneTheirPart() {
        List<String> heard = new CopyOnWriteArrayList<>();
        List<Promise<Void>> parts = new CopyOnWriteArrayList<>();
        for (TestNode node : nodes) {
            node.cluster.announcements().listen(new Announcements.Listener() {
                @Override
                public Future<Void> changed(Change change) {
                    if (!change.equals(new Change(Kind.UPLOADS, "ours"))) {
                        return Future.succeededFuture();
                    }
                    heard.add(node.id());
                    Promise<Void> part = Promise.promise();
                    parts.add(part);
                    return part.future();
                }

                @Override
                public Future<Void> missed() {
                    return Future.succeededFuture();
                }
            });
        }
        Future<Void> told = nodes.get(1).cluster.announcements().announce(new Change(Kind.UPLOADS, "ours"));
        await().untilAsserted(() -> assertThat(heard)
                .containsExactlyInAnyOrderElementsOf(
                        nodes.stream().map(TestNode::id).toList()));
        parts.get(0).complete();
        parts.get(1).complete();
        assertThat(told.isComplete()).isFalse();
        parts.get(2).complete();
        await(told);
        assertThat(nodes).allMatch(node -> node.cluster.announcements().current());
    }

    @Test
    void whoMissedNewsDropsWhatItKeeps() {
        CompletableFuture<Void> missed = new CompletableFuture<>();
        nodes.get(2).cluster.announcements().listen(new Announcements.Listener() {
            @Override
            public Future<Void> changed(Change change) {
                return Future.succeededFuture();
            }

            @Override
            public Future<Void> missed() {
                missed.complete(null);
                return Future.succeededFuture();
            }
        });
        // As if somebody had counted, and died before it told anybody.
        nodes.get(0)
                .member
                .hazelcast()
                .<String, String>getMap(HazelcastConfig.NEWS)
                .executeOnKey("count", new Increment());
        assertThat(missed.orTimeout(10, TimeUnit.SECONDS)).succeedsWithin(Duration.ofSeconds(10));
        await().untilAsserted(() ->
                assertThat(nodes.get(2).cluster.announcements().current()).isTrue());
    }

    @Test
    void everybodyTellsHowMuchItDoes() {
        nodes.get(0).cluster.members().reportInFlight(() -> 7);
        await().untilAsserted(
                        () -> assertThat(await(nodes.get(2).cluster.members().inFlight()))
                                .containsEntry(nodes.get(0).id(), 7)
                                .containsEntry(nodes.get(1).id(), 0)
                                .hasSize(3));
    }

    @Test
    void ofManyAtOnceEachIsGrantedOnce() {
        List<Future<Optional<Leases.Lease>>> all = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            all.add(nodes.get(i % 3).cluster.leases().acquire("many-" + i / 3));
        }
        long granted =
                all.stream().map(TestNode::await).filter(Optional::isPresent).count();
        assertThat(granted).isEqualTo(667);
    }

    @Test
    void whatVerticlesSayToOneAnotherStaysOnTheirNode() {
        List<AtomicInteger> asked = new ArrayList<>();
        List<AtomicInteger> heard = new ArrayList<>();
        for (TestNode node : nodes) {
            AtomicInteger questions = new AtomicInteger();
            AtomicInteger news = new AtomicInteger();
            asked.add(questions);
            heard.add(news);
            Addresses.OWN_PROJECTS.serve(node.vertx, question -> {
                questions.incrementAndGet();
                return Future.succeededFuture(new OwnProjectsAnswer(List.of()));
            });
            Addresses.PROJECT_CHANGED.listen(node.vertx, changed -> news.incrementAndGet());
        }
        for (int node = 0; node < nodes.size(); node++) {
            for (int i = 0; i < 20; i++) {
                await(Addresses.OWN_PROJECTS.ask(nodes.get(node).vertx, new OwnProjectsQuery()));
            }
            await(Addresses.PROJECT_CHANGED.publish(
                    nodes.get(node).vertx,
                    new ProjectChanged(ProjectName.parse("numpy").orElseThrow())));
            for (int other = 0; other < nodes.size(); other++) {
                assertThat(asked.get(other)).hasValue(other <= node ? 20 : 0);
                assertThat(heard.get(other)).hasValue(other <= node ? 1 : 0);
            }
        }
    }

    @Test
    void whatOnlyAnotherNodeServesIsNotServedHere() {
        PageQuery question = new PageQuery(ProjectName.parse("numpy").orElseThrow());
        Vertx there = nodes.get(0).vertx;
        AtomicInteger asked = new AtomicInteger();
        MessageConsumer<PageQuery> serving = Addresses.PAGE.serve(there, query -> {
            asked.incrementAndGet();
            return Future.failedFuture("not the point");
        });
        Future<?> elsewhere = Addresses.PAGE.ask(nodes.get(1).vertx, question);
        assertThatThrownBy(() -> await(elsewhere)).hasMessageContaining("No handlers");
        assertThat(asked).hasValue(0);
        await(serving.unregister());
    }
}
