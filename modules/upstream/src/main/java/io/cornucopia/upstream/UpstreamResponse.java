package io.cornucopia.upstream;

import io.cornucopia.bus.Failure;
import io.cornucopia.bus.FailureException;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.streams.ReadStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/**
 * An answer of upstream; its body is paused until it is consumed by exactly one of the methods here, on the context that
 * asked.
 */
public final class UpstreamResponse {
    private final Vertx vertx;
    private final URI url;
    private final HttpClientResponse response;
    private final Duration readTimeout;
    private final WatchedBody body;

    UpstreamResponse(Vertx vertx, URI url, HttpClientResponse response, Duration readTimeout, UpstreamMeters meters) {
        this.vertx = vertx;
        this.url = url;
        this.response = response;
        this.readTimeout = readTimeout;
        this.body = new WatchedBody(vertx, url, response, readTimeout, meters);
    }

    /** The status, 200 to 499. */
    public int status() {
        return response.statusCode();
    }

    /** Where it was found in the end, after redirects: what relative links are relative to. */
    public URI url() {
        return url;
    }

    /** Its headers. */
    public MultiMap headers() {
        return response.headers();
    }

    /**
     * The body as it arrives, content coding untouched. Ends in the exception handler when it breaks off, is silent for
     * longer than the read time-out, or is shorter than announced.
     */
    public ReadStream<Buffer> body() {
        return body;
    }

    /**
     * The body whole, decoded (gzip) if upstream coded it, bounded before and after decoding.
     *
     * @param limit in bytes; a longer body fails with {@code UpstreamFailed}
     */
    public Future<Buffer> bytes(long limit) {
        Promise<Buffer> whole = Promise.promise();
        Buffer collected = Buffer.buffer();
        body.exceptionHandler(whole::tryFail);
        body.endHandler(ignored -> whole.tryComplete(collected));
        body.handler(part -> {
            collected.appendBuffer(part);
            if (collected.length() > limit) {
                discard();
                whole.tryFail(tooLong(limit));
            }
        });
        body.resume();
        if (!isGzip()) {
            return whole.future();
        }
        return whole.future()
                .compose(coded -> vertx.executeBlocking(
                        () -> {
                            try (InputStream decoded =
                                    new GZIPInputStream(new ByteArrayInputStream(coded.getBytes()))) {
                                byte[] bytes = decoded.readNBytes((int) Math.min(limit + 1, Integer.MAX_VALUE - 8));
                                if (bytes.length > limit) {
                                    throw tooLong(limit);
                                }
                                return Buffer.buffer(bytes);
                            } catch (IOException e) {
                                throw undecodable(e);
                            }
                        },
                        false));
    }

    /**
     * Writes the body to {@code target}, decoded as in {@link #bytes(long)}, with back-pressure, off the event loop.
     * What was written is removed again if it fails.
     *
     * @param target a file that does not exist yet
     * @param limit in bytes; a longer body fails with {@code UpstreamFailed}
     */
    public Future<Void> toFile(Path target, long limit) {
        Path raw = isGzip() ? target.resolveSibling(target.getFileName() + ".gz") : target;
        return vertx.fileSystem()
                .open(raw.toString(), new OpenOptions().setCreateNew(true).setWrite(true))
                .compose(file -> {
                    body.limit(limit, () -> tooLong(limit));
                    return body.pipe().endOnSuccess(true).endOnFailure(true).to(file);
                })
                .onFailure(thrown -> discard())
                .compose(written -> isGzip() ? unzip(raw, target, limit) : Future.<Void>succeededFuture())
                .recover(thrown -> vertx.executeBlocking(
                                () -> {
                                    Files.deleteIfExists(raw);
                                    Files.deleteIfExists(target);
                                    return null;
                                },
                                false)
                        .transform(removed -> Future.failedFuture(thrown)));
    }

    /** Gives the rest of the body up. */
    public void discard() {
        if (body.abandon()) {
            Remainder.drop(vertx, response, readTimeout);
        }
    }

    private Future<Void> unzip(Path raw, Path target, long limit) {
        return vertx.executeBlocking(
                () -> {
                    try (InputStream decoded = new GZIPInputStream(Files.newInputStream(raw));
                            OutputStream out = Files.newOutputStream(target)) {
                        byte[] buffer = new byte[64 * 1024];
                        long total = 0;
                        for (int count = decoded.read(buffer); count >= 0; count = decoded.read(buffer)) {
                            total += count;
                            if (total > limit) {
                                throw tooLong(limit);
                            }
                            out.write(buffer, 0, count);
                        }
                    } catch (IOException e) {
                        throw undecodable(e);
                    }
                    Files.deleteIfExists(raw);
                    return null;
                },
                false);
    }

    private boolean isGzip() {
        String coding = response.getHeader(HttpHeaders.CONTENT_ENCODING);
        return coding != null && coding.toLowerCase(Locale.ROOT).contains("gzip");
    }

    private FailureException tooLong(long limit) {
        return new FailureException(new Failure.UpstreamFailed(url + " answered with more than " + limit + " bytes"));
    }

    private FailureException undecodable(IOException cause) {
        return new FailureException(
                new Failure.UpstreamFailed(url + " answered with gzip that cannot be read: " + cause.getMessage()),
                cause);
    }
}
