package io.cornucopia.testkit;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpConnectOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.RequestOptions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * One address before several nodes, as a service of Kubernetes is: each new connection goes to the next node whose
 * {@code /health/ready} is 200, and stays there for all of its requests. Nothing is tried twice, so that each request that a
 * node drops is seen, also by clients that try again by themselves.
 */
public final class Balancer implements AutoCloseable {
    private static final String HOST = "127.0.0.1";
    private static final long LOOK_EACH_MILLIS = 100;
    private static final long LOOK_WITHIN_MILLIS = 5_000;
    private static final int FAILED = 500;

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    private final HttpClientAgent client = vertx.createHttpClient(new HttpClientOptions().setConnectTimeout(5_000));
    private final List<Integer> nodes;
    private final AtomicIntegerArray answered;
    private final AtomicInteger requests = new AtomicInteger();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    // Of the loop alone.
    private final boolean[] ready;
    private final Map<HttpConnection, Wire> wires = new HashMap<>();
    private int next;
    private int port;
    private volatile boolean closed;

    private Balancer(List<Integer> nodes) {
        this.nodes = nodes;
        answered = new AtomicIntegerArray(nodes.size());
        ready = new boolean[nodes.size()];
    }

    /** Stands before nodes on these ports of this machine, none of which need be ready yet. */
    public static Balancer before(List<Integer> nodes) {
        Balancer balancer = new Balancer(List.copyOf(nodes));
        try {
            balancer.open();
            return balancer;
        } catch (RuntimeException e) {
            balancer.close();
            throw e;
        }
    }

    private void open() {
        HttpServer server = settled(vertx.createHttpServer()
                .connectionHandler(this::connected)
                .requestHandler(this::asked)
                .listen(0, HOST));
        port = server.actualPort();
        for (int number = 0; number < nodes.size(); number++) {
            look(number);
        }
    }

    /** The address of all nodes, without a slash at the end. */
    public String url() {
        return "http://" + HOST + ":" + port;
    }

    /** Where their index pages are, with a slash at the end. */
    public String simpleUrl() {
        return url() + "/simple/";
    }

    /** How many requests came from clients. */
    public int requests() {
        return requests.get();
    }

    /** How many requests that node answered whole. */
    public int answeredBy(int number) {
        return answered.get(number);
    }

    /**
     * What went wrong: requests that got no whole answer, or a status from 500 on, while whoever asked was still there; and
     * connections that nobody took. One line each.
     */
    public List<String> failures() {
        return List.copyOf(failures);
    }

    @Override
    public void close() {
        closed = true;
        settled(vertx.close());
    }

    private void look(int number) {
        if (closed) {
            return;
        }
        client.request(new RequestOptions()
                        .setHost(HOST)
                        .setPort(nodes.get(number))
                        .setURI("/health/ready")
                        .setTimeout(LOOK_WITHIN_MILLIS)
                        .setIdleTimeout(LOOK_WITHIN_MILLIS))
                .compose(HttpClientRequest::send)
                .compose(response -> response.end().map(response.statusCode()))
                .onComplete(status -> {
                    ready[number] = status.succeeded() && status.result() == 200;
                    vertx.setTimer(LOOK_EACH_MILLIS, again -> look(number));
                });
    }

    private void connected(HttpConnection connection) {
        for (int i = 0; i < nodes.size(); i++) {
            int number = (next + i) % nodes.size();
            if (ready[number]) {
                next = number + 1;
                Wire wire = new Wire(connection, number);
                wires.put(connection, wire);
                connection.closeHandler(closed -> wire.left());
                return;
            }
        }
        failures.add("no node was ready for a connection");
        connection.close();
    }

    private void asked(HttpServerRequest request) {
        Wire wire = wires.get(request.connection());
        if (wire == null) {
            // Sent while its connection was turned away.
            request.connection().close();
        } else {
            wire.pass(request);
        }
    }

    private static <T> T settled(Future<T> future) {
        return future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
    }

    /** What a client and a node say to one another over one connection. On the loop only. */
    private final class Wire {
        private final HttpConnection near;
        private final int number;
        private final Future<HttpClientConnection> far;
        private boolean gone;
        private Future<Void> written = Future.succeededFuture();

        Wire(HttpConnection near, int number) {
            this.near = near;
            this.number = number;
            far = client.connect(new HttpConnectOptions().setHost(HOST).setPort(nodes.get(number)))
                    // The node may close it when it likes; what was answered goes out before.
                    .onSuccess(node -> node.closeHandler(
                            closed -> written.onComplete(done -> vertx.runOnContext(later -> near.close()))));
        }

        void left() {
            gone = true;
            wires.remove(near);
            far.onSuccess(HttpConnection::close);
        }

        void pass(HttpServerRequest request) {
            requests.incrementAndGet();
            request.pause();
            written = far.compose(node -> node.request(new RequestOptions()
                            .setMethod(request.method())
                            .setURI(request.uri())
                            .setHeaders(request.headers())))
                    .compose(onwards -> send(request, onwards))
                    .compose(answer -> answer(request, answer));
            written.onComplete(done -> {
                if (done.failed() && !gone) {
                    failures.add(what(request) + ": " + done.cause());
                    near.close();
                }
            });
        }

        private Future<HttpClientResponse> send(HttpServerRequest request, HttpClientRequest onwards) {
            if (request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD)) {
                request.resume();
                return onwards.send();
            }
            return onwards.send(request);
        }

        private Future<Void> answer(HttpServerRequest request, HttpClientResponse answer) {
            if (answer.statusCode() >= FAILED) {
                failures.add(what(request) + ": " + answer.statusCode());
            }
            HttpServerResponse response = request.response().setStatusCode(answer.statusCode());
            response.headers().setAll(answer.headers());
            boolean last = answer.headers().contains(HttpHeaders.CONNECTION, HttpHeaders.CLOSE, true);
            return answer.pipeTo(response).onSuccess(whole -> {
                answered.incrementAndGet(number);
                if (last) {
                    near.close();
                }
            });
        }

        private String what(HttpServerRequest request) {
            return request.method() + " " + request.path() + " of node " + number;
        }
    }
}
