package io.cornucopia.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.cornucopia.core.ProjectName;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TopicTest {
    private static final ProjectChanged NEWS = new ProjectChanged(new ProjectName("six"));

    private final Vertx vertx = Vertx.vertx();

    @BeforeEach
    void start() {
        AsIsCodec.register(vertx);
    }

    @AfterEach
    void stop() throws Exception {
        await(vertx.close());
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    @Test
    @DisplayName("whoever publishes knows that everybody has heard, each on a context of their own")
    void heardByAll() throws Exception {
        List<ProjectChanged> heard = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 3; i++) {
            Context context = vertx.getOrCreateContext();
            CompletableFuture<Void> listening = new CompletableFuture<>();
            context.runOnContext(v -> {
                Addresses.UPLOADS_CHANGED.listen(vertx, heard::add);
                listening.complete(null);
            });
            listening.get(20, TimeUnit.SECONDS);
        }

        await(Addresses.UPLOADS_CHANGED.publish(vertx, NEWS));

        assertThat(heard).containsExactly(NEWS, NEWS, NEWS);
    }

    @Test
    @DisplayName("publishing does not end before a slow listener has heard")
    void waits() throws Exception {
        CountDownLatch free = new CountDownLatch(1);
        List<ProjectChanged> heard = new CopyOnWriteArrayList<>();
        Addresses.UPLOADS_CHANGED.listen(vertx, news -> {
            try {
                free.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            heard.add(news);
        });

        Future<Void> published = Addresses.UPLOADS_CHANGED.publish(vertx, NEWS);
        assertThat(published.isComplete()).isFalse();
        free.countDown();
        await(published);

        assertThat(heard).containsExactly(NEWS);
    }

    @Test
    @DisplayName("nobody waits where nobody listens, nor for who stopped listening, nor for a listener that fails")
    void nobody() throws Exception {
        await(Addresses.UPLOADS_CHANGED.publish(vertx, NEWS));

        List<ProjectChanged> heard = new CopyOnWriteArrayList<>();
        MessageConsumer<ProjectChanged> stopped = Addresses.UPLOADS_CHANGED.listen(vertx, heard::add);
        await(stopped.unregister());
        Addresses.UPLOADS_CHANGED.listen(vertx, news -> {
            throw new IllegalStateException("on purpose");
        });
        long before = System.nanoTime();
        await(Addresses.UPLOADS_CHANGED.publish(vertx, NEWS));

        assertThat(heard).isEmpty();
        assertThat(System.nanoTime() - before)
                .as("well below the time-out of a listener that cannot be reached")
                .isLessThan(TimeUnit.SECONDS.toNanos(4));
    }
}
