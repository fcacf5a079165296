package io.cornucopia.acceptance;

import static io.cornucopia.testkit.Conditions.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** Several workers, each of whom does the same over and over until the first failure. */
final class Load implements AutoCloseable {
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicBoolean ended = new AtomicBoolean();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final List<String> names = new ArrayList<>();
    private final List<AtomicInteger> rounds = new ArrayList<>();

    /** Begins to do that work, which is told how often it was done before. */
    void add(String name, IntConsumer work) {
        AtomicInteger done = new AtomicInteger();
        names.add(name);
        rounds.add(done);
        threads.execute(() -> {
            try {
                while (!ended.get()) {
                    work.accept(done.get());
                    done.incrementAndGet();
                }
            } catch (RuntimeException | AssertionError e) {
                failures.add(name + ": " + e);
            }
        });
    }

    /** Steady rather than as fast as the processors go, which the nodes need as well. */
    static void pause() {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
    }

    /** How often the slowest has done its work. */
    int rounds() {
        return rounds.stream().mapToInt(AtomicInteger::get).min().orElseThrow();
    }

    /** Waits until each has done its work so often, or one has failed. */
    void awaitRounds(int count) {
        await("work under way", Duration.ofMinutes(2), () -> !failures.isEmpty() || rounds() >= count);
    }

    /** Lets everybody finish, and gives what failed. */
    List<String> end() throws InterruptedException {
        ended.set(true);
        threads.shutdown();
        assertThat(threads.awaitTermination(2, TimeUnit.MINUTES)).isTrue();
        return List.copyOf(failures);
    }

    @Override
    public void close() {
        ended.set(true);
        threads.shutdownNow();
    }

    @Override
    public String toString() {
        return IntStream.range(0, names.size())
                .mapToObj(number -> names.get(number) + " " + rounds.get(number))
                .toList()
                .toString();
    }
}
