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
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of one file's bytes from upstream into a {@link Download}: asked for once, and when the connection breaks, asked for
 * from the byte on that is still missing. There is nobody else to ask after this: it ends the download, well or not. Everything
 * happens on the context that runs it.
 */
final class UpstreamTransfer {
    private static final Logger LOG = LoggerFactory.getLogger(UpstreamTransfer.class);

    private final Vertx vertx;
    private final Upstream upstream;
    private final WantedFile wanted;
    private final Download download;
    private final IntConsumer count;
    /** Whether what the download has came from upstream, all of it. */
    private boolean ownBytes;

    private boolean listedAgain;
    private int breaksWithoutProgress;
    private long receivedAtLastBreak;

    /**
     * @param download with as many bytes as others gave
     * @param count is told how many bytes came
     */
    UpstreamTransfer(Vertx vertx, Upstream upstream, WantedFile wanted, Download download, IntConsumer count) {
        this.vertx = vertx;
        this.upstream = upstream;
        this.wanted = wanted;
        this.download = download;
        this.count = count;
        this.ownBytes = download.received() == 0;
        this.receivedAtLastBreak = download.received();
    }

    void run() {
        ask(wanted.url());
    }

    private void ask(URI url) {
        long offset = download.received();
        if (!ownBytes && wanted.promised().isEmpty() && download.tag().isEmpty()) {
            download.fail(unprovable(url));
            return;
        }
        Map<String, String> headers = new HashMap<>();
        headers.put("Accept-Encoding", "identity");
        if (offset > 0) {
            headers.put("Range", "bytes=" + offset + "-");
            download.tag().ifPresent(value -> headers.put("If-Range", value));
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
            response.discard();
            download.fail(unprovable(url));
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
        download.tag(strongValidator(response));
        pump(url, response, offset);
    }

    private void takeRest(URI url, long offset, UpstreamResponse response) {
        String range = String.valueOf(response.headers().get(HttpHeaders.CONTENT_RANGE));
        if (offset == 0 || !range.startsWith("bytes " + offset + "-")) {
            refuse(response, url + " answered another range than was asked for: " + range);
            return;
        }
        pump(url, response, 0);
    }

    private void pump(URI url, UpstreamResponse response, long toSkip) {
        Inflow.run(vertx, download, url.toString(), response.body(), toSkip, response::discard, count)
                .onComplete(flowed -> {
                    if (flowed.succeeded()) {
                        download.end();
                    } else {
                        goOn(url, flowed.cause());
                    }
                });
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

    private static FailureException unprovable(URI url) {
        return new FailureException(new Failure.UpstreamFailed(
                url + " broke off and cannot be resumed: nothing proves that it is still the same file"));
    }

    private boolean sameAsBefore(UpstreamResponse response) {
        return download.tag().isPresent() && download.tag().equals(strongValidator(response));
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
