package io.cornucopia.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ConnectionsTest {
    private static final long LIMIT_SECONDS = 1;

    /** Answers every request after three times the limit. */
    private static final class Slow extends VerticleBase {
        private HttpServer server;

        @Override
        public Future<?> start() {
            Connections connections = new Connections(vertx, LIMIT_SECONDS);
            server = vertx.createHttpServer(HttpVerticle.options())
                    .connectionHandler(connections::opened)
                    .requestHandler(request -> answer(connections, request));
            return server.listen(0, "127.0.0.1");
        }

        private void answer(Connections connections, HttpServerRequest request) {
            connections.begun(request.connection());
            vertx.setTimer(
                    TimeUnit.SECONDS.toMillis(3 * LIMIT_SECONDS),
                    id -> request.response().end("late").onComplete(done -> connections.ended(request.connection())));
        }
    }

    @Test
    @DisplayName("I a client that sends nothing, or no end, is cut off; one that waits is not")
    void idle() throws IOException {
        Vertx vertx = Vertx.vertx();
        try {
            Slow slow = new Slow();
            vertx.deployVerticle(slow).await();
            int port = slow.server.actualPort();
            try (RawClient waiting = new RawClient(port);
                    RawClient silent = new RawClient(port);
                    RawClient endless = new RawClient(port)) {
                waiting.send("GET", "/");
                endless.send("GET / HTTP/1.1\r\nX: y");
                assertThat(silent.isEnded()).isTrue();
                assertThat(endless.isEnded()).isTrue();
                assertThat(waiting.read(false).text()).isEqualTo("late");
                assertThat(waiting.isEnded()).isTrue();
            }
        } finally {
            vertx.close().await();
        }
    }

    @Test
    @DisplayName("I a request whose client has stopped sending it is cut off like an idle connection")
    void stopped() throws IOException {
        Vertx vertx = Vertx.vertx();
        try {
            Listening listening = new Listening();
            vertx.deployVerticle(listening).await();
            try (RawClient client = new RawClient(listening.server.actualPort())) {
                client.send("POST", "/", "Content-Length: 10");
                client.send("12345");
                assertThat(client.isEnded()).isTrue();
            }
        } finally {
            vertx.close().await();
        }
    }

    /** Waits for all of a request, and is not done before. */
    private static final class Listening extends VerticleBase {
        private HttpServer server;

        @Override
        public Future<?> start() {
            Connections connections = new Connections(vertx, LIMIT_SECONDS);
            server = vertx.createHttpServer(HttpVerticle.options())
                    .connectionHandler(connections::opened)
                    .requestHandler(request -> {
                        connections.begun(request.connection());
                        connections.awaits(request.connection());
                        request.handler(piece -> {
                            connections.heard(request.connection());
                            connections.awaits(request.connection());
                        });
                    });
            return server.listen(0, "127.0.0.1");
        }
    }
}
