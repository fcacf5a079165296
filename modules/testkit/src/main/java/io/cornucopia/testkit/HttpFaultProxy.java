package io.cornucopia.testkit;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * An HTTP server that passes each request on to another one, as it is, and answers what that does, unless told to do something
 * worse. It remembers what it was asked.
 */
public final class HttpFaultProxy implements AutoCloseable {
    /** What it was asked for. */
    public record Asked(String method, String path, String query) {
        /** Whether it was this method on a path that ends so. */
        public boolean is(String name, String end) {
            return method.equals(name) && path.endsWith(end);
        }
    }

    /** What it does with a request. */
    public sealed interface Act {
        /** Passes it on. */
        record Pass() implements Act {}

        /** Passes it on without a header. */
        record Without(String header) implements Act {}

        /** Answers with that status, without passing it on. */
        record Status(int code) implements Act {}

        /** Never answers. */
        record Silence() implements Act {}

        /** Breaks the connection when so many bytes of the request's body have come, without passing it on. */
        record CutRequest(long bytes) implements Act {}

        /** Passes it on, and breaks the connection when it should answer. */
        record LoseAnswer() implements Act {}

        /** Passes it on, and breaks the connection after so many bytes of the answer's body. */
        record CutAnswer(int bytes) implements Act {}

        /** Passes it on, sends so many bytes of the answer's body, and the rest when told to {@link #release}. */
        record HoldAnswer(int bytes) implements Act {}
    }

    private static final Act PASS = new Act.Pass();

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    private final HttpClient client;
    private final HttpServer server;
    private final URI target;
    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private final List<Runnable> held = new CopyOnWriteArrayList<>();
    private volatile Function<Asked, Act> acts = request -> PASS;

    private HttpFaultProxy(URI target) {
        this.target = target;
        client = vertx.createHttpClient(
                new HttpClientOptions().setDecompressionSupported(false), new PoolOptions().setHttp1MaxSize(100));
        server = vertx.createHttpServer(new HttpServerOptions().setHandle100ContinueAutomatically(true));
        server.requestHandler(this::take);
        settled(server.listen(0, Loopback.HOST));
    }

    /** Starts one before that server, which speaks plain HTTP. */
    public static HttpFaultProxy before(URI server) {
        return new HttpFaultProxy(server);
    }

    /** Its address, without a slash at the end. */
    public String url() {
        return "http://" + Loopback.HOST + ":" + server.actualPort();
    }

    /** From now on, what becomes of a request. Called on one thread. */
    public void act(Function<Asked, Act> what) {
        acts = what;
    }

    /** From now on, everything is passed on. */
    public void heal() {
        acts = request -> PASS;
        release();
    }

    /** Sends the rest of the answers that are held. */
    public void release() {
        held.forEach(Runnable::run);
        held.clear();
    }

    /** What it was asked since this was asked last. */
    public List<Asked> asked() {
        List<Asked> sofar = List.copyOf(asked);
        asked.removeAll(sofar);
        return sofar;
    }

    private void take(HttpServerRequest request) {
        Asked one = new Asked(request.method().name(), request.path(), request.query() == null ? "" : request.query());
        asked.add(one);
        Act act = acts.apply(one);
        if (act instanceof Act.CutRequest cut) {
            cut(request, cut.bytes());
            return;
        }
        request.body().onSuccess(body -> {
            if (act instanceof Act.Status status) {
                request.response().setStatusCode(status.code()).end();
            } else if (!(act instanceof Act.Silence)) {
                pass(request, body, act);
            }
        });
    }

    private static void cut(HttpServerRequest request, long bytes) {
        long[] seen = {0};
        request.handler(some -> {
            seen[0] += some.length();
            if (seen[0] >= bytes) {
                request.connection().close();
            }
        });
        request.endHandler(ended -> request.connection().close());
    }

    private void pass(HttpServerRequest request, Buffer body, Act act) {
        client.request(new RequestOptions()
                        .setMethod(HttpMethod.valueOf(request.method().name()))
                        .setHost(target.getHost())
                        .setPort(target.getPort() < 0 ? 80 : target.getPort())
                        .setURI(request.uri()))
                .compose(onward -> {
                    request.headers().forEach(header -> {
                        if (!header.getKey().equalsIgnoreCase("Expect")
                                && !header.getKey().equalsIgnoreCase("Connection")
                                && !(act instanceof Act.Without without
                                        && header.getKey().equalsIgnoreCase(without.header()))) {
                            onward.headers().add(header.getKey(), header.getValue());
                        }
                    });
                    return onward.send(body);
                })
                .compose(answer -> answer.body().map(bytes -> answer(request, answer, bytes, act)))
                .onFailure(broken -> request.connection().close());
    }

    private Void answer(HttpServerRequest request, HttpClientResponse answer, Buffer bytes, Act act) {
        if (act instanceof Act.LoseAnswer) {
            request.connection().close();
            return null;
        }
        request.response().setStatusCode(answer.statusCode());
        answer.headers().forEach(header -> {
            if (!header.getKey().equalsIgnoreCase("Connection")
                    && !header.getKey().equalsIgnoreCase("Transfer-Encoding")) {
                request.response().headers().add(header.getKey(), header.getValue());
            }
        });
        if (request.method().equals(HttpMethod.HEAD) || answer.statusCode() == 204 || answer.statusCode() == 304) {
            request.response().end();
            return null;
        }
        request.response().headers().set("Content-Length", Integer.toString(bytes.length()));
        if (act instanceof Act.CutAnswer cut && cut.bytes() < bytes.length()) {
            request.response()
                    .write(bytes.slice(0, cut.bytes()))
                    .onComplete(sent -> request.connection().close());
        } else if (act instanceof Act.HoldAnswer hold && hold.bytes() < bytes.length()) {
            request.response().write(bytes.slice(0, hold.bytes()));
            held.add(() -> request.response().end(bytes.slice(hold.bytes(), bytes.length())));
        } else {
            request.response().end(bytes);
        }
        return null;
    }

    private static <T> T settled(Future<T> future) {
        return future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
    }

    @Override
    public void close() {
        release();
        settled(vertx.close());
    }
}
