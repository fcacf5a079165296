package io.cornucopia.metadata;

import io.cornucopia.testkit.FreePorts;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** An index that answers exactly what a test says, and remembers what it was asked. */
final class ScriptedIndex {
    static final String JSON = "application/vnd.pypi.simple.v1+json";

    private final Vertx vertx;
    private final Map<String, Handler<HttpServerRequest>> answers = new ConcurrentHashMap<>();
    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private final int port = FreePorts.take();
    private HttpServer server;

    record Asked(String path, MultiMap headers) {}

    ScriptedIndex(Vertx vertx) {
        this.vertx = vertx;
    }

    ScriptedIndex up() {
        server = vertx.createHttpServer().requestHandler(request -> {
            asked.add(
                    new Asked(request.path(), MultiMap.caseInsensitiveMultiMap().addAll(request.headers())));
            answers.getOrDefault(request.path(), ScriptedIndex::unknown).handle(request);
        });
        await(server.listen(port, "127.0.0.1"));
        return this;
    }

    /** Refuses connections from now on, until it is up again. */
    void down() {
        await(server.close());
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + port + "/simple/");
    }

    List<Asked> asked(String path) {
        return asked.stream().filter(each -> each.path().equals(path)).toList();
    }

    List<Asked> askedForPage(String project) {
        return asked("/simple/" + project + "/");
    }

    /** Answers a request that was kept waiting, as one that comes now. */
    void answerLate(HttpServerRequest request) {
        vertx.runOnContext(now -> answers.get(request.path()).handle(request));
    }

    void on(String path, Handler<HttpServerRequest> answer) {
        answers.put(path, answer);
    }

    void onPage(String project, Handler<HttpServerRequest> answer) {
        on("/simple/" + project + "/", answer);
    }

    /** Answers with a page that lists these files, and with 304 to whoever has it already. */
    void page(String project, String etag, String... filenames) {
        StringBuilder files = new StringBuilder();
        for (String filename : filenames) {
            files.append(files.length() == 0 ? "" : ",").append(file(filename));
        }
        body(
                project,
                JSON,
                etag,
                "{\"meta\":{\"api-version\":\"1.1\"},\"name\":\"" + project + "\",\"files\":[" + files + "]}");
    }

    void body(String project, String type, String etag, String body) {
        onPage(project, request -> answer(request, type, etag, Buffer.buffer(body)));
    }

    static void answer(HttpServerRequest request, String type, String etag, Buffer body) {
        if (etag != null && etag.equals(request.getHeader("If-None-Match"))) {
            request.response().setStatusCode(304).putHeader("ETag", etag).end();
            return;
        }
        if (etag != null) {
            request.response().putHeader("ETag", etag);
        }
        request.response().putHeader("Content-Type", type).end(body);
    }

    void status(String project, int status) {
        onPage(project, request -> request.response().setStatusCode(status).end("no"));
    }

    static String file(String filename) {
        return "{\"filename\":\"" + filename + "\",\"url\":\"../../files/" + filename + "\",\"hashes\":{\"sha256\":\""
                + "a".repeat(64) + "\"}}";
    }

    private static void unknown(HttpServerRequest request) {
        request.response().setStatusCode(404).end();
    }

    private static void await(io.vertx.core.Future<?> future) {
        try {
            future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
