package io.cornucopia.fetcher;

import io.cornucopia.bus.Addresses;
import io.cornucopia.bus.Failure;
import io.cornucopia.bus.FailureException;
import io.cornucopia.bus.ListedFileQuery;
import io.cornucopia.bus.ListedFileQuery.Effort;
import io.cornucopia.bus.PageAnswer;
import io.cornucopia.storage.BrokenFileException;
import io.cornucopia.storage.Download;
import io.cornucopia.upstream.Upstream;
import io.cornucopia.upstream.Upstream.Patience;
import io.cornucopia.upstream.UpstreamResponse;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.streams.ReadStream;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of one file's bytes from upstream into a {@link Download}: asked for once, and when the connection breaks, asked for
 * from the byte on that is still missing. Everything happens on the context that runs it.
 */
final class Transfer {
    private static final Logger LOG = LoggerFactory.getLogger(Transfer.class);

    private final Vertx vertx;
    private final Upstream upstream;
    private final WantedFile wanted;
    private final Download download;
    private final Context context;
    private Optional<String> validator = Optional.empty();
    private boolean listedAgain;
    private int breaksWithoutProgress;
    private long receivedAtLastBreak;
    /** How many bytes of the present answer are known already and are to be passed over. */
    private long toSkip;

    private boolean paused;

    Transfer(Vertx vertx, Upstream upstream, WantedFile wanted, Download download) {
        this.vertx = vertx;
        this.upstream = upstream;
        this.wanted = wanted;
        this.download = download;
        this.context = vertx.getOrCreateContext();
    }

    void run() {
        download.finished()
                .onFailure(thrown -> LOG.warn(
                        "{}: not downloaded: {}",
                        wanted.name(),
                        FailureException.of(thrown).message()));
        ask(wanted.url());
    }

    private void ask(URI url) {
        long offset = download.received();
        Map<String, String> headers = new HashMap<>();
        headers.put("Accept-Encoding", "identity");
        if (offset > 0) {
            headers.put("Range", "bytes=" + offset + "-");
            validator.ifPresent(value -> headers.put("If-Range", value));
        }
        upstream.get(url, headers, Patience.RETRY).onComplete(answer -> {
            if (answer.failed()) {
                download.fail(answer.cause());
            } else {
                take(url, offset, answer.result());
            }
        });
    }

    private void take(URI url, long offset, UpstreamResponse response) {
        switch (response.status()) {
            case 200 -> takeWhole(url, offset, response);
            case 206 -> takeRest(url, offset, response);
            case 404, 410 -> {
                response.discard();
                lookAtPageAgain(url, response.status());
            }
            default -> refuse(response, url + " answered " + response.status());
        }
    }

    private void takeWhole(URI url, long offset, UpstreamResponse response) {
        if (offset > 0 && wanted.promised().isEmpty() && !sameAsBefore(response)) {
            refuse(response, url + " broke off and cannot be resumed: nothing proves that it is still the same file");
            return;
        }
        Optional<Long> length = number(response.headers().get(HttpHeaders.CONTENT_LENGTH));
        if (length.isPresent()) {
            try {
                download.announce(length.get());
            } catch (BrokenFileException e) {
                response.discard();
                download.fail(e);
                return;
            }
        }
        validator = strongValidator(response);
        toSkip = offset;
        pump(url, response);
    }

    private void takeRest(URI url, long offset, UpstreamResponse response) {
        String range = String.valueOf(response.headers().get(HttpHeaders.CONTENT_RANGE));
        if (offset == 0 || !range.startsWith("bytes " + offset + "-")) {
            refuse(response, url + " answered another range than was asked for: " + range);
            return;
        }
        toSkip = 0;
        pump(url, response);
    }

    private void pump(URI url, UpstreamResponse response) {
        ReadStream<Buffer> body = response.body();
        download.drainHandler(ignored -> context.runOnContext(onContext -> {
            if (paused && !download.writeQueueFull()) {
                paused = false;
                body.resume();
            }
        }));
        body.exceptionHandler(thrown -> goOn(url, thrown));
        body.endHandler(ignored -> {
            if (isShort()) {
                goOn(
                        url,
                        new FailureException(
                                new Failure.UpstreamFailed(url + " ended after " + download.received() + " bytes")));
            } else {
                download.end();
            }
        });
        body.handler(bytes -> {
            if (download.failed() || download.pointless()) {
                response.discard();
                download.fail(new FailureException(new Failure.Internal(
                        wanted.name() + " cannot be kept on disk, and nobody waits for it any more")));
                return;
            }
            download.write(passOverKnown(bytes));
            if (download.writeQueueFull()) {
                paused = true;
                body.pause();
            }
        });
        paused = false;
        body.resume();
    }

    private Buffer passOverKnown(Buffer bytes) {
        if (toSkip == 0) {
            return bytes;
        }
        int known = (int) Math.min(toSkip, bytes.length());
        toSkip -= known;
        return bytes.slice(known, bytes.length());
    }

    /** The connection broke: asks for what is missing, unless that was tried often enough without a byte to show for it. */
    private void goOn(URI url, Throwable reason) {
        if (download.failed()) {
            return;
        }
        long received = download.received();
        breaksWithoutProgress = received > receivedAtLastBreak ? 0 : breaksWithoutProgress + 1;
        receivedAtLastBreak = received;
        if (breaksWithoutProgress > upstream.settings().maxRetries()
                || upstream.settings().maxRetries() == 0) {
            download.fail(reason);
            return;
        }
        LOG.info(
                "{}: {}; going on from byte {}",
                wanted.name(),
                FailureException.of(reason).message(),
                received);
        vertx.setTimer(50L << Math.min(breaksWithoutProgress, 6), ignored -> ask(url));
    }

    private boolean isShort() {
        var size = download.facts().size();
        return size.isPresent() && download.received() < size.getAsLong();
    }

    private void lookAtPageAgain(URI url, int status) {
        Failure.NotFound gone = new Failure.NotFound(wanted.name() + ": " + url + " answered " + status);
        if (listedAgain) {
            download.fail(new FailureException(gone));
            return;
        }
        listedAgain = true;
        Addresses.LISTED_FILE
                .ask(vertx, new ListedFileQuery(wanted.listed().file().filename(), Effort.ASK_AGAIN))
                .onComplete(again -> {
                    if (again.failed()) {
                        download.fail(again.cause());
                        return;
                    }
                    // A file that is ours by now has nothing to do with this one, and is not at upstream.
                    Optional<WantedFile> now = again.result().origin() == PageAnswer.Origin.OWN
                            ? Optional.empty()
                            : WantedFile.of(again.result(), wanted.part(), wanted.since());
                    if (now.isPresent()
                            && !now.get().url().equals(url)
                            && now.get().promised().equals(wanted.promised())) {
                        ask(now.get().url());
                    } else {
                        download.fail(new FailureException(gone));
                    }
                });
    }

    private void refuse(UpstreamResponse response, String why) {
        response.discard();
        download.fail(new FailureException(new Failure.UpstreamFailed(why)));
    }

    private boolean sameAsBefore(UpstreamResponse response) {
        return validator.isPresent() && validator.equals(strongValidator(response));
    }

    private static Optional<String> strongValidator(UpstreamResponse response) {
        return Optional.ofNullable(response.headers().get(HttpHeaders.ETAG)).filter(etag -> etag.startsWith("\""));
    }

    private static Optional<Long> number(String header) {
        try {
            return header == null ? Optional.empty() : Optional.of(Long.parseLong(header));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
