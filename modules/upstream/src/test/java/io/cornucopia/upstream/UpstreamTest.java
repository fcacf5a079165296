package io.cornucopia.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.cornucopia.bus.Failure;
import io.cornucopia.bus.FailureException;
import io.cornucopia.upstream.Upstream.Patience;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UpstreamTest {
    private static final long LIMIT = 1_000_000;

    private final Vertx vertx = Vertx.vertx();
    private final Map<String, Handler<HttpServerRequest>> answers = new ConcurrentHashMap<>();
    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private HttpServer server;
    private HttpServer elsewhere;

    private record Asked(String path, int port, MultiMap headers) {}

    @BeforeEach
    void listen() {
        server = server();
        elsewhere = server();
    }

    @AfterEach
    void close() {
        await(vertx.close());
    }

    private HttpServer server() {
        return await(vertx.createHttpServer()
                .requestHandler(request -> {
                    asked.add(new Asked(
                            request.path(),
                            request.localAddress().port(),
                            MultiMap.caseInsensitiveMultiMap().addAll(request.headers())));
                    answers.get(request.path()).handle(request);
                })
                .listen(0, "127.0.0.1"));
    }

    private URI url(String path) {
        return URI.create("http://127.0.0.1:" + server.actualPort() + path);
    }

    private URI urlElsewhere(String path) {
        return URI.create("http://127.0.0.1:" + elsewhere.actualPort() + path);
    }

    private Upstream upstream(int retries, boolean offline, String... fileHosts) {
        return new Upstream(
                vertx,
                new UpstreamSettings(
                        url("/simple/"),
                        List.of(fileHosts),
                        Optional.of(new UpstreamSettings.Credentials("me", "s3cret")),
                        retries,
                        Duration.ofSeconds(2),
                        Duration.ofMillis(400),
                        offline),
                metrics);
    }

    /** Asks, and takes the body, as code on an event loop does. */
    private <T> T onLoop(Callable<Future<T>> task) {
        return await(onLoopFuture(task));
    }

    private <T> Future<T> onLoopFuture(Callable<Future<T>> task) {
        io.vertx.core.Promise<T> result = io.vertx.core.Promise.promise();
        vertx.runOnContext(ignored -> {
            try {
                task.call().onComplete(result);
            } catch (Exception e) {
                result.fail(e);
            }
        });
        return result.future();
    }

    private Future<Buffer> fetch(Upstream upstream, URI url, Patience patience) {
        return onLoopFuture(() ->
                upstream.get(url, Map.of("Accept", "text/plain"), patience).compose(response -> response.bytes(LIMIT)));
    }

    private void on(String path, Handler<HttpServerRequest> answer) {
        answers.put(path, answer);
    }

    private long asked(String path) {
        return asked.stream().filter(each -> each.path().equals(path)).count();
    }

    private double count(String name, String... tags) {
        return metrics.get(name).tags(tags).counter().count();
    }

    @Test
    void answersWithWhatUpstreamSays() {
        on("/x", request -> request.response().putHeader("ETag", "\"1\"").end("hello"));
        Upstream upstream = upstream(0, false);

        String seen = onLoop(() -> upstream.get(url("/x"), Map.of("If-None-Match", "\"0\""), Patience.ONCE)
                .compose(response -> response.bytes(LIMIT)
                        .map(body -> response.status() + response.headers().get("ETag") + body)));

        assertThat(seen).isEqualTo("200\"1\"hello");
        MultiMap headers = asked.get(0).headers();
        assertThat(headers.get("If-None-Match")).isEqualTo("\"0\"");
        assertThat(headers.get("User-Agent")).startsWith("Cornucopia");
        assertThat(count("cornucopia.upstream.requests", "status", "2xx")).isEqualTo(1);
        assertThat(count("cornucopia.upstream.received")).isEqualTo(5);
    }

    @Nested
    class TryingAgain {
        @ParameterizedTest
        @ValueSource(ints = {429, 500, 502, 503, 504})
        void whatMayPass(int status) {
            on("/x", request -> {
                if (asked("/x") < 3) {
                    request.response().setStatusCode(status).end("ill");
                } else {
                    request.response().end("well");
                }
            });
            assertThat(await(fetch(upstream(2, false), url("/x"), Patience.RETRY)))
                    .hasToString("well");
            assertThat(asked("/x")).isEqualTo(3);
        }

        @Test
        void aConnectionThatBreaks() {
            on("/x", request -> {
                if (asked("/x") == 1) {
                    request.connection().close();
                } else {
                    request.response().end("well");
                }
            });
            assertThat(await(fetch(upstream(1, false), url("/x"), Patience.RETRY)))
                    .hasToString("well");
        }

        @Test
        void upToTheLimitAndThenSaysWhy() {
            on("/x", request -> request.response().setStatusCode(503).end());
            Failure failure = failure(fetch(upstream(2, false), url("/x"), Patience.RETRY));
            assertThat(asked("/x")).isEqualTo(3);
            assertThat(failure).isInstanceOf(Failure.UpstreamFailed.class);
            assertThat(failure.message()).contains(url("/x").toString(), "503");
        }

        @Test
        void notWhereThereIsAnOlderCopy() {
            on("/x", request -> request.response().setStatusCode(503).end());
            failure(fetch(upstream(5, false), url("/x"), Patience.ONCE));
            assertThat(asked("/x")).isEqualTo(1);
        }

        @ParameterizedTest
        @ValueSource(ints = {400, 401, 403, 404, 410})
        void notWhatIsAnAnswer(int status) {
            on("/x", request -> request.response().setStatusCode(status).end("no"));
            int seen = onLoop(() -> upstream(5, false)
                    .get(url("/x"), Map.of(), Patience.RETRY)
                    .map(response -> {
                        response.discard();
                        return response.status();
                    }));
            assertThat(seen).isEqualTo(status);
            assertThat(asked("/x")).isEqualTo(1);
        }

        @Test
        void afterTheTimeThatUpstreamAskedFor() {
            List<Long> times = new CopyOnWriteArrayList<>();
            on("/x", request -> {
                times.add(System.nanoTime());
                if (times.size() == 1) {
                    request.response()
                            .setStatusCode(429)
                            .putHeader("Retry-After", "1")
                            .end();
                } else {
                    request.response().end("well");
                }
            });
            await(fetch(upstream(1, false), url("/x"), Patience.RETRY));
            // The first back-off is 200 ms at most: a second is upstream's wish.
            assertThat(Duration.ofNanos(times.get(1) - times.get(0))).isGreaterThanOrEqualTo(Duration.ofMillis(990));
        }

        @Test
        void notAtAllWhereThatIsTooLongForAClientToWait() {
            on(
                    "/x",
                    request -> request.response()
                            .setStatusCode(503)
                            .putHeader("Retry-After", "3600")
                            .end());
            Failure failure = failure(fetch(upstream(3, false), url("/x"), Patience.RETRY));
            assertThat(asked("/x")).isEqualTo(1);
            assertThat(((Failure.UpstreamFailed) failure).retryAfter()).contains(Duration.ofHours(1));
        }

        @Test
        void countsWhatGotNoAnswer() {
            Upstream upstream = upstream(1, false);
            URI gone = url("/x");
            await(server.close());
            assertThat(failure(fetch(upstream, gone, Patience.RETRY)).message()).contains("could not be asked");
            assertThat(count("cornucopia.upstream.errors")).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("the connection stays open over what is short and not wanted: redirects, errors, 304s")
    void reused() {
        List<String> connections = new CopyOnWriteArrayList<>();
        Handler<HttpServerRequest> note =
                request -> connections.add(request.connection().remoteAddress().toString());
        on("/x", request -> {
            note.handle(request);
            request.response().setStatusCode(302).putHeader("Location", "/y").end("over there");
        });
        on("/y", request -> {
            note.handle(request);
            request.response().setStatusCode(asked("/y") == 1 ? 503 : 304).end();
        });
        Upstream upstream = upstream(1, false);
        for (int i = 0; i < 3; i++) {
            onLoop(() -> upstream.get(url("/x"), Map.of(), Patience.RETRY).map(response -> {
                response.discard();
                return response.status();
            }));
        }
        assertThat(connections).hasSize(8);
        // A second one: a redirect is followed before what came with it was read.
        assertThat(connections.stream().distinct()).hasSizeLessThanOrEqualTo(2);
    }

    @Nested
    class Redirects {
        @ParameterizedTest
        @ValueSource(ints = {301, 302, 303, 307, 308})
        void areFollowed(int status) {
            on("/deeper/x", request -> redirect(request, status, "../y?z=1"));
            on("/y", request -> request.response().end("there " + request.query()));
            assertThat(await(fetch(upstream(0, false), url("/deeper/x"), Patience.ONCE)))
                    .hasToString("there z=1");
        }

        @Test
        void sayWhereItWasFoundInTheEnd() {
            on("/x", request -> redirect(request, 302, "/deeper/y"));
            on("/deeper/y", request -> request.response().end());
            URI found = onLoop(() -> upstream(0, false)
                    .get(url("/x"), Map.of(), Patience.ONCE)
                    .map(response -> {
                        response.discard();
                        return response.url();
                    }));
            assertThat(found).isEqualTo(url("/deeper/y"));
        }

        @Test
        void endSomewhere() {
            on("/x", request -> redirect(request, 302, "/x"));
            Failure failure = failure(fetch(upstream(3, false), url("/x"), Patience.RETRY));
            assertThat(failure.message()).contains("redirects more than 5 times");
            assertThat(asked("/x")).isEqualTo(6);
        }

        @Test
        void toAHostThatIsNotAllowedAreRefusedAndNotTriedAgain() {
            on("/x", request -> redirect(request, 302, urlElsewhere("/y").toString()));
            Failure failure = failure(fetch(upstream(3, false), url("/x"), Patience.RETRY));
            assertThat(failure.message()).contains("127.0.0.1:" + elsewhere.actualPort(), "upstream.file_hosts");
            assertThat(asked("/y")).isZero();
            assertThat(asked("/x")).isEqualTo(1);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "http://localhost/y",
                    "http://169.254.169.254/latest/",
                    "http://[::1]/y",
                    "file:///etc/passwd",
                    "http://[bad"
                })
        void toTheInsideOfANetworkAreRefused(String location) {
            on("/x", request -> redirect(request, 302, location));
            assertThat(failure(fetch(upstream(0, false), url("/x"), Patience.ONCE)))
                    .isInstanceOf(Failure.UpstreamFailed.class);
        }

        @Test
        @DisplayName("credentials go to upstream's own host and port, and nowhere else")
        void credentials() {
            String other = "127.0.0.1:" + elsewhere.actualPort();
            on("/x", request -> redirect(request, 302, urlElsewhere("/y").toString()));
            on("/y", request -> request.response().end("there"));
            await(fetch(upstream(0, false, other), url("/x"), Patience.ONCE));
            assertThat(asked.get(0).headers().get("Authorization")).isEqualTo("Basic bWU6czNjcmV0");
            assertThat(asked.get(1).port()).isEqualTo(elsewhere.actualPort());
            assertThat(asked.get(1).headers().contains("Authorization")).isFalse();
        }

        private void redirect(HttpServerRequest request, int status, String location) {
            request.response()
                    .setStatusCode(status)
                    .putHeader("Location", location)
                    .end();
        }
    }

    @Nested
    class Bodies {
        @Test
        void unzipped() {
            on("/x", request -> gzip(request, zipped("hello".repeat(1000).getBytes(StandardCharsets.UTF_8))));
            assertThat(await(fetch(upstream(0, false), url("/x"), Patience.ONCE)))
                    .hasToString("hello".repeat(1000));
        }

        @Test
        void thatAreBombsAreNotUnpacked() {
            // Zipped beforehand: it takes about as long as the silence of upstream that is waited out here.
            Buffer bomb = zipped(new byte[50_000_000]);
            on("/x", request -> gzip(request, bomb));
            assertThat(failure(fetch(upstream(0, false), url("/x"), Patience.ONCE))
                            .message())
                    .contains("more than " + LIMIT + " bytes");
        }

        @Test
        void thatAreNotWhatTheySayAreRefused() {
            on("/x", request -> gzip(request, Buffer.buffer("<html>not gzip")));
            assertThat(failure(fetch(upstream(0, false), url("/x"), Patience.ONCE))
                            .message())
                    .contains("gzip that cannot be read");
        }

        @Test
        void tooLong() {
            on("/x", request -> request.response().end(Buffer.buffer(new byte[(int) LIMIT + 1])));
            assertThat(failure(fetch(upstream(0, false), url("/x"), Patience.ONCE))
                            .message())
                    .contains("more than " + LIMIT + " bytes");
        }

        @Test
        void shorterThanAnnounced() {
            on("/x", request -> {
                request.response().putHeader("Content-Length", "1000").write("only this");
                vertx.setTimer(50, ignored -> request.connection().close());
            });
            assertThat(failure(fetch(upstream(0, false), url("/x"), Patience.ONCE))
                            .message())
                    .contains("broke off");
            assertThat(count("cornucopia.upstream.errors")).isEqualTo(1);
        }

        @Test
        void silentForTooLong() {
            on("/x", request -> request.response().setChunked(true).write("only this"));
            assertThat(failure(fetch(upstream(0, false), url("/x"), Patience.ONCE))
                            .message())
                    .contains("was silent for", "upstream.read_timeout");
        }

        @Test
        void thatNeverBegin() {
            on("/x", request -> {});
            assertThat(failure(fetch(upstream(0, false), url("/x"), Patience.ONCE)))
                    .isInstanceOf(Failure.UpstreamFailed.class);
        }

        @Test
        @DisplayName("a sleep of our own is not upstream's silence")
        void asleep() {
            Promise<Void> awake = Promise.promise();
            on("/x", request -> {
                request.response().setChunked(true).write("hel");
                awake.future().onSuccess(ignored -> request.response().end("lo"));
            });
            Upstream upstream = upstream(0, false);
            Buffer body = onLoop(() -> upstream.get(url("/x"), Map.of(), Patience.ONCE)
                    .compose(response -> {
                        vertx.setTimer(50, begun -> {
                            sleep(1_200);
                            vertx.setTimer(50, woken -> awake.complete());
                        });
                        return response.bytes(LIMIT);
                    }));
            assertThat(body).hasToString("hello");
        }

        /** Stops the loop that this is called on, as if the process were frozen. */
        private static void sleep(long millis) {
            try {
                TimeUnit.MILLISECONDS.sleep(millis);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Test
        @DisplayName("a pause of our own is not upstream's silence")
        void paused() {
            on("/x", request -> request.response().end("hello"));
            Upstream upstream = upstream(0, false);
            Buffer body = onLoop(() -> upstream.get(url("/x"), Map.of(), Patience.ONCE)
                    .compose(response ->
                            vertx.timer(900, TimeUnit.MILLISECONDS).compose(ignored -> response.bytes(LIMIT))));
            assertThat(body).hasToString("hello");
        }
    }

    @Nested
    class ToAFile {
        @TempDir
        Path directory;

        @Test
        void whole() throws IOException {
            byte[] bytes = new byte[900_000];
            on("/x", request -> request.response().end(Buffer.buffer(bytes)));
            write(LIMIT);
            assertThat(Files.readAllBytes(directory.resolve("file"))).isEqualTo(bytes);
            assertThat(files()).containsExactly("file");
        }

        @Test
        void unzipped() throws IOException {
            Buffer small = zipped(new byte[900_000]);
            on("/x", request -> gzip(request, small));
            write(LIMIT);
            assertThat(Files.size(directory.resolve("file"))).isEqualTo(900_000);
            assertThat(files()).containsExactly("file");
        }

        @Test
        void leavesNothingOfABomb() {
            Buffer bomb = zipped(new byte[50_000_000]);
            on("/x", request -> gzip(request, bomb));
            assertThat(writeFailure().message()).contains("more than " + LIMIT + " bytes");
            assertThat(files()).isEmpty();
        }

        @Test
        void leavesNothingOfWhatIsTooLong() {
            on("/x", request -> request.response().end(Buffer.buffer(new byte[(int) LIMIT + 1])));
            assertThat(writeFailure().message()).contains("more than " + LIMIT + " bytes");
            assertThat(files()).isEmpty();
        }

        @Test
        void leavesNothingOfWhatBrokeOff() {
            on("/x", request -> {
                request.response().putHeader("Content-Length", "1000").write("only this");
                vertx.setTimer(50, ignored -> request.connection().close());
            });
            assertThat(writeFailure().message()).contains("broke off");
            assertThat(files()).isEmpty();
        }

        private void write(long limit) {
            await(writing(limit));
        }

        private Failure writeFailure() {
            return failure(writing(LIMIT));
        }

        private Future<Void> writing(long limit) {
            Upstream upstream = upstream(0, false);
            return onLoopFuture(() -> upstream.get(url("/x"), Map.of(), Patience.ONCE)
                    .compose(response -> response.toFile(directory.resolve("file"), limit)));
        }

        private List<String> files() {
            try (Stream<Path> files = Files.list(directory)) {
                return files.map(file -> file.getFileName().toString()).toList();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Test
    void isNeverAskedWhileOffline() {
        assertThat(failure(fetch(upstream(0, true), url("/x"), Patience.RETRY))).isInstanceOf(Failure.Offline.class);
        assertThat(asked).isEmpty();
    }

    @Test
    void isNotAskedForWhatIsElsewhere() {
        assertThat(failure(fetch(upstream(3, false), urlElsewhere("/x"), Patience.RETRY))
                        .message())
                .contains("upstream.file_hosts");
        assertThat(asked).isEmpty();
    }

    private static void gzip(HttpServerRequest request, Buffer body) {
        request.response().putHeader("Content-Encoding", "gzip").end(body);
    }

    private static Buffer zipped(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return Buffer.buffer(out.toByteArray());
    }

    private static Failure failure(Future<?> future) {
        try {
            Object answer = future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
            throw new AssertionError("expected a failure, got " + answer);
        } catch (ExecutionException e) {
            return FailureException.of(e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    private static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }
}
