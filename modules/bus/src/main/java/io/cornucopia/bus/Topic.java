package io.cornucopia.bus;

import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * A place on this node's event bus where news of one type reach everyone who listens.
 *
 * @param <M> the news: an immutable record
 */
public final class Topic<M> {
    private final String name;

    Topic(String name) {
        this.name = Objects.requireNonNull(name, "name");
    }

    /** Tells everyone who listens on this node, each on their own context. May be called from any thread. */
    public void publish(Vertx vertx, M news) {
        vertx.eventBus()
                .publish(name, news, new DeliveryOptions().setLocalOnly(true).setCodecName(AsIsCodec.NAME));
    }

    /** Listens on the caller's context until the returned consumer is closed or the verticle undeployed. */
    public MessageConsumer<M> listen(Vertx vertx, Consumer<M> listener) {
        return vertx.eventBus().localConsumer(name, message -> listener.accept(message.body()));
    }
}
