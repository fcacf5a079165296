package io.cornucopia.cluster;

import static io.cornucopia.cluster.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cornucopia.bus.Addresses;
import io.cornucopia.bus.AsIsCodec;
import io.cornucopia.bus.OwnProjectsAnswer;
import io.cornucopia.bus.OwnProjectsQuery;
import io.cornucopia.bus.ProjectChanged;
import io.cornucopia.core.ProjectName;
import io.vertx.core.Future;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What the services of a node say to one another stays in that node, although its bus reaches all of them. */
class AddressesStayLocalTest {
    private static List<TestNode> nodes;

    @BeforeAll
    static void start() {
        nodes = TestNode.start(2);
        nodes.forEach(node -> AsIsCodec.register(node.vertx));
    }

    @AfterAll
    static void stop() {
        nodes.forEach(TestNode::close);
    }

    @Test
    @DisplayName("a question is answered on the node that asks, or nowhere")
    void questions() {
        List<List<OwnProjectsQuery>> asked = List.of(new CopyOnWriteArrayList<>(), new CopyOnWriteArrayList<>());
        List<MessageConsumer<OwnProjectsQuery>> serving = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            List<OwnProjectsQuery> heard = asked.get(i);
            serving.add(Addresses.OWN_PROJECTS.serve(nodes.get(i).vertx, query -> {
                heard.add(query);
                return Future.succeededFuture(new OwnProjectsAnswer(List.of()));
            }));
        }
        // Round robin, if it were one.
        for (int i = 0; i < 10; i++) {
            await(Addresses.OWN_PROJECTS.ask(nodes.get(0).vertx, new OwnProjectsQuery()));
        }
        assertThat(asked.get(0)).hasSize(10);
        assertThat(asked.get(1)).isEmpty();
        await(serving.get(0).unregister());
        assertThatThrownBy(() -> await(Addresses.OWN_PROJECTS.ask(nodes.get(0).vertx, new OwnProjectsQuery())))
                .hasStackTraceContaining("No handlers");
        assertThat(asked.get(1)).isEmpty();
    }

    @Test
    @DisplayName("news are heard on the node that publishes them, and nowhere else")
    void news() {
        List<List<ProjectChanged>> heard = List.of(new CopyOnWriteArrayList<>(), new CopyOnWriteArrayList<>());
        for (int i = 0; i < 2; i++) {
            Addresses.PROJECT_CHANGED.listen(nodes.get(i).vertx, heard.get(i)::add);
        }
        ProjectChanged change = new ProjectChanged(new ProjectName("six"));
        await(Addresses.PROJECT_CHANGED.publish(nodes.get(0).vertx, change));
        assertThat(heard.get(0)).containsExactly(change);
        // What would go over the wire comes in the order in which it was sent.
        await(Addresses.PROJECT_CHANGED.publish(nodes.get(1).vertx, change));
        assertThat(heard.get(1)).containsExactly(change);
        assertThat(heard.get(0)).containsExactly(change);
    }
}
