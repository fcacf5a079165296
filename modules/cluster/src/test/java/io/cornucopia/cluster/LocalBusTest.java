package io.cornucopia.cluster;

import static io.cornucopia.cluster.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cornucopia.bus.Address;
import io.cornucopia.bus.Addresses;
import io.cornucopia.bus.AsIsCodec;
import io.cornucopia.bus.Topic;
import io.vertx.core.Future;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What verticles say to one another stays on their node, although the event bus is the cluster's. */
class LocalBusTest {
    private static List<TestNode> nodes;

    /** Something that could not leave the process: it has no codec but the one that hands it over as it is. */
    private record Message(int number) {}

    @BeforeAll
    static void start() {
        nodes = TestNode.start(2);
        nodes.forEach(node -> AsIsCodec.register(node.vertx));
    }

    @AfterAll
    static void stop() {
        nodes.forEach(TestNode::close);
    }

    private static <T> List<T> all(Class<?> type, Class<T> as) {
        return Stream.of(Addresses.class.getFields())
                .filter(field -> field.getType().equals(type))
                .map(LocalBusTest::value)
                .map(as::cast)
                .toList();
    }

    private static Object value(Field field) {
        try {
            return field.get(null);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    @SuppressWarnings("unchecked")
    private static Address<Object, Object> any(Object address) {
        return (Address<Object, Object>) address;
    }

    @SuppressWarnings("unchecked")
    private static Topic<Object> anyTopic(Object topic) {
        return (Topic<Object>) topic;
    }

    @Test
    @DisplayName("each question to each address is answered on the node that asks")
    void answeredHere() {
        List<Object> addresses = all(Address.class, Object.class);
        assertThat(addresses).hasSizeGreaterThan(5);
        for (Object address : addresses) {
            List<MessageConsumer<Object>> serving = new ArrayList<>();
            for (TestNode node : nodes) {
                serving.add(any(address).serve(node.vertx, question -> Future.succeededFuture(node.id())));
            }
            for (int i = 0; i < 20; i++) {
                for (TestNode node : nodes) {
                    assertThat(await(any(address).ask(node.vertx, new Message(i))))
                            .isEqualTo(node.id());
                }
            }
            serving.forEach(consumer -> await(consumer.unregister()));
        }
    }

    @Test
    @DisplayName("where nobody serves an address nobody answers, whoever serves it elsewhere")
    void notAnsweredElsewhere() {
        for (Object address : all(Address.class, Object.class)) {
            List<Object> asked = new CopyOnWriteArrayList<>();
            MessageConsumer<Object> serving = any(address).serve(nodes.get(0).vertx, question -> {
                asked.add(question);
                return Future.succeededFuture("elsewhere");
            });
            for (int i = 0; i < 5; i++) {
                assertThatThrownBy(() -> await(any(address).ask(nodes.get(1).vertx, new Message(1))))
                        .cause()
                        .isInstanceOfSatisfying(
                                ReplyException.class,
                                none -> assertThat(none.failureType()).isEqualTo(ReplyFailure.NO_HANDLERS));
            }
            assertThat(asked).isEmpty();
            await(serving.unregister());
        }
    }

    @Test
    @DisplayName("news on each topic are heard on the node that publishes, and publishing waits for nobody elsewhere")
    void heardHere() {
        List<Object> topics = all(Topic.class, Object.class);
        assertThat(topics).hasSizeGreaterThan(2);
        for (Object topic : topics) {
            List<String> heard = new CopyOnWriteArrayList<>();
            List<MessageConsumer<Object>> listening = new ArrayList<>();
            for (TestNode node : nodes) {
                listening.add(anyTopic(topic).listen(node.vertx, news -> heard.add(node.id() + news)));
            }
            long before = System.nanoTime();
            for (int i = 0; i < 10; i++) {
                await(anyTopic(topic).publish(nodes.get(0).vertx, new Message(i)));
            }
            assertThat(heard)
                    .hasSize(10)
                    .allMatch(text -> text.startsWith(nodes.get(0).id()));
            assertThat(System.nanoTime() - before)
                    .as("well below the time-out of a listener that cannot be reached")
                    .isLessThan(TimeUnit.SECONDS.toNanos(4));
            listening.forEach(consumer -> await(consumer.unregister()));
        }
    }
}
