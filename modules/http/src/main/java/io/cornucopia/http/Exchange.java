package io.cornucopia.http;

import io.cornucopia.bus.Failure;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.impl.VertxConnection;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.Optional;

/** One request and its answer: what all answers have in common, and that each is counted and logged once. */
final class Exchange {
    /** Nobody saw this status: the client was gone before there was an answer. As nginx logs it. */
    static final int CLIENT_GONE = 499;

    static final CharSequence NO_STORE = HttpHeaders.createOptimized("no-store");

    private static final Runnable NOTHING = () -> {};
    private static final long INTERNAL_ERROR = 0x2;
    private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
    private static final CharSequence TEXT = HttpHeaders.createOptimized("text/plain; charset=utf-8");
    // What a fresh socket takes at once. While a longer body is on its way the answer has to count as in progress, or
    // the server's shutdown takes its connection for idle and cuts it off.
    private static final int MAX_BODY_AT_ONCE = 16 * 1024;

    private final Surroundings surroundings;
    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final long started = System.nanoTime();
    private Route route = Route.OTHER;
    private Runnable whenDone = NOTHING;
    private boolean finished;
    private boolean continued;
    private boolean awaiting;
    private Optional<Repeatable> repeatable = Optional.empty();
    private long sentByFile;

    Exchange(Surroundings surroundings, HttpServerRequest request) {
        this.surroundings = surroundings;
        this.request = request;
        this.response = request.response();
        surroundings.connections().begun(request.connection());
        response.closeHandler(v -> finish());
    }

    Surroundings surroundings() {
        return surroundings;
    }

    HttpServerRequest request() {
        return request;
    }

    MultiMap requestHeaders() {
        return request.headers();
    }

    HttpServerResponse response() {
        return response;
    }

    boolean isHead() {
        return request.method().equals(HttpMethod.HEAD);
    }

    Exchange route(Route what) {
        route = what;
        return this;
    }

    Route route() {
        return route;
    }

    /** The answer may be given again to the same request, for as long as {@code what} holds. */
    void repeatable(Repeatable what) {
        repeatable = Optional.of(what);
    }

    Optional<Repeatable> repeatable() {
        return repeatable;
    }

    /** Runs {@code what} once the answer is complete, or the client gone. */
    void onDone(Runnable what) {
        Runnable before = whenDone;
        whenDone = before == NOTHING
                ? what
                : () -> {
                    before.run();
                    what.run();
                };
    }

    boolean isFinished() {
        return finished;
    }

    /** Begins an answer: status, and the headers that each has. */
    HttpServerResponse begin(int status) {
        response.setStatusCode(status)
                .putHeader(HttpHeaders.DATE, surroundings.date().value());
        if (surroundings.readiness().isDraining()) {
            // The connection is closed soon: better the client hears of it than that it tries it again.
            announceClose();
        }
        return response;
    }

    /** Says that the connection is closed after the answer. HTTP/2 has no such header, and a frame of its own for it. */
    void announceClose() {
        if (!isHttp2()) {
            response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
    }

    boolean isHttp2() {
        return request.version() == HttpVersion.HTTP_2;
    }

    /** The client's address, for logs and the record. */
    String clientAddress() {
        return String.valueOf(request.remoteAddress().hostAddress());
    }

    /** What was asked for, as it may stand in a log: without credentials. */
    String target() {
        return withoutCredentials(request.uri());
    }

    /** Ends an answer that has no body by its status. */
    void end() {
        response.end().onComplete(done -> finish());
    }

    /** Ends an answer with {@code body}, or with a body of that length left out if it was asked for by HEAD. */
    void end(Buffer body) {
        if (isHead()) {
            endWithout(body.length());
        } else if (body.length() <= MAX_BODY_AT_ONCE) {
            response.end(body).onComplete(done -> finish());
        } else {
            response.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length()));
            response.write(body).eventually(() -> ended()).onComplete(done -> finish());
        }
    }

    /** Ends an answer with a page, or with it left out if it was asked for by HEAD. */
    void end(PageBytes page) {
        if (page instanceof PageBytes.InMemory memory) {
            end(memory.buffer());
        } else if (isHead()) {
            endWithout(page.length());
        } else if (page instanceof PageBytes.InFile file) {
            endWithFile(file.channel(), 0, file.length());
        }
    }

    /** Ends the answer to a HEAD, whose body would be that long. */
    void endWithout(long length) {
        response.putHeader(HttpHeaders.CONTENT_LENGTH, Long.toString(length));
        end();
    }

    /** Ends an answer with part of a file. The caller keeps the file open until {@link #onDone}. */
    void endWithFile(FileChannel channel, long from, long length) {
        Future<Void> sent;
        try {
            sent = request.isSSL() ? pumped(channel, from, length) : response.sendFile(channel, from, length);
        } catch (IllegalStateException e) {
            sent = Future.failedFuture(e);
        }
        sent.onComplete(done -> {
            if (done.failed()) {
                // Too few bytes are on the wire, and nothing that follows may look like the rest.
                breakOff();
            }
            finish();
        });
    }

    /**
     * Sends part of a file as a piece of an answer whose head and length are known: the system does it by itself, without
     * the bytes going through this process. Only if {@link #canSendPieces()}.
     */
    Future<Void> sendPiece(FileChannel channel, long from, long length) {
        Promise<Void> sent = Promise.promise();
        ((VertxConnection) request.connection()).sendFile(channel, from, length).addListener(done -> {
            if (done.isSuccess()) {
                sentByFile += length;
                sent.complete();
            } else {
                sent.fail(done.cause());
            }
        });
        return sent.future();
    }

    /** Whether the system can send files by itself: not what has to be encrypted, or put in frames. */
    boolean canSendPieces() {
        return !request.isSSL() && !isHttp2() && request.connection() instanceof VertxConnection;
    }

    private Future<Void> pumped(FileChannel channel, long from, long length) {
        response.putHeader(HttpHeaders.CONTENT_LENGTH, Long.toString(length));
        return FilePump.send(surroundings.vertx(), response, channel, from, length)
                .compose(written -> ended());
    }

    /** Ends an answer whose body was written. */
    void endWritten(Future<Void> lastWrite) {
        lastWrite.eventually(() -> ended()).onComplete(done -> finish());
    }

    /** Cuts the connection, or over HTTP/2 the stream, so that nobody takes what was sent for all there is. */
    void breakOff() {
        if (isHttp2()) {
            response.reset(INTERNAL_ERROR);
        } else {
            request.connection().close();
        }
    }

    void notFound() {
        error(404, "not found");
    }

    void methodNotAllowed(String allowed) {
        response.putHeader(HttpHeaders.ALLOW, allowed);
        error(405, "method not allowed");
    }

    void failure(Failure failure) {
        if (failure instanceof Failure.UpstreamFailed upstream) {
            upstream.retryAfter().ifPresent(this::retryAfter);
        }
        error(FailureStatus.of(failure, route), failure instanceof Failure.NotFound ? "not found" : failure.message());
    }

    void error(int status, String message) {
        begin(status).putHeader(HttpHeaders.CONTENT_TYPE, JSON).putHeader(HttpHeaders.CACHE_CONTROL, NO_STORE);
        endWithRestDropped(new JsonObject().put("error", message).toBuffer());
    }

    void text(int status, String text) {
        begin(status).putHeader(HttpHeaders.CONTENT_TYPE, TEXT).putHeader(HttpHeaders.CACHE_CONTROL, NO_STORE);
        end(Buffer.buffer(text));
    }

    /** How many bytes the request's body has: 0 if there is none, less than that if it does not say. */
    long bodyLength() {
        return RequestRest.length(request, isHttp2());
    }

    /** Whether the client waits to be told to send the body (G11). */
    boolean expectsContinue() {
        String expect = request.getHeader(HttpHeaders.EXPECT);
        return expect != null && expect.equalsIgnoreCase("100-continue");
    }

    /** Tells the client to send the body, if it waits for that. */
    void sendContinue() {
        if (expectsContinue() && !continued) {
            response.writeContinue();
        }
        continued = true;
    }

    boolean isContinued() {
        return continued;
    }

    /** Whether it can go no further now until the client sends more of the request: then it may be cut off as idle. */
    void awaitsBody(boolean awaits) {
        if (awaits == awaiting) {
            return;
        }
        awaiting = awaits;
        if (awaits) {
            surroundings.connections().awaits(request.connection());
        } else {
            surroundings.connections().heard(request.connection());
        }
    }

    /** Whether what it answers with is for those only who come with credentials. */
    boolean isPrivate() {
        return surroundings.settings().readers() == HttpSettings.Readers.TOKEN;
    }

    /** Ends an answer with {@code body}, and reads and drops what of the request has not been read, within bounds. */
    void endWithRestDropped(Buffer body) {
        Optional<RequestRest> rest = RequestRest.of(this);
        rest.ifPresent(RequestRest::announce);
        end(body);
        rest.ifPresent(RequestRest::drop);
    }

    private void retryAfter(Duration after) {
        long seconds = Math.max(1, after.plusMillis(999).toSeconds());
        response.putHeader(HttpHeaders.RETRY_AFTER, Long.toString(seconds));
    }

    // A whole URL may stand where a path should, and in it what clients keep in URLs.
    private static String withoutCredentials(String uri) {
        if (uri == null || uri.startsWith("/")) {
            return uri;
        }
        int authority = uri.indexOf("//") + 2;
        int path = uri.indexOf('/', authority);
        int at = uri.lastIndexOf('@', path < 0 ? uri.length() : path);
        return at < authority ? uri : uri.substring(0, authority) + uri.substring(at + 1);
    }

    private Future<Void> ended() {
        return response.ended() ? Future.succeededFuture() : response.end();
    }

    private void finish() {
        if (finished) {
            return;
        }
        finished = true;
        awaitsBody(false);
        surroundings.connections().ended(request.connection());
        int status = response.headWritten() ? response.getStatusCode() : CLIENT_GONE;
        long nanos = System.nanoTime() - started;
        long bytes = response.bytesWritten() + sentByFile;
        surroundings.meters().answered(route, status, nanos, bytes);
        if (route != Route.PEER) {
            surroundings.log().add(request.method().name(), target(), status, nanos, bytes, clientAddress());
        }
        surroundings.connections().repeater(request.connection()).ifPresent(repeater -> repeater.answered(this));
        whenDone.run();
    }
}
