package io.cornucopia.fetcher;

import io.cornucopia.cluster.Member;
import io.cornucopia.cluster.PeerAnswer;
import io.cornucopia.cluster.PeerClient;
import io.cornucopia.cluster.PeerFailedException;
import io.cornucopia.core.Digest;
import io.cornucopia.storage.BrokenFileException;
import io.cornucopia.storage.Download;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * The way of one file's bytes from another node into a {@link Download}, from the byte on that is missing: tried once. What it
 * sends is believed as little as what upstream sends.
 */
final class PeerTransfer {
    /** How it went well. */
    enum End {
        /** The last byte was handed in. */
        WHOLE,
        /** That node does not have it, and said so. */
        NOT_THERE
    }

    private final Vertx vertx;
    private final PeerClient client;
    private final Member member;
    private final WantedFile wanted;
    private final Download download;
    private final IntConsumer count;

    /** @param count is told how many bytes came */
    PeerTransfer(
            Vertx vertx, PeerClient client, Member member, WantedFile wanted, Download download, IntConsumer count) {
        this.vertx = vertx;
        this.client = client;
        this.member = member;
        this.wanted = wanted;
        this.download = download;
        this.count = count;
    }

    /** Fails if that node cannot be asked, broke off, was silent for too long, or has another file under that name. */
    Future<End> run() {
        long offset = download.received();
        return client.file(member, wanted.project(), wanted.name(), offset)
                .compose(answer -> answer.isEmpty()
                        ? Future.succeededFuture(End.NOT_THERE)
                        : take(offset, answer.get()).map(End.WHOLE));
    }

    private Future<Void> take(long offset, PeerAnswer answer) {
        try {
            if (isAnother(answer.sha256())) {
                throw new BrokenFileException("its digest is " + answer.sha256().orElseThrow());
            }
            if (offset == 0) {
                download.tag(answer.upstreamTag());
            }
            if (answer.size().isPresent()) {
                download.announce(answer.size().getAsLong());
            }
        } catch (BrokenFileException e) {
            answer.body().discard();
            return Future.failedFuture(new PeerFailedException(
                    member.internal() + " has another file of that name than was promised: " + e.getMessage(), false));
        }
        return Inflow.run(
                vertx,
                download,
                member.internal().toString(),
                answer.body(),
                offset - answer.from(),
                answer.body()::discard,
                count);
    }

    private boolean isAnother(Optional<String> sha256) {
        Optional<String> promised = wanted.facts().sha256().map(Digest::hex);
        return promised.isPresent() && sha256.isPresent() && !promised.equals(sha256);
    }
}
