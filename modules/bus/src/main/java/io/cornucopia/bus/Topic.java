package io.cornucopia.bus;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.shareddata.LocalMap;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * A place on this node's event bus where news of one type reach everyone who listens.
 *
 * @param <M> the news: an immutable record
 */
public final class Topic<M> {
    private static final long TIMEOUT_MILLIS = 5_000;

    private final String name;

    Topic(String name) {
        this.name = Objects.requireNonNull(name, "name");
    }

    /**
     * Tells everyone who listens on this node, each on their own context. May be called from any thread.
     *
     * @return completes, on the caller's context, when all of them have heard it: whoever answers a client after that can
     *     be sure that no later answer is given in ignorance of the news
     */
    public Future<Void> publish(Vertx vertx, M news) {
        DeliveryOptions options = new DeliveryOptions()
                .setLocalOnly(true)
                .setCodecName(AsIsCodec.NAME)
                .setSendTimeout(TIMEOUT_MILLIS);
        List<Future<Message<Object>>> heard = ears(vertx).keySet().stream()
                .map(ear -> vertx.eventBus().request(ear, news, options))
                .toList();
        // Who stopped listening meanwhile need not know.
        return Future.join(heard).transform(told -> Future.succeededFuture());
    }

    /** Listens on the caller's context until the returned consumer is closed or the verticle undeployed. */
    public MessageConsumer<M> listen(Vertx vertx, Consumer<M> listener) {
        String ear = name + "." + UUID.randomUUID();
        MessageConsumer<M> consumer = vertx.eventBus().localConsumer(ear, message -> {
            try {
                listener.accept(message.body());
            } finally {
                // Also if the listener failed: whoever published waits for this.
                message.reply(null, new DeliveryOptions().setLocalOnly(true));
            }
        });
        consumer.endHandler(closed -> ears(vertx).remove(ear));
        ears(vertx).put(ear, true);
        return consumer;
    }

    // One address a listener, since news to a shared address come with no word of who has heard them.
    private LocalMap<String, Boolean> ears(Vertx vertx) {
        return vertx.sharedData().getLocalMap(name);
    }
}
