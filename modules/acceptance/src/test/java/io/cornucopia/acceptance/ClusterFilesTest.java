package io.cornucopia.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.cornucopia.testkit.Content;
import io.cornucopia.testkit.FakeUpstream;
import io.cornucopia.testkit.GoldenFile;
import io.cornucopia.testkit.TestCluster;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A large cold file, asked for through all nodes at once. */
class ClusterFilesTest {
    private static final int[] NODES = {0, 1, 2};
    private static final int MEGABYTES = Thorough.number("cornucopia.megabytes", 200, 20);
    private static final int CLIENTS_A_NODE = 100;
    private static final double AS_LONG_AS_WHEN_CACHED = 1.5;

    @TempDir
    Path directory;

    @Test
    @DisplayName("300 clients of three nodes, one large cold file: one request upstream, all bytes right, about as"
            + " fast as when it is cached on all nodes")
    void oneRequest() {
        try (FakeUpstream upstream = FakeUpstream.start();
                TestCluster cluster = TestCluster.builder()
                        .over(upstream)
                        .directory(directory)
                        .jvm("-Xmx256m")
                        // So many on so few processors may have to wait for their turn for longer than 100 ms.
                        .set("server.blocked_thread_warning", "1s")
                        .start();
                Downloads downloads = new Downloads()) {
            ByteBuffer bytes = put(upstream, "warm-up", 20_000_000);
            // A program that has just been started is slow at whatever it does first.
            ask(cluster, downloads, "warm-up", bytes);
            ask(cluster, downloads, "warm-up", bytes);

            bytes = put(upstream, "large", 1_000_000 * MEGABYTES);
            long cold = ask(cluster, downloads, "large", bytes);
            assertThat(upstream.bytesRequests(filename("large"))).isEqualTo(1);
            long cached = ask(cluster, downloads, "large", bytes);
            assertThat(upstream.bytesRequests(filename("large"))).isEqualTo(1);
            System.out.printf(
                    "CLUSTER 300 clients, %d MB, three nodes: the last one done after %d ms cold, %d ms cached: %.2f%n",
                    MEGABYTES, cold / 1_000_000, cached / 1_000_000, (double) cold / cached);
            // A short while says too little.
            if (Thorough.isAskedFor()) {
                assertThat((double) cold / cached).isLessThan(AS_LONG_AS_WHEN_CACHED);
            }
            assertThat(cluster.blockedThreads()).isEmpty();
        }
    }

    private static String filename(String project) {
        return project.replace('-', '_') + "-1.0-py3-none-any.whl";
    }

    private static ByteBuffer put(FakeUpstream upstream, String project, int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        upstream.put(GoldenFile.of(project, filename(project), Content.ofBytes(bytes)));
        return ByteBuffer.wrap(bytes);
    }

    /** @return the nanoseconds until the last client had it */
    private static long ask(TestCluster cluster, Downloads downloads, String project, ByteBuffer bytes) {
        long began = System.nanoTime();
        FileRound round = new FileRound(cluster, downloads, filename(project), bytes);
        round.ask(NODES, CLIENTS_A_NODE);
        round.assertWhole(NODES);
        return round.lastDone() - began;
    }
}
