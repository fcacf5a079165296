package io.cornucopia.acceptance;

import static io.cornucopia.testkit.Conditions.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cornucopia.acceptance.Downloads.Download;
import io.cornucopia.testkit.Content;
import io.cornucopia.testkit.FakeUpstream;
import io.cornucopia.testkit.Fault;
import io.cornucopia.testkit.FaultProxy;
import io.cornucopia.testkit.GoldenFile;
import io.cornucopia.testkit.Network;
import io.cornucopia.testkit.NetworkNamespaces;
import io.cornucopia.testkit.Seen;
import io.cornucopia.testkit.TestCluster;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.LongSummaryStatistics;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The node that fetches a file for all is lost at a random moment: killed, frozen, parted from the others. In each round a new
 * file is asked for through three nodes by clients of each, upstream sends it slowly, and when it has sent so many bytes as chance
 * will have it, the node whose connection that is is lost.
 *
 * <p>That no client fails means: whoever asked another node than the lost one gets all of its bytes in the one answer that
 * it waits for, without having noticed; whoever asked the lost one does so too if that node only froze or was parted, and if it was
 * killed, asks one of the others, as installers do when a connection breaks, and gets it there at the first attempt.
 *
 * <p>That upstream is asked for no byte twice but for those lost in flight means: at most one more request is made, and it
 * is for the bytes from the one on that no other node has.
 *
 * <p>With {@code -Pthorough} there are 50 rounds of each kind, with files of 200 MB and 300 clients, which takes hours; else there are a
 * few, with small files. Each number can be set by a system property. Chance begins with {@code cornucopia.seed}, if that
 * is set.
 */
class LostHolderTest {
    private static final int KILLS = Thorough.number("cornucopia.kills", 50, 4);
    private static final int FREEZES = Thorough.number("cornucopia.freezes", 50, 2);
    private static final int PARTINGS = Thorough.number("cornucopia.partings", 10, 1);
    private static final int PARTINGS_OF_NAMESPACES = Thorough.number("cornucopia.partings.namespaces", 50, 1);
    private static final int CLIENTS_A_NODE = Thorough.number("cornucopia.lost.clients", 100, 20);
    private static final int SIZE = 1_000_000 * Thorough.number("cornucopia.lost.megabytes", 200, 3);
    // Three hundred clients keep up with that on two processors.
    private static final int BYTES_A_SECOND = 1_000_000 * Integer.getInteger("cornucopia.lost.speed", 3);
    // What lies between upstream's count of what it sent and a follower's of what it has: a tick's chunk, the buffers
    // of two sockets, what waits for being written to the disk, and the same once more on the way to the next node. Who
    // has just been started is slow, so it may be more at times.
    private static final double USUALLY_IN_FLIGHT = 1_000_000;
    private static final Duration LONG = Duration.ofSeconds(90);
    private static final Pattern GOING_ON = Pattern.compile("going on from byte (\\d+)");
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-");

    @TempDir
    Path directory;

    private final long seed = Long.getLong("cornucopia.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final LongSummaryStatistics twice = new LongSummaryStatistics();
    private final Downloads downloads = new Downloads();
    private FakeUpstream upstream;
    private TestCluster cluster;
    private int files;
    private int rounds;
    private int takenOver;

    @BeforeEach
    void tellSeed() {
        System.out.println("LOST seed " + seed);
    }

    @AfterEach
    void stop() {
        downloads.close();
        if (cluster != null) {
            cluster.close();
        }
        if (upstream != null) {
            upstream.close();
        }
    }

    private void start(Network network, int nodes) {
        upstream = FakeUpstream.startOn(network.upstreamHost());
        upstream.fault("^/files/", new Fault.Throttle(BYTES_A_SECOND));
        cluster = TestCluster.builder()
                .network(network)
                .nodes(nodes)
                .over(upstream)
                .directory(directory)
                // So many on so few processors may have to wait for their turn for longer than 100 ms.
                .set("server.blocked_thread_warning", "1s")
                .set("cache.max_size", "2GiB")
                .jvm("-Xmx192m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
                .start();
    }

    @Test
    @DisplayName(
            "the node that fetches a file is killed, over and over: no client fails, upstream sends nothing twice but what"
                    + " was lost in flight")
    void killed() {
        // Three serve, and the fourth is the one that was killed in the round before and starts again.
        start(Network.loopback(), 4);
        while (rounds < KILLS) {
            int[] nodes = threeReady();
            FileRound round = begin(nodes);
            OptionalInt holder = holderAfterSomeBytes(round);
            if (holder.isEmpty()) {
                round.assertWhole(nodes);
                continue;
            }
            int lost = holder.getAsInt();
            cluster.node(lost).kill9();
            cluster.node(lost).awaitExit(LONG);
            long sent = upstream.requestsFor(round.filename()).get(0).sent();
            cluster.node(lost).relaunch();
            rounds++;
            int[] others = others(nodes, lost);
            int again = others[random.nextInt(others.length)];
            List<Download> retries = round.outcomes(lost).stream()
                    .filter(outcome -> !outcome.isWhole())
                    .map(broken -> round.start(again))
                    .toList();
            for (Download retry : retries) {
                assertThat(round.await(again, retry).problem())
                        .as(() -> what(round))
                        .isEmpty();
            }
            round.assertWhole(others);
            assertNothingTwice(round, others, sent);
            end(round);
        }
        report("killed");
        assertThat(cluster.blockedThreads()).isEmpty();
        assertTakenOver("kills");
        assertThat(twice.getAverage()).as("bytes lost in flight").isLessThan(USUALLY_IN_FLIGHT);
    }

    /** Of a few rounds chance may have made none that say anything. */
    private void assertTakenOver(String what) {
        if (Thorough.isAskedFor()) {
            assertThat(takenOver)
                    .as(what + " while another node took the bytes")
                    .isGreaterThan(rounds / 3);
        }
    }

    @Test
    @DisplayName(
            "the node that fetches a file is frozen and thawed: no client fails, upstream sends no more twice than what that"
                    + " node was not to be had for")
    void frozen() {
        start(Network.loopback(), 3);
        int[] nodes = {0, 1, 2};
        while (rounds < FREEZES) {
            FileRound round = begin(nodes);
            OptionalInt holder = holderAfterSomeBytes(round);
            if (holder.isPresent()) {
                int lost = holder.getAsInt();
                long sent = upstream.requestsFor(round.filename()).get(0).sent();
                cluster.node(lost).stop();
                rounds++;
                try {
                    round.assertWhole(others(nodes, lost));
                    if (rounds == FREEZES) {
                        awaitGone(lost);
                    }
                } finally {
                    cluster.node(lost).cont();
                }
                round.assertWhole(lost);
                assertNothingTwice(round, others(nodes, lost), sent);
            }
            assertWholeOnAll(round);
            end(round);
            // Until the connections that a freeze has broken are made anew a node may go on alone, and ask upstream for
            // what another one is fetching: each round begins with a cluster that is well.
            awaitWell();
        }
        report("frozen");
        assertTakenOver("freezes");
    }

    @Test
    @DisplayName(
            "the node that fetches a file is parted from the others for a while: no client fails, and all is as before then")
    void parted() {
        assumeTrue(FaultProxy.missing().isEmpty(), FaultProxy.missing());
        assumeTrue(
                Thorough.isAskedFor() || !NetworkNamespaces.missing().isEmpty(),
                "partedByNamespaces shows the same; both by -Pthorough");
        part(new FaultProxy(), PARTINGS);
    }

    @Test
    @DisplayName("the same with networks of their own")
    void partedByNamespaces() {
        assumeTrue(NetworkNamespaces.missing().isEmpty(), NetworkNamespaces.missing());
        part(NetworkNamespaces.of(3), PARTINGS_OF_NAMESPACES);
    }

    private void part(Network network, int times) {
        start(network, 3);
        int[] nodes = {0, 1, 2};
        while (rounds < times) {
            FileRound round = begin(nodes);
            OptionalInt holder = holderAfterSomeBytes(round);
            if (holder.isPresent()) {
                int lost = holder.getAsInt();
                // What upstream sends it from here on, it sends for those on its side.
                long sent = upstream.requestsFor(round.filename()).get(0).sent();
                cluster.isolate(lost);
                rounds++;
                round.assertWhole(nodes);
                if (rounds == times) {
                    awaitGone(lost);
                }
                network.heal();
                assertNothingTwice(round, others(nodes, lost), sent);
            }
            assertWholeOnAll(round);
            end(round);
            awaitWell();
        }
        report("parted by " + network.getClass().getSimpleName());
        assertThat(cluster.blockedThreads()).isEmpty();
        assertTakenOver("partings");
    }

    private int[] threeReady() {
        await("three nodes are ready", LONG, () -> ready().length >= 3);
        List<Integer> order = IntStream.of(ready()).boxed().collect(Collectors.toList());
        Collections.shuffle(order, random);
        return order.stream().mapToInt(number -> number).limit(3).toArray();
    }

    private int[] ready() {
        return IntStream.range(0, cluster.nodes().size())
                .filter(number -> cluster.node(number).isReady())
                .toArray();
    }

    private FileRound begin(int[] nodes) {
        int number = files++;
        byte[] bytes = new byte[SIZE];
        new Random(number).nextBytes(bytes);
        String filename = "lost" + number + "-1.0-py3-none-any.whl";
        upstream.put(GoldenFile.of("lost" + number, filename, Content.ofBytes(bytes)));
        FileRound round = new FileRound(cluster, downloads, filename, ByteBuffer.wrap(bytes));
        round.ask(nodes, CLIENTS_A_NODE);
        return round;
    }

    /** Nobody is to ask for that file any more, and its bytes need not be kept. */
    private void end(FileRound round) {
        String filename = round.filename();
        upstream.remove(filename.substring(0, filename.indexOf('-')), filename);
        System.out.printf(
                "LOST round %d, %s: %d requests upstream, twice so far: %s%n",
                rounds, filename, upstream.bytesRequests(filename), sentTwice());
    }

    /** Who fetches the file, some bytes after it began to; empty if it has all of it already. */
    private OptionalInt holderAfterSomeBytes(FileRound round) {
        await("upstream is asked for " + round, LONG, () -> upstream.bytesRequests(round.filename()) > 0);
        Seen request = upstream.requestsFor(round.filename()).get(0);
        long bytes = random.nextInt(SIZE);
        await(
                "upstream sends " + bytes + " bytes of " + round,
                LONG,
                () -> upstream.bytesSent(round.filename()) >= bytes || round.isDone());
        return cluster.whoAsked(request, upstream.port());
    }

    /** @param sent how much upstream had sent that node when it was lost */
    private void assertNothingTwice(FileRound round, int[] others, long sent) {
        List<Seen> requests = upstream.requestsFor(round.filename());
        assertThat(requests).as(() -> what(round)).hasSizeLessThanOrEqualTo(2);
        if (requests.size() < 2) {
            return;
        }
        long had = 0;
        for (int other : others) {
            for (String line : round.told(other)) {
                Matcher matcher = GOING_ON.matcher(line);
                if (matcher.find()) {
                    had = Math.max(had, Long.parseLong(matcher.group(1)));
                }
            }
        }
        long from = requests.get(1)
                .rangeHeader()
                .map(RANGE::matcher)
                .filter(Matcher::matches)
                .map(range -> Long.parseLong(range.group(1)))
                .orElse(0L);
        assertThat(from)
                .as(() -> "the first byte that no other node has of " + what(round))
                .isEqualTo(had);
        if (had > 0) {
            takenOver++;
            twice.accept(Math.max(0, sent - from));
        }
    }

    private void assertWholeOnAll(FileRound round) {
        int before = upstream.bytesRequests(round.filename());
        for (int node = 0; node < cluster.nodes().size(); node++) {
            assertThat(round.await(node, round.start(node)).problem())
                    .as(() -> what(round))
                    .isEmpty();
        }
        assertThat(upstream.bytesRequests(round.filename())).isEqualTo(before);
    }

    /** Waits until all nodes are members for one another again, and answer one another's questions. */
    private void awaitWell() {
        cluster.awaitAllMembers();
        await(
                "all nodes hear what the others have in flight",
                LONG,
                () -> IntStream.range(0, cluster.nodes().size()).allMatch(this::hearsAll));
    }

    private boolean hearsAll(int number) {
        return cluster.seenBy(number)
                .map(told -> told.getJsonArray("members").stream()
                        .allMatch(member -> ((JsonObject) member).getInteger("in_flight") != null))
                .orElse(false);
    }

    /** Waits until the others know it as a member no more. */
    private void awaitGone(int lost) {
        IntPredicate forgotten = number -> number == lost
                || (!cluster.membersSeenBy(number).isEmpty()
                        && !cluster.membersSeenBy(number).contains(cluster.address(lost)));
        await(
                "the others have given up node " + lost,
                LONG,
                () -> IntStream.range(0, cluster.nodes().size()).allMatch(forgotten));
    }

    private static int[] others(int[] nodes, int lost) {
        return IntStream.of(nodes).filter(number -> number != lost).toArray();
    }

    private String what(FileRound round) {
        return "seed " + seed + ", round " + rounds + ", " + round + "upstream saw "
                + upstream.requestsFor(round.filename());
    }

    private void report(String how) {
        System.out.printf(
                "LOST %d nodes %s, seed %d: %d takeovers with bytes, bytes that upstream sent twice: %s%n",
                rounds, how, seed, takenOver, sentTwice());
    }

    private String sentTwice() {
        return twice.getCount() == 0
                ? "none"
                : String.format(
                        Locale.ROOT, "%d to %d, %.0f on average", twice.getMin(), twice.getMax(), twice.getAverage());
    }
}
