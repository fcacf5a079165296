package io.cornucopia.cluster;

import io.cornucopia.core.Silence;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One question to another node, watched from its first moment to its last byte. Everything happens on one context.
 *
 * <p>A node that sends nothing may be frozen or cut off, or it may be waiting for upstream itself. So it is asked, once it has
 * been silent for half of the time it has, how much it has: if that is no more than what came, this is a sign of life. If it has
 * more and does not send it, it is not. A freeze of this node itself is nobody's silence.
 */
final class PeerCall implements PeerBody {
    private static final CharSequence RANGE = HttpHeaders.createOptimized("range");
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes ([0-9]{1,18})-[0-9]{1,18}/([0-9]{1,18})");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");
    private static final Pattern SHA256_TAG = Pattern.compile("\"([0-9a-f]{64})\"");
    private static final int LOOKS = 8;

    private final Vertx vertx;
    private final HttpClient client;
    private final PeerSignature signature;
    private final Duration patience;
    private final Member member;
    private final String target;
    private final String range;
    private final Promise<Optional<PeerAnswer>> answer = Promise.promise();
    private final long watch;
    private HttpClientRequest request;
    private HttpClientRequest probe;
    private boolean probing;
    private HttpClientResponse response;
    private long position;
    private final Silence silence;
    private boolean paused;
    private boolean over;
    private Handler<Throwable> exceptionHandler = ignored -> {};
    private Handler<Void> endHandler = ignored -> {};

    /**
     * @param target path, encoded
     * @param offset the first byte that is wanted
     */
    PeerCall(
            Vertx vertx,
            HttpClient client,
            PeerSignature signature,
            Duration patience,
            Member member,
            String target,
            long offset) {
        this.vertx = vertx;
        this.client = client;
        this.signature = signature;
        this.patience = patience;
        this.member = member;
        this.target = target;
        this.range = offset == 0 ? "" : "bytes=" + offset + "-";
        this.position = offset;
        long lookMillis = Math.max(5, patience.toMillis() / LOOKS);
        this.silence = new Silence(Duration.ofMillis(lookMillis), System::nanoTime);
        this.watch = vertx.setPeriodic(lookMillis, ignored -> look());
    }

    Future<Optional<PeerAnswer>> ask() {
        PeerSignature.Signed signed = signature.sign(HttpMethod.GET.name(), target, range);
        client.request(options(HttpMethod.GET, signed)).onComplete(connected -> {
            if (connected.failed()) {
                fail("cannot be reached: " + describe(connected.cause()));
            } else if (over) {
                connected.result().reset();
            } else {
                request = connected.result();
                request.send().onComplete(head -> {
                    if (head.succeeded()) {
                        head.result().pause();
                        answered(signed, head.result());
                    } else {
                        fail("did not answer: " + describe(head.cause()));
                    }
                });
            }
        });
        return answer.future();
    }

    private RequestOptions options(HttpMethod method, PeerSignature.Signed signed) {
        RequestOptions options = new RequestOptions()
                .setMethod(method)
                .setHost(member.internal().host())
                .setPort(member.internal().port())
                .setURI(target)
                .putHeader(PeerSignature.REQUEST_HEADER, signed.header());
        if (!range.isEmpty()) {
            options.putHeader(RANGE, range);
        }
        return options;
    }

    private void answered(PeerSignature.Signed signed, HttpClientResponse head) {
        if (over) {
            return;
        }
        silence.end();
        if (!isGenuine(signed, head)) {
            fail("does not prove that it knows cluster.secret; another program may listen there");
            return;
        }
        switch (head.statusCode()) {
            case 200 -> take(head, 0, length(head.headers().get(HttpHeaders.CONTENT_LENGTH)));
            case 206 -> {
                Matcher matcher = CONTENT_RANGE.matcher(String.valueOf(head.getHeader(HttpHeaders.CONTENT_RANGE)));
                if (matcher.matches() && Long.parseLong(matcher.group(1)) == position) {
                    take(head, position, OptionalLong.of(Long.parseLong(matcher.group(2))));
                } else {
                    fail("answers another range than was asked for: " + head.getHeader(HttpHeaders.CONTENT_RANGE));
                }
            }
            case 404 -> {
                finish();
                // A few bytes, read away so that the connection can be used again.
                head.exceptionHandler(ignored -> {}).handler(ignored -> {}).resume();
                answer.complete(Optional.empty());
            }
            default -> fail("answers " + head.statusCode() + " to " + target);
        }
    }

    private void take(HttpClientResponse head, long from, OptionalLong size) {
        response = head;
        position = from;
        paused = true;
        head.exceptionHandler(thrown -> fail("broke off: " + describe(thrown)));
        head.endHandler(ignored -> {
            if (!over) {
                finish();
                endHandler.handle(null);
            }
        });
        MultiMap headers = head.headers();
        Matcher tag = SHA256_TAG.matcher(String.valueOf(headers.get(HttpHeaders.ETAG)));
        answer.complete(Optional.of(new PeerAnswer(
                from,
                size,
                tag.matches() ? Optional.of(tag.group(1)) : Optional.empty(),
                Optional.ofNullable(headers.get(PeerHeaders.REVISION)),
                Optional.ofNullable(headers.get(PeerHeaders.UPSTREAM_TAG)),
                this)));
    }

    private boolean isGenuine(PeerSignature.Signed signed, HttpClientResponse head) {
        return signature.isAnswer(
                signed,
                head.statusCode(),
                PeerHeaders.facts(head.headers()),
                head.getHeader(PeerSignature.ANSWER_HEADER));
    }

    private static OptionalLong length(String header) {
        return header != null && NUMBER.matcher(header).matches()
                ? OptionalLong.of(Long.parseLong(header))
                : OptionalLong.empty();
    }

    private void look() {
        Duration silent = silence.look();
        if (over || paused) {
            return;
        }
        if (silent.compareTo(patience) > 0) {
            fail("has shown no sign of life for " + silent.toMillis() + " ms (cluster.peer_timeout)", true);
        } else if (silent.compareTo(patience.dividedBy(2)) > 0 && !probing) {
            probe();
        }
    }

    private void probe() {
        probing = true;
        long asked = System.nanoTime();
        PeerSignature.Signed signed = signature.sign(HttpMethod.HEAD.name(), target, range);
        client.request(options(HttpMethod.HEAD, signed))
                .compose(connected -> {
                    probe = connected;
                    if (over) {
                        connected.reset();
                    }
                    return connected.send();
                })
                .onComplete(head -> probed(signed, asked, head));
    }

    private void probed(PeerSignature.Signed signed, long asked, AsyncResult<HttpClientResponse> head) {
        probing = false;
        probe = null;
        if (over || head.failed() || !isGenuine(signed, head.result())) {
            return;
        }
        OptionalLong arrived = length(head.result().getHeader(PeerHeaders.ARRIVED));
        if (arrived.isPresent() && arrived.getAsLong() <= position) {
            silence.endAt(asked);
        }
    }

    private void fail(String what) {
        fail(what, false);
    }

    private void fail(String what, boolean silent) {
        if (over) {
            return;
        }
        finish();
        if (request != null) {
            request.reset();
        }
        PeerFailedException failure = new PeerFailedException(member.internal() + " " + what, silent);
        if (!answer.tryFail(failure)) {
            exceptionHandler.handle(failure);
        }
    }

    private void finish() {
        over = true;
        vertx.cancelTimer(watch);
        if (probe != null) {
            probe.reset();
        }
    }

    private static String describe(Throwable thrown) {
        return thrown.getMessage() == null ? thrown.getClass().getSimpleName() : thrown.getMessage();
    }

    @Override
    public void discard() {
        if (!over) {
            finish();
            request.reset();
        }
    }

    @Override
    public PeerBody handler(Handler<Buffer> handler) {
        response.handler(
                handler == null
                        ? null
                        : bytes -> {
                            silence.end();
                            position += bytes.length();
                            if (!over) {
                                handler.handle(bytes);
                            }
                        });
        return this;
    }

    @Override
    public PeerBody exceptionHandler(Handler<Throwable> handler) {
        exceptionHandler = handler == null ? ignored -> {} : handler;
        return this;
    }

    @Override
    public PeerBody endHandler(Handler<Void> handler) {
        endHandler = handler == null ? ignored -> {} : handler;
        return this;
    }

    @Override
    public PeerBody pause() {
        paused = true;
        response.pause();
        return this;
    }

    @Override
    public PeerBody resume() {
        return fetch(Long.MAX_VALUE);
    }

    @Override
    public PeerBody fetch(long amount) {
        if (paused) {
            silence.end();
            paused = false;
        }
        response.fetch(amount);
        return this;
    }
}
