package io.cornucopia.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What nodes ask one another, and who is silent. */
class PeersTest {
    private static final Duration PATIENCE = Duration.ofMillis(400);

    private final Vertx vertx = Vertx.vertx();
    private final Peers peers = new Peers(vertx);
    private final Member member =
            new Member("one", new HostPort("localhost", 1), new HostPort("localhost", 2), "1", false);
    private final Promise<String> late = Promise.promise();

    @BeforeEach
    void open() {
        peers.answer("quick", Future::succeededFuture);
        peers.answer("late", question -> late.future());
        done(peers.open(member.id()));
    }

    @AfterEach
    void close() {
        done(vertx.close());
    }

    @Test
    @DisplayName("who answers other questions is busy: one of many is waited for until nothing is heard any more")
    void busy() {
        Future<String> single = peers.ask(member, "late", "", PATIENCE);
        Future<String> oneOfMany = peers.askOneOfMany(member, "late", "", PATIENCE);
        // A single question does not become one of many by what else is asked.
        while (!single.isComplete()) {
            assertThat(done(peers.ask(member, "quick", "well?", PATIENCE))).isEqualTo("well?");
        }
        assertThat(single.failed()).isTrue();
        assertThat(done(peers.ask(member, "quick", "still?", PATIENCE))).isEqualTo("still?");
        assertThat(oneOfMany.isComplete()).as("given up").isFalse();
        await().atMost(Duration.ofSeconds(20)).until(oneOfMany::isComplete);
        assertThat(oneOfMany.cause()).hasMessageContaining("localhost:1 has not answered within");
    }

    @Test
    @DisplayName("who answers late, but answers, has answered")
    void late() {
        Future<String> oneOfMany = peers.askOneOfMany(member, "late", "", PATIENCE);
        late.complete("here");
        assertThat(done(oneOfMany)).isEqualTo("here");
    }

    @Test
    @DisplayName("a question that got lost on the way is put again")
    void lost() {
        AtomicInteger asked = new AtomicInteger();
        peers.answer(
                "lost",
                question -> asked.incrementAndGet() == 1
                        ? Promise.<String>promise().future()
                        : Future.succeededFuture("here"));
        assertThat(done(peers.ask(member, "lost", "", PATIENCE))).isEqualTo("here");
        assertThat(asked).hasValue(2);
    }

    @Test
    @DisplayName("a question of which nothing is known fails at once, and says so")
    void unknown() {
        Future<String> asked = peers.ask(member, "nonsense", "x", Duration.ofHours(1));
        await().atMost(Duration.ofSeconds(20)).until(asked::isComplete);
        assertThat(asked.cause()).hasMessageContaining("'nonsense x'");
    }

    private static <T> T done(Future<T> future) {
        return future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
    }
}
